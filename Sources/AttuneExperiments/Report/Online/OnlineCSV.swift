/// The cells of an online experiment as CSV, as `ResultsCSV` writes those of others.
public enum OnlineCSV {
  /// One line per stream × learner.
  public static func render(_ results: OnlineResults) -> String {
    let found = Set(results.cells.flatMap(\.metrics.keys))
    let metrics = StreamMetric.allCases.map(\.rawValue).filter(found.contains)
    let head =
      ["stream", "learner", "settings", "metric", "mean", "low", "high"] + results.seeds.map { "seed_\($0)" }
      + ["difference_mean", "difference_low", "difference_high", "verdict"]
      + metrics.flatMap { ["\($0)_mean", "\($0)_low", "\($0)_high"] }
      + [
        "rows", "predict_flops", "learn_flops", "predict_ns", "learn_ns", "state_bytes", "alarms", "rows_refused",
        "failures",
      ]
    let lines = results.cells.map { cell -> [String] in
      let stream = results.streams.first { $0.name == cell.stream }
      let seeds = results.seeds.map { seed -> String in
        cell.seeds.firstIndex(of: seed).flatMap { cell.perSeed[$0] }.map { "\($0)" } ?? ""
      }
      let texts = [cell.stream, cell.learner, cell.summary, stream?.metric.rawValue ?? ""].map(ResultsCSV.text)
      let figures: [String] = metrics.flatMap { estimate(cell.metrics[$0]) }
      let costs = [
        cell.cost?.predictOperations, cell.cost?.learnOperations, cell.cost?.predictNanoseconds,
        cell.cost?.learnNanoseconds, cell.cost.map { Double($0.stateBytes) }, cell.alarms, cell.refused,
      ].map { $0.map(NumberText.short) ?? "" }
      return texts + estimate(cell.quality) + seeds + estimate(cell.difference) + [
        ResultsCSV.text(cell.verdict.rawValue)
      ]
        + figures + ["\(stream?.rows ?? 0)"] + costs + [ResultsCSV.text(cell.failures.joined(separator: " | "))]
    }
    return ([head] + lines).map { $0.joined(separator: ",") + "\r\n" }.joined()
  }

  private static func estimate(_ estimate: Estimate?) -> [String] {
    [estimate?.mean, estimate?.low, estimate?.high].map { $0.map { "\($0)" } ?? "" }
  }
}
