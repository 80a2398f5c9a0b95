import Testing

@testable import AttuneExperiments

@Suite struct PurchaseTests {
  @Test func `the best arms alone and together are found and paired by seed`() throws {
    let data = ReportData(HandMadeResults.make())
    let purchase = try #require(Purchase(data, over: ["noise"]))
    #expect(purchase.start.combination == .init(training: "plain", inference: "none"))
    #expect(purchase.training.combination == .init(training: "augmented", inference: "none"))
    #expect(purchase.inference.combination == .init(training: "plain", inference: "adapt"))
    #expect(purchase.both.combination == .init(training: "augmented", inference: "adapt"))
    // Per seed −0.06, −0.05, −0.07.
    #expect(abs(try #require(purchase.training.change).estimate.mean + 0.06) < 1e-12)
    #expect(try #require(purchase.training.change).seeds == 3)
  }

  @Test func `where nothing is better the start is the best`() throws {
    let purchase = try #require(Purchase(ReportData(HandMadeResults.make()), over: ["clean"]))
    #expect(purchase.training.change == nil)
    #expect(purchase.inference.change == nil)
    #expect(purchase.both.combination == purchase.start.combination)
  }

  @Test func `an arm that sees labels is no candidate but has its own box`() throws {
    var results = HandMadeResults.make()
    results.inferenceArms[1].usesLabels = true
    let purchase = try #require(Purchase(ReportData(results), over: ["noise"]))
    #expect(purchase.both.combination == .init(training: "augmented", inference: "none"))
    // On the first training arm, although the other one is better with it; −0.10, −0.09, −0.11 against the start.
    #expect(purchase.labeled?.combination == .init(training: "plain", inference: "adapt"))
    #expect(abs(try #require(purchase.labeled?.change).estimate.mean + 0.1) < 1e-12)
    // Worse than the start on clean data, and shown all the same.
    #expect(Purchase(ReportData(results), over: ["clean"])?.labeled?.change?.verdict == .hurts)
    let page = HTMLReport.render(results)
    #expect(page.contains("plays under other rules"))
    #expect(page.contains(">With late labels</span>"))
    #expect(!HTMLReport.render(HandMadeResults.make()).contains(">With late labels</span>"))
  }

  @Test func `a box for both stands only where both is more than one of the two`() throws {
    var results = HandMadeResults.make()
    results.scenarios.removeLast()
    results.cells[4].perSeed = [0.17, 0.18, 0.19]
    let page = HTMLReport.render(results)
    #expect(page.contains(">Both</span>"))
    #expect(page.contains("add up to"))
    // Per seed −0.03, −0.04, −0.02 and −0.07, −0.08, −0.06; half of the interval is 4.3027 · 0.01 / √3.
    #expect(page.contains("Both together give <b>−3.0 points [−5.5, −0.5]</b> (helps) over inference alone"))
    #expect(page.contains(" and <b>−7.0 points [−9.5, −4.5]</b> (helps) over training alone."))
    // Without the better training arm under adaptation, inference alone is the best of all.
    results.cells[4].quality = nil
    let alone = HTMLReport.render(results)
    #expect(!alone.contains(">Both</span>"))
    #expect(!alone.contains("add up to"))
    #expect(!alone.contains("Both together"))
  }

  @Test func `costs are compared only where both gains are shown and alike`() throws {
    var results = HandMadeResults.make()
    results.scenarios.removeLast()
    let page = HTMLReport.render(results)
    #expect(page.contains("the costlier training by <span class=\"name\">augmented</span>, which reaches <b>25.0 %"))
    #expect(page.contains("which reaches <b>21.0 %</b>, after <b>79.4 k</b> predictions."))
    var unlike = results
    unlike.cells[3].perSeed = [0.28, 0.29, 0.30]
    unlike.cells[3].quality = SeedDifference([0.28, 0.29, 0.30])?.estimate
    #expect(Purchase(ReportData(unlike), over: ["noise"])?.areGainsAlike == false)
    #expect(!HTMLReport.render(unlike).contains("Counted in FLOPs"))
    var doubtful = results
    doubtful.cells[3].perSeed = [0.20, 0.33, 0.22]
    #expect(Purchase(ReportData(doubtful), over: ["noise"])?.areBothShown == false)
    #expect(!HTMLReport.render(doubtful).contains("Counted in FLOPs"))
  }

  @Test func `the break-even is extra training over extra work per prediction`() throws {
    let data = ReportData(HandMadeResults.make())
    let purchase = try #require(Purchase(data, over: ["noise"]))
    // (5.5e9 − 2.5e9) / (56,700 − 18,900).
    let predictions = try #require(purchase.breakEven(data, over: ["noise"]))
    #expect(abs(predictions - 3e9 / 37_800) < 1e-6)
  }

  @Test func `a seed that failed on one side leaves the pairing`() throws {
    var results = HandMadeResults.make()
    results.cells[3].perSeed[1] = nil
    let change = try #require(Purchase(ReportData(results), over: ["noise"])?.training.change)
    #expect(change.seeds == 2)
    // 0.24 − 0.30 and 0.25 − 0.32.
    #expect(abs(change.estimate.mean + 0.065) < 1e-12)
  }

  @Test func `no comparison where the start failed`() {
    var results = HandMadeResults.make()
    results.cells[0].quality = nil
    #expect(Purchase(ReportData(results), over: ["noise"]) == nil)
    let page = HTMLReport.render(results)
    #expect(page.contains("Left out of the averages: <span class=\"name\">noise</span>, where the start failed."))
    #expect(page.contains("failed: the baseline did not finish"))
    #expect(page.contains("In <span class=\"name\">clean</span>, "))
  }
}
