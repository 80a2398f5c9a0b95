public import AttuneCore
internal import Foundation

/// Alarms when an adapted model gives nearly all rows to few classes, surely, and the source model does not.
///
/// Over the last rows, with p the answers, s the source model's answers to the same rows, and H the entropy: an alarm where
/// `H(mean p) < share · ln C` and `mean H(p) < share · ln C`, and half the L1 distance of the means of p and s is above
/// `distance`. The first two are what collapse looks like in published accounts; the last keeps a stream on which but one
/// class comes from being taken for it, as there the source model answers alike.
///
/// - Note: A collapse into a class that most rows have by the source model too is not seen, nor what batch statistics do to
///   a batch of one class: they spread it over all classes.
public struct CollapseMonitor: StreamMonitor {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Rows that are looked at together; whole batches, so there may be more.
    public var window = 256
    /// The share of ln C below which an entropy is low.
    public var share = 0.5
    /// The distance of the mean predictions, from 0 to 1, above which they differ.
    public var distance = 0.5

    /// 256 rows, half, half.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("window", window, atLeast: 1)
      try ConfigCheck.range("share", share, above: 0, atMost: 1)
      try ConfigCheck.range("distance", distance, atLeast: 0, below: 1)
    }
  }
  /// Sums over the answers to a batch and over the source model's.
  struct Sums: Codable, Sendable, Equatable {
    var rows: Int
    var answers: [Double], source: [Double]
    var answerEntropy: Double, sourceEntropy: Double
  }
  /// The batches in the window.
  public struct State: Codable, Sendable, Equatable {
    var batches: [Sums] = []
  }
  /// `collapse` in config files.
  public static let kind = "collapse"
  /// What help says.
  public static let summary = "answers that all go to few classes, surely, where the source model's do not"
  /// The batches in the window.
  public var state = State()
  private let configuration: Configuration
  private let logClasses: Double

  /// The monitor.
  ///
  /// - Throws: `ClassificationMonitor` for a regression model.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    guard setup.context.task == .classification else { throw ClassificationMonitor(monitor: Self.kind) }
    self.configuration = configuration
    logClasses = log(Double(max(2, setup.classes)))
  }

  /// Compares the answers of the window with the source model's.
  public mutating func observe(_ observation: StreamObservation) -> StreamAlarm? {
    // A row that is not finite would spoil the window until it leaves.
    guard observation.logits.isFinite, observation.source.logits.isFinite else { return nil }
    state.batches.append(Sums(observation.logits, observation.source.logits))
    var rows = state.batches.reduce(0) { $0 + $1.rows }
    while let first = state.batches.first, rows - first.rows >= configuration.window {
      rows -= first.rows
      state.batches.removeFirst()
    }
    guard rows >= configuration.window else { return nil }
    let answers = mean(\.answers, rows), source = mean(\.source, rows), low = configuration.share * logClasses
    let spread = answers.entropy, single = state.batches.reduce(0) { $0 + $1.answerEntropy } / Double(rows)
    let sourceSingle = state.batches.reduce(0) { $0 + $1.sourceEntropy } / Double(rows)
    let differences: [Double] = zip(answers, source).map { abs($0 - $1) }
    guard spread < low, single < low,
      differences.reduce(0, +) / 2 > configuration.distance
    else { return nil }
    let top = answers.indices.max { answers[$0] < answers[$1] } ?? 0
    return StreamAlarm(
      String(
        format:
          "collapse: over %d rows the entropy of the mean prediction is %.3f and that of single ones %.3f, the source "
          + "model's are %.3f and %.3f; class %d has %.0f %% of the answers, and %.0f %% of the source model's", rows,
        spread,
        single, source.entropy, sourceSingle, top, 100 * answers[top], 100 * source[top]))
  }

  /// Forgets the window.
  public mutating func restart() { state = State() }

  private func mean(_ path: KeyPath<Sums, [Double]>, _ rows: Int) -> [Double] {
    var sum = Array(repeating: 0.0, count: state.batches.first?[keyPath: path].count ?? 0)
    for batch in state.batches { for (index, value) in batch[keyPath: path].enumerated() { sum[index] += value } }
    return sum.map { $0 / Double(rows) }
  }
}

extension CollapseMonitor.Sums {
  /// The sums over a batch.
  init(_ logits: Matrix, _ source: Matrix) {
    self.init(
      rows: logits.rows, answers: logits.softmax().columnSums.elements.map(Double.init),
      source: source.softmax().columnSums.elements.map(Double.init), answerEntropy: logits.rowEntropies().sum,
      sourceEntropy: source.rowEntropies().sum)
  }
}

extension [Double] {
  /// The entropy of probabilities.
  var entropy: Double { reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 } }
}
