internal import AttuneInference

/// A combination with what a server asks besides quality and total cost.
public struct ServedFigures: Codable, Sendable, Equatable {
  /// Arms, quality and costs.
  public var figures: CombinationFigures
  /// The highest 99th percentile over the scenarios in microseconds per call; nil where it was not measured.
  public var latency: Double?
  /// Rows of such a call, the most over the scenarios.
  public var callRows: Int?
  /// Timed calls, the fewest over the scenarios; nil where nothing was timed.
  public var queries: Int?
  /// Bytes of the model file.
  public var modelBytes: Int
  /// Bytes of the state at the end of the stream, the most over the scenarios; nil where they were not counted.
  public var stateBytes: Int?
  /// What it needs of the training data.
  public var sourceAccess: String

  /// Bytes of model and state.
  public var memory: Int { modelBytes + (stateBytes ?? 0) }

  init(_ figures: CombinationFigures, _ data: ReportData, over scenarios: [String], singleRow: Bool) {
    self.figures = figures
    let cells = data.cells(.init(training: figures.training, inference: figures.inference), over: scenarios)
    let summaries = cells.compactMap { singleRow ? $0.cost.single : $0.cost.batch }
    let percentiles = summaries.compactMap(\.p99)
    // A percentile that is missing in one scenario is not known over all.
    latency = percentiles.count == cells.count ? percentiles.max() : nil
    callRows = summaries.map(\.batchSize).max()
    queries = summaries.count == cells.count ? summaries.map(\.queries).min() : nil
    modelBytes = cells.map(\.cost.modelBytes).max() ?? 0
    stateBytes = cells.compactMap(\.cost.stateBytes).max()
    sourceAccess = data.results.inferenceArms.first { $0.name == figures.inference }?.sourceAccess ?? "none"
  }

  /// The limits that it does not keep to.
  func misses(_ limits: AdviceLimits, _ format: QualityFormat) -> [LimitMiss] {
    var misses: [LimitMiss] = []
    func check(_ kind: AdviceLimits.Kind, _ value: Double, _ limit: Double?, _ text: (Double) -> String) {
      guard let limit, !(value <= limit) else { return }
      misses.append(LimitMiss(limit: kind, ratio: value / limit, text: "\(text(value)), limit \(text(limit))"))
    }
    if limits.latency != nil {
      if let latency {
        check(.latency, latency, limits.latency) { "p99 \(Self.latencyText($0))" }
      } else {
        let reason = queries.map { "\($0) calls are too few for a p99, which needs 662" } ?? "latency was not measured"
        misses.append(LimitMiss(limit: .latency, ratio: nil, text: reason))
      }
    }
    check(.memory, Double(memory), limits.memory) { NumberFormat.bytes(Int($0)) }
    check(.training, figures.fixedSeconds, limits.trainingSeconds) { "\(NumberFormat.seconds($0)) of training" }
    if limits.noLabels, figures.seesLabels {
      misses.append(LimitMiss(limit: .labels, ratio: nil, text: "learns from late labels"))
    }
    if let most = limits.sourceAccess.flatMap(SourceAccess.init), let own = SourceAccess(rawValue: sourceAccess),
      own > most
    {
      misses.append(LimitMiss(limit: .source, ratio: nil, text: "needs \(sourceAccess) of the training data"))
    }
    check(.quality, figures.quality, limits.quality, format.full)
    return misses
  }

  static func latencyText(_ microseconds: Double) -> String {
    microseconds < 1000
      ? NumberFormat.microseconds(microseconds) : NumberFormat.seconds(microseconds / 1e6)
  }
}
