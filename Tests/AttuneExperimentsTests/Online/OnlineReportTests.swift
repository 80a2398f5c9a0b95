import AttuneInference
import Testing

@testable import AttuneExperiments

@Suite struct OnlineReportTests {
  private func cell(
    _ stream: String, _ learner: String, _ quality: Double?, _ metrics: [String: Double] = [:], alarms: Double? = nil,
    events: [SeedEvents] = []
  ) -> OnlineCell {
    func single(_ value: Double) -> Estimate { Estimate(mean: value, low: value, high: value) }
    let isBaseline = ["last-label", "majority"].contains(learner)
    return OnlineCell(
      stream: stream, learner: learner, summary: learner, isBaseline: isBaseline, seeds: [0],
      quality: quality.map(single), perSeed: [quality],
      difference: learner == "last-label" ? nil : quality.map { single($0 - 0.14672) },
      verdict: learner == "last-label" ? .baseline : .noDifferenceShown, metrics: metrics.mapValues(single),
      trace: [0.25, nil, 0.125], rowsPerWindow: 16,
      cost: quality == nil
        ? nil
        : OnlineCost(
          predictOperations: 34, learnOperations: 1284, predictNanoseconds: 18.24, learnNanoseconds: 1421,
          stateBytes: 312),
      refused: 0, alarms: alarms, regularizations: [:], events: events,
      failures: quality == nil ? ["seed 0: learner <b> diverged"] : [])
  }

  private var results: OnlineResults {
    var log = EventLog()
    log.add([AdaptationEvent(.alarm, "adwin: changed"), AdaptationEvent(.reset, "a fresh learner")], row: 40, batch: 2)
    var figure = ExpectedFigure()
    (figure.stream, figure.learner, figure.metric, figure.value) = ("market", "logistic", "accuracy", 0.8512)
    figure.tolerance = 0.00005
    return OnlineResults(
      name: "golden", description: "", seeds: [0], baseline: "last-label",
      streams: [
        OnlineStreamSummary(
          name: "market", summary: "electricity.csv", metric: .error, rows: 45_312, warmUp: 0, unlabeled: 0, unknown: 0,
          inputs: 6, classes: ["DOWN", "UP"], labels: "each label before the next row",
          skipped: SkippedSummary(count: 2, rows: 45_314, first: "line 3 (row 2), column \"x\": found \"<inf>\""))
      ],
      cells: [
        cell("market", "last-label", 0.14672, ["accuracy": 0.85328, "f1": 0.82711]),
        cell("market", "majority", 0.42467, ["accuracy": 0.57533, "f1": 0, "logLoss": 0.6829]),
        cell(
          "market", "logistic", 0.14883, ["accuracy": 0.85117, "f1": 0.8211, "logLoss": 0.36496], alarms: 1,
          events: [SeedEvents(seed: 0, log: log)]),
        cell("market", "diverging", nil),
      ],
      expected: [ExpectedOutcome(figure, place: ["market", "logistic"], metric: "accuracy", found: 0.85117)],
      provenance: HandMadeResults.provenance)
  }

  @Test func `the table of a terminal`() {
    let text = OnlineTerminalTable.render(results, color: false, width: 160)
    // Heads that end above others leave blanks at the end of their line.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    #expect(lines.joined(separator: "\n") == golden, "\(text)")
  }

  private let golden = """
    golden: each row predicted, scored, then learned; one seed
    * lowest; costs are a row's: operations, median time, bytes of the learner's state at the end

    market: 45312 rows, 6 inputs, 2 classes, each label before the next row, 2 of 45314 rows left out
                                 against  accuracy in                     FLOPs to  FLOPs to
    learner     error in %    last-label            %  F1 in %  log loss   predict     learn  predict    learn  state  alarms
    last-label      14.67*      baseline        85.33    82.71         —        34    1.28 k    18 ns  1.42 µs  312 B       —
    majority        42.47   +27.8 points        57.53     0.00    0.6829        34    1.28 k    18 ns  1.42 µs  312 B       —
    logistic        14.88    +0.2 points        85.12    82.11    0.3650        34    1.28 k    18 ns  1.42 µs  312 B       1
    diverging      failed              —            —        —         —         —         —        —        —      —       —

    Expected figures: all 1 met
    expected   where    figure     found        expected  verdict
    logistic  market  accuracy  0.851170  0.8512 ± 5e-05      met

    """

  @Test(arguments: [40, 80, 120]) func `no line is wider than the terminal`(width: Int) {
    let text = OnlineTerminalTable.render(results, color: false, width: width)
    #expect(text.split(separator: "\n").allSatisfy { TerminalText.width($0) <= width })
  }

  @Test func `the page is well-formed, draws the stream, and escapes what files and names say`() {
    let page = OnlineReport.render(results)
    #expect(WellFormedness.failure(of: page) == nil)
    for part in [
      "Learners on market", "window", "adwin: changed", "found &quot;&lt;inf&gt;&quot;", "learner &lt;b&gt; diverged",
      "2 of 45314 rows left out", ">met<", "<b>14.67</b>",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(OnlineReport.render(results) == page)
  }

  @Test func `the CSV has a line a cell and as many fields as its head`() {
    let lines = OnlineCSV.render(results).split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).count
    }
    #expect(lines.count == 5 && Set(lines).count == 1)
  }
}
