internal import AttuneCore
internal import AttuneData
internal import AttuneTraining

/// A stream made ready for one model: preprocessed inputs, targets for scoring, and the rules of its scenario.
struct PreparedStream: Sendable {
  /// Network inputs, `[n, d]`.
  let inputs: Matrix
  /// What the rows really are; strategies never see it but through late labels.
  let targets: Targets
  /// Rows of a batch.
  let batchSize: Int
  /// Rows after which a label is known; nil where labels never come.
  var labelDelay: Int?
  /// When a strategy starts anew.
  var reset = ResetRule.never
  /// Rows that a strategy sees at once where rows come one by one; nil where it sees a batch.
  var window: Int?
  /// Time between two batches in that of plain inference; nil where the stream waits.
  var budget: Double?
  /// The names of the domains; empty where there is one only.
  var domainNames: [String] = []
  /// The number of each row's domain; empty where there is one only.
  var domains: [Int] = []
  /// Runs of rows that a batch does not reach beyond; empty for all rows.
  var segments: [Range<Int>] = []

  /// The batches in order; no batch reaches into another segment.
  var batches: [Range<Int>] {
    (segments.isEmpty ? [0..<inputs.rows] : segments).flatMap { segment in
      stride(from: segment.lowerBound, to: segment.upperBound, by: batchSize).map {
        $0..<min($0 + batchSize, segment.upperBound)
      }
    }
  }

  /// Whether a strategy starts anew before a batch other than the first.
  func restarts(before batch: Range<Int>) -> Bool {
    guard batch.lowerBound > 0 else { return false }
    switch reset {
    case .never: return false
    case .batch: return true
    case .domain: return !domains.isEmpty && domains[batch.lowerBound - 1] != domains[batch.lowerBound]
    }
  }
}

extension PreparedStream {
  /// The stream of a scenario as a model's network meets it.
  init(_ stream: ScenarioStream, of scenario: ScenarioConfiguration, for model: Model) throws {
    self.init(
      inputs: try model.preprocessing.apply(stream.table.features), targets: stream.table.targets,
      batchSize: scenario.batchSize, labelDelay: scenario.labelDelay, reset: scenario.reset, window: scenario.window,
      budget: scenario.pace?.budget, domainNames: scenario.domains.map(\.name), domains: stream.domains,
      segments: stream.segments)
  }
}
