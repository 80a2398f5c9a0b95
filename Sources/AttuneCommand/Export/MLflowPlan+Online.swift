internal import AttuneExperiments

/// The runs of the cells of an online experiment.
struct OnlineChildren {
  let runs: [MLflowRun]

  init(_ export: RunExport, _ results: OnlineResults, _ settings: [RunSetting]) throws {
    let seeds = try export.table(.seeds), windows = try export.table(.batches)
    let parts = OnlineParts(seeds: seeds, windows: windows)
    runs = results.cells.flatMap { cell in
      cell.seeds.enumerated().map { place, seed in
        let metric = results.streams.first { $0.name == cell.stream }?.metric ?? .error
        let identity = ["", "", "", cell.stream, cell.learner, "\(seed)"]
        var run = MLflowRun(identity: identity, name: "\(cell.stream) · \(cell.learner) · seed \(seed)")
        for (tag, value) in zip(MLflowPlan.identityTags, identity) { run.tag(tag, value) }
        run.parameters.add("seed", "\(seed)")
        for (section, arm, name) in [("streams", cell.stream, "stream"), ("learners", cell.learner, "learner")] {
          for setting in settings where setting.section == section && setting.arm == arm {
            run.parameters.add(setting.key.isEmpty ? name : "\(name).\(setting.key)", setting.value ?? "null")
          }
        }
        let quality = cell.perSeed.indices.contains(place) ? cell.perSeed[place] : nil
        run.hasFailed = quality == nil
        run.add(metric.key, quality)
        for (name, value) in parts.figures(cell.stream, cell.learner, seed) { run.add(name, value) }
        run.add("predict_flops", cell.cost?.predictOperations)
        run.add("learn_flops", cell.cost?.learnOperations)
        run.add("predict_ns", cell.cost?.predictNanoseconds)
        run.add("learn_ns", cell.cost?.learnNanoseconds)
        run.add("state_bytes", cell.cost.map { Double($0.stateBytes) })
        for (step, value) in parts.windows(cell.stream, cell.learner, seed) {
          run.add("window_\(metric.key)", value, step: step)
        }
        run.tag("attune.verdict", cell.verdict.rawValue)
        run.tag("attune.labels", results.streams.first { $0.name == cell.stream }?.labels)
        run.tag("attune.failure", cell.failures.first { $0.hasPrefix("seed \(seed):") })
        return run
      }
    }
  }
}

/// The figures of learners with single seeds, from the tables of the run.
private struct OnlineParts {
  private static let keys = ["stream", "learner", "seed"]
  /// Counts and figures that MLflow takes as numbers.
  private static let others: Set = ["run", "experiment", "metric", "quality", "failure"]

  private var figures: [[String]: [(String, Double)]] = [:]
  private var windows: [[String]: [(step: Int, value: Double)]] = [:]

  init(seeds: ExportTable, windows: ExportTable) {
    for row in seeds.rows {
      let named = Dictionary(zip(seeds.columns, row)) { first, _ in first }
      figures[Self.keys.map { named[$0]?.text ?? "" }] = zip(seeds.columns, row).compactMap { column, value in
        guard !Self.others.contains(column), !Self.keys.contains(column) else { return nil }
        return value.double.map { (column, $0) }
      }
    }
    for row in windows.rows {
      let named = Dictionary(zip(windows.columns, row)) { first, _ in first }
      guard let step = named["batch"]?.double, let value = named["quality"]?.double else { continue }
      self.windows[Self.keys.map { named[$0]?.text ?? "" }, default: []].append((Int(step), value))
    }
  }

  func figures(_ stream: String, _ learner: String, _ seed: UInt64) -> [(String, Double)] {
    figures[[stream, learner, "\(seed)"]] ?? []
  }

  func windows(_ stream: String, _ learner: String, _ seed: UInt64) -> [(step: Int, value: Double)] {
    windows[[stream, learner, "\(seed)"]] ?? []
  }
}

extension ExportValue {
  /// A text, or the digits of an integer.
  fileprivate var text: String? {
    switch self {
    case .text(let text): text
    case .integer(let digits): digits
    default: nil
    }
  }

  /// A number or an integer.
  fileprivate var double: Double? {
    switch self {
    case .number(let value): value
    case .integer(let digits): Double(digits)
    default: nil
    }
  }
}
