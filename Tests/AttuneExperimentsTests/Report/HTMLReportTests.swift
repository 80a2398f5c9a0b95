import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct HTMLReportTests {
  @Test func `a report of some size is well formed`() throws {
    let page = HTMLReport.render(SampleResults.make())
    #expect(WellFormedness.failure(of: page) == nil)
    // For looking at it: the page is written where this variable points to.
    if let path = ProcessInfo.processInfo.environment["ATTUNE_SAMPLE_REPORT"] {
      try Data(page.utf8).write(to: URL(filePath: path))
      let table = TerminalTable.render(SampleResults.make(), color: true, width: 100)
      try Data(table.utf8).write(to: URL(filePath: path + ".txt"))
      try Data(HTMLReport.render(hostile()).utf8).write(to: URL(filePath: path + ".hostile.html"))
    }
  }

  @Test func `the page needs nothing from elsewhere`() {
    let page = HTMLReport.render(SampleResults.make())
    for part in ["src=", "http:", "https:", "@import", "url(", "<link"] { #expect(!page.contains(part)) }
  }

  @Test func `the same results give the same page`() {
    #expect(HTMLReport.render(SampleResults.make()) == HTMLReport.render(SampleResults.make()))
  }

  @Test(arguments: [
    // Cells: mean and half of the interval (t = 4.3027 for three seeds).
    "31.0", "±2.5", "21.0", "18.0", "5.2", "±0.5", "7.2", "±0.4", "25.0 %", "6.1",
    // Paired changes: under noise −6.0 [−8.5, −3.5] by training, −10.0 [−12.5, −7.5] by inference, −13.0 by both.
    "−6.0 points [−8.5, −3.5]", "−10.0 points", "−13.0 points", "−8.8 points [−9.2, −8.2]", "+2.0 points",
    // Costs.
    "3.42 ±0.21 s", "7.50 ±0.50 s", "2.50 G", "5.50 G", "×2.20", "9.48 k", "37 KiB", "18.9 k", "56.7 k", "×3",
    "4.25 µs",
    "12.8 µs", "9.50 µs", "61.0 µs", "183 µs", "1.22 µs per row", "statistics", "samples",
    // Protocol and provenance.
    "3 seeds (11, 12, 13)", "4f1c2d7e90ab+changes", "AMD EPYC 9354P, 8 cores", "OpenBLAS 0.3.21 (SkylakeX)", "avx512",
    "attune run &#39;my config.yaml&#39; --jobs=4", "9b74c9897bac770ffc029102a200c5de", "aaaa1234", "bbbb5678",
    "2026-09-21T14:13:20Z", "12.6 min", "6.2.1", "Linux 6.1.0", "0.9.1", "300 rows in batches of 50",
    "No correction for many comparisons", "No inference arm ever sees a label",
  ])
  func `every figure of a small experiment is on the page`(text: String) {
    #expect(HTMLReport.render(HandMadeResults.make()).contains(text))
  }

  @Test func `a root mean squared error has no percent`() {
    let page = HTMLReport.render(HandMadeResults.make(metric: .rootMeanSquaredError))
    #expect(page.contains("0.310"))
    #expect(page.contains("RMSE"))
    #expect(!page.contains("31.0 %"))
    #expect(!page.contains(" points ["))
  }

  @Test func `names are escaped everywhere`() {
    let page = HTMLReport.render(hostile())
    #expect(page.components(separatedBy: "<script").count == 2)
    #expect(!page.contains("<img"))
    #expect(page.contains("&lt;script&gt;"))
    #expect(WellFormedness.failure(of: page) == nil)
  }

  @Test func `a failed cell says so, and its error is listed`() {
    var results = HandMadeResults.make()
    results.cells[1].quality = nil
    results.cells[1].difference = nil
    results.cells[1].perSeed = [nil, nil, nil]
    results.cells[1].trace = []
    results.cells[1].failures = ["loss <nan> in batch 3", "loss <nan> in batch 3", "out of memory"]
    let page = HTMLReport.render(results)
    #expect(page.contains("<td class=\"failed\">failed</td>"))
    #expect(
      page.contains("0 of 3 seeds finished. <code>loss &lt;nan&gt; in batch 3</code>; <code>out of memory</code>"))
    #expect(WellFormedness.failure(of: page) == nil)
  }

  @Test func `what failed has no cost rather than a cost of zero`() {
    var results = HandMadeResults.make()
    for index in results.cells.indices
    where results.cells[index].inference == "adapt" || results.cells[index].training == "augmented" {
      results.cells[index].quality = nil
      results.cells[index].perSeed = [nil, nil, nil]
      results.cells[index].cost.flopsPerSample = 0
    }
    results.trainingArms[1].parameters = 0
    results.trainingArms[1].flops = 0
    let page = HTMLReport.render(results)
    #expect(page.contains("<span class=\"about\">entropy</span></th><td>—</td><td>—</td>"))
    #expect(page.contains("<span class=\"about\">sgd, 5 epochs, noise</span></th><td>—</td><td>—</td><td>—</td>"))
    #expect(!page.contains("×0"))
  }

  @Test func `a first training arm that failed is no reference for costs`() {
    let results = HandMadeResults.firstArmFailed()
    let page = HTMLReport.render(results)
    #expect(
      page.contains("<span class=\"about\">sgd, 5 epochs</span></th><td>—</td><td>—</td><td>—</td><td>—</td><td>—</td>")
    )
    #expect(page.contains("FLOPs against augmented</th>"))
    #expect(page.contains("On the first training arm that did not fail, augmented."))
    #expect(page.contains("<span class=\"about\">entropy</span></th><td>56.7 k</td><td>×3.00</td>"))
    #expect(WellFormedness.failure(of: page) == nil)
  }

  @Test func `where training ended stands beside its time`() {
    var results = HandMadeResults.make()
    #expect(!HTMLReport.render(results).contains("Epochs, and the best"))
    results.trainingArms[0].epochs = [
      SeedEpochs(seed: 11, epochs: 12, bestEpoch: 7), SeedEpochs(seed: 12, epochs: 13, bestEpoch: 9),
    ]
    let page = HTMLReport.render(results)
    #expect(page.contains("<th scope=\"col\">Epochs, and the best</th>"))
    #expect(page.contains("<td>12.5, 8</td><td>2.50 G</td>"))
    #expect(WellFormedness.failure(of: page) == nil)
  }

  @Test func `tables hint that they scroll, but not in print`() throws {
    let sheet = ReportStyle.sheet
    #expect(sheet.contains("background-attachment:local,local,scroll,scroll"))
    #expect(
      sheet.contains(
        "@media screen and (max-width:480px){:root:not(.js) caption span::after{content:\" Scroll sideways →\""))
    let print = try #require(sheet.range(of: "@media print"))
    #expect(sheet[print.lowerBound...].contains(".scroll{overflow:visible;background:none}"))
    // Two arms fit, three do not.
    var results = HandMadeResults.make()
    #expect(!HTMLReport.render(results).contains("heat narrow"))
    results.inferenceArms.removeLast()
    #expect(HTMLReport.render(results).contains("heat narrow"))
  }

  @Test func `a mean over fewer seeds than planned says over how many`() {
    var results = HandMadeResults.make()
    results.cells[1].perSeed[2] = nil
    #expect(HTMLReport.render(results).contains("<span class=\"half\">2 of 3 seeds</span>"))
    #expect(!HTMLReport.render(HandMadeResults.make()).contains("of 3 seeds</span>"))
  }

  @Test func `one seed gives no interval and says so`() {
    var results = HandMadeResults.make()
    results.seeds = [11]
    results.cells = results.cells.map { cell in
      var cell = cell
      cell.perSeed = Array(cell.perSeed.prefix(1))
      cell.quality = SeedDifference(cell.perSeed.compactMap { $0 })?.estimate
      cell.difference = cell.difference.map { Estimate(mean: $0.mean, low: $0.mean, high: $0.mean) }
      if cell.verdict != .baseline { cell.verdict = .noDifferenceShown }
      return cell
    }
    let page = HTMLReport.render(results)
    #expect(page.contains("There is one seed, so that no interval and no verdict can be stated."))
    #expect(page.contains("Error in %, one seed, no interval."))
    #expect(!page.contains("[−"))
    #expect(WellFormedness.failure(of: page) == nil)
  }

  @Test func `one batch is drawn as points`() {
    var results = HandMadeResults.make()
    for index in results.cells.indices { results.cells[index].trace = [0.25] }
    let page = HTMLReport.render(results)
    #expect(page.contains("<circle class=\"line c0\""))
    #expect(page.contains("1 batch:"))
    #expect(WellFormedness.failure(of: page) == nil)
  }

  @Test func `results without latency, cells or arms still give a page`() {
    var results = HandMadeResults.make()
    for index in results.cells.indices {
      results.cells[index].cost.single = nil
      results.cells[index].cost.batch = nil
    }
    #expect(HTMLReport.render(results).contains("at the stream&#39;s batch size: not measured."))
    results.cells = []
    #expect(WellFormedness.failure(of: HTMLReport.render(results)) == nil)
    results.trainingArms = []
    results.inferenceArms = []
    results.scenarios = []
    results.seeds = []
    let page = HTMLReport.render(results)
    #expect(WellFormedness.failure(of: page) == nil)
    #expect(page.contains("There are no results."))
    #expect(!TerminalTable.render(results, color: false, width: 80).isEmpty)
  }

  @Test func `diverged figures do not break the page`() {
    var results = HandMadeResults.make(metric: .rootMeanSquaredError)
    results.cells[1].quality = Estimate(mean: .infinity, low: .nan, high: .nan)
    results.cells[1].perSeed = [.infinity, .nan, 0.1]
    results.cells[1].trace = [0.1, .nan, .infinity, 1e300]
    results.cells[2].cost.flopsPerSample = 0
    let page = HTMLReport.render(results)
    #expect(page.contains("∞"))
    #expect(!page.contains("\"nan\"") && !page.contains("inf\""))
    #expect(WellFormedness.failure(of: page) == nil)
  }

  /// Names that try to get out of their place, and more and longer ones than fit.
  private func hostile() -> ExperimentResults {
    var results = SampleResults.make()
    let bad = "<script>alert(\"1\")</script>' onload='x"
    let long = String(repeating: "averylongnamewithoutanybreak", count: 4)
    for (old, new) in [("tent", bad), ("roid", long), ("plain", "<img src=x onerror=y>"), ("augmented", long)] {
      for index in results.trainingArms.indices where results.trainingArms[index].name == old {
        results.trainingArms[index].name = new
      }
      for index in results.inferenceArms.indices where results.inferenceArms[index].name == old {
        results.inferenceArms[index].name = new
      }
      for index in results.cells.indices {
        if results.cells[index].training == old { results.cells[index].training = new }
        if results.cells[index].inference == old { results.cells[index].inference = new }
      }
    }
    results.name = bad
    results.description = bad + "\u{0}]]>"
    results.provenance.arguments += [bad, ""]
    results.provenance.dataHashes["<b>"] = bad
    return results
  }
}
