/// The rows of the tables of an online experiment.
struct OnlineRows {
  private let results: OnlineResults
  private let streams: [String: OnlineStreamSummary]

  init(_ results: OnlineResults) {
    self.results = results
    streams = Dictionary(results.streams.map { ($0.name, $0) }) { first, _ in first }
  }

  private static func start(_ stream: String, _ learner: String) -> ExportRow {
    var row = ExportRow()
    row.add("stream", .text(stream))
    row.add("learner", .text(learner))
    return row
  }

  private var metrics: [String] { ExperimentRows.ordered(Set(results.cells.flatMap(\.metrics.keys))) }

  /// One row per stream × learner.
  var cells: [ExportRow] {
    results.cells.map { cell in
      var row = Self.start(cell.stream, cell.learner)
      let stream = streams[cell.stream]
      row.add("settings", .text(cell.summary))
      row.add("is_baseline", .flag(cell.isBaseline))
      row.add("metric", ExportValue(stream?.metric.rawValue))
      row.add("quality", cell.quality)
      row.add("seeds", ExportValue(cell.perSeed.count { $0 != nil }))
      row.add("seeds_failed", ExportValue(cell.perSeed.count { $0 == nil }))
      row.add("baseline", .text(results.baseline))
      row.add("difference", cell.difference)
      row.add("verdict", .text(cell.verdict.rawValue))
      row.add("labels", ExportValue(stream?.labels))
      row.add("rows", ExportValue(stream?.rows))
      row.add("warm_up", ExportValue(stream?.warmUp))
      for name in metrics { row.add(name, cell.metrics[name]) }
      row.add("rows_refused", .number(cell.refused))
      row.add("alarms", ExportValue(cell.alarms))
      row.add("failures", ExportValue(cell.failures.isEmpty ? nil : cell.failures.joined(separator: " | ")))
      return row
    }
  }

  /// One row per stream × learner.
  var costs: [ExportRow] {
    results.cells.map { cell in
      var row = Self.start(cell.stream, cell.learner)
      row.add("predict_flops", ExportValue(cell.cost?.predictOperations))
      row.add("learn_flops", ExportValue(cell.cost?.learnOperations))
      row.add("predict_ns", ExportValue(cell.cost?.predictNanoseconds))
      row.add("learn_ns", ExportValue(cell.cost?.learnNanoseconds))
      row.add("state_bytes", ExportValue(cell.cost?.stateBytes))
      return row
    }
  }

  /// One row per stream × learner × seed that ran: what does not depend on chance ran with the first seed only.
  func seeds(_ units: [OnlineUnitOutcome]) -> [ExportRow] {
    let names = metrics
    return results.cells.flatMap { cell in
      cell.seeds.enumerated().map { place, seed in
        let arm = units.first { $0.stream == cell.stream && $0.seed == seed }?.arms.first { $0.learner == cell.learner }
        var row = Self.start(cell.stream, cell.learner)
        row.add("seed", ExportValue(seed))
        row.add("metric", ExportValue(streams[cell.stream]?.metric.rawValue))
        row.add("quality", ExportValue(cell.perSeed.indices.contains(place) ? cell.perSeed[place] : nil))
        for name in names { row.add(name, ExportValue(arm?.metrics[name])) }
        row.add("rows_scored", ExportValue(arm?.scored))
        row.add("rows_learned", ExportValue(arm?.learned))
        row.add("rows_refused", ExportValue(arm?.refused))
        row.add("alarms", ExportValue(arm?.alarms))
        row.add("failure", ExportValue(arm?.failure))
        return row
      }
    }
  }

  /// One row per stream × learner × seed × window of the stream.
  static func windows(_ units: [OnlineUnitOutcome]) -> [ExportRow] {
    units.flatMap { unit in
      unit.arms.flatMap { arm in
        arm.trace.enumerated().map { window, quality in
          var row = start(unit.stream, arm.learner)
          row.add("seed", ExportValue(unit.seed))
          row.add("batch", ExportValue(window))
          row.add("first_row", ExportValue(window * arm.rowsPerWindow))
          row.add("quality", ExportValue(quality))
          return row
        }
      }
    }
  }

  /// One row per event.
  var events: [ExportRow] {
    results.cells.flatMap { EventRows.rows($0.events, start: Self.start($0.stream, $0.learner)) }
  }
}
