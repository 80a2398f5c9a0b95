public import AttuneCore
internal import Foundation

/// Estimates the accuracy on the stream without labels, and alarms when it is low or falls.
///
/// The share of passes with dropout that agree with the answer of the pass without gives an error; it is divided by the
/// third power of the entropy of the mean prediction over ln C, so that a model that gives everything to one class does not
/// pass for one that is sure, and averaged over the batches.
///
/// - Source: Lee et al. (2024), AETTA: label-free accuracy estimation for test-time adaptation, arXiv:2404.01351, in their
///   code.
/// - Note: Differs from the published code in where units are dropped: there after each block of a convolutional network,
///   here at the features that the last layer sees. With five classes or fewer the error, which cannot pass `1 − 1/C`, never
///   gives less than 20 %.
public struct AccuracyEstimateMonitor: StreamMonitor {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Passes with dropout per batch.
    public var passes = 10
    /// Probability with which a unit is dropped; nil for 0.4 with up to 10 classes, 0.3 with up to 100, else 0.2.
    public var rate: Double?
    /// The estimated accuracy below which it is an alarm.
    public var floor = 0.2
    /// By how much the mean of the last five estimates is below that of the five before where it is an alarm.
    public var drop = 0.02

    /// The published constants.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("passes", passes, atLeast: 1)
      if let rate { try ConfigCheck.range("rate", rate, above: 0, below: 1) }
      try ConfigCheck.range("floor", floor, atLeast: 0, atMost: 1)
      try ConfigCheck.range("drop", drop, atLeast: 0)
    }
  }
  /// The estimate, and the last ten.
  public struct State: Codable, Sendable {
    var estimate = AccuracyEstimate()
    var recent: [Double] = []
    var generator = Philox(seed: 0)
  }
  /// `aetta` in config files.
  public static let kind = "aetta"
  /// What help says.
  public static let summary = "an accuracy, estimated from passes with dropout, that is low or falls"
  /// The estimate, and the last ten.
  public var state = State()
  private let configuration: Configuration
  private let rate: Float
  private let strategy: String

  /// The monitor.
  ///
  /// - Throws: `ClassificationMonitor` for a regression model.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    guard setup.context.task == .classification else { throw ClassificationMonitor(monitor: Self.kind) }
    self.configuration = configuration
    rate = Float(configuration.rate ?? (setup.classes <= 10 ? 0.4 : setup.classes <= 100 ? 0.3 : 0.2))
    strategy = setup.strategy
    state.generator = setup.context.generator.fork(Self.kind)
  }

  /// The estimated accuracy as of the last batch, from 0 to 1; nil before the first.
  public var accuracy: Double? { state.estimate.accuracy }

  /// Estimates, and compares with the floor and with the estimates before.
  ///
  /// - Throws: `HiddenNetwork` where the strategy does not show the network that answers.
  public mutating func observe(_ observation: StreamObservation) throws -> StreamAlarm? {
    guard let serving = observation.serving else { throw HiddenNetwork(monitor: Self.kind, strategy: strategy) }
    guard observation.rows.rows > 0, observation.logits.isFinite else { return nil }
    let pass = try serving.network.forward(observation.rows, on: Tape(), statistics: serving.policy)
    guard case .linear(let output) = serving.network.layers[serving.network.outputLayerIndex] else { return nil }
    let features = pass.features.value, kept = 1 / (1 - rate)
    var generator = state.generator
    let passes = (0..<configuration.passes).map { _ in
      let mask = features.map { _ in generator.nextUniform() < rate ? 0 : kept }
      return features.elementwiseProduct(mask).linear(weight: output.weight, bias: output.bias)
    }
    state.generator = generator
    let accuracy = state.estimate.update(pass.output.value, passes: passes)
    return alarm(accuracy)
  }

  /// Whether an accuracy is low, or the last are lower than those before.
  private mutating func alarm(_ accuracy: Double) -> StreamAlarm? {
    state.recent = Array((state.recent + [accuracy]).suffix(10))
    if accuracy < configuration.floor {
      state.recent = []
      return StreamAlarm(
        String(
          format: "estimated accuracy: %.1f %%, below %g %%", 100 * accuracy, 100 * configuration.floor))
    }
    guard state.recent.count == 10 else { return nil }
    let before = state.recent.prefix(5).reduce(0, +) / 5, last = state.recent.suffix(5).reduce(0, +) / 5
    guard last + configuration.drop < before else { return nil }
    state.recent = []
    return StreamAlarm(
      String(format: "estimated accuracy: fell from %.1f to %.1f %% within ten batches", 100 * before, 100 * last))
  }

  /// Forgets the estimates that it compares; the average goes on, as in the published code.
  public mutating func restart() { state.recent = [] }
}

/// A running estimate of the accuracy from passes with dropout.
struct AccuracyEstimate: Codable, Sendable, Equatable {
  /// The moving average of the error; nil before the first batch.
  private(set) var error: Double?

  /// One less the error.
  var accuracy: Double? { error.map { 1 - $0 } }

  /// Takes the logits of a batch without dropout, and those of passes with it.
  ///
  /// - Returns: the estimated accuracy.
  mutating func update(_ logits: Matrix, passes: [Matrix]) -> Double {
    let answers = logits.rowArgmax, classes = Double(max(2, logits.columns))
    var agreements = 0, mean = Array(repeating: 0.0, count: logits.columns)
    for pass in passes {
      agreements += zip(answers, pass.rowArgmax).count { $0 == $1 }
      for (index, sum) in pass.softmax().columnSums.elements.enumerated() { mean[index] += Double(sum) }
    }
    let count = Double(passes.count * logits.rows)
    let disagreement = 1 - Double(agreements) / count
    let entropy = mean.reduce(0) { $0 - $1 / count * log($1 / count + 1e-6) }
    let corrected = disagreement / pow(max(0, entropy) / log(classes), 3)
    // Where all agree on one class there is neither disagreement nor entropy: nothing is known, least of all that all is well.
    let bounded = corrected.isNaN ? 1 - 1 / classes : min(1 - 1 / classes, max(0, corrected))
    let updated = 0.6 * (error ?? disagreement) + 0.4 * bounded
    error = updated
    return 1 - updated
  }
}
