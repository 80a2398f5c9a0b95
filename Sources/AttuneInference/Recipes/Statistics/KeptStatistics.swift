public import AttuneCore

/// A moving average that starts at the source's: `running ← (1 − m) · running + m · batch`, used as soon as it is moved.
///
/// A batch of one row has no variance: it is answered with the running statistics and does not move them.
///
/// - Source: the moving average of batch norm itself (Ioffe, Szegedy 2015, arXiv:1502.03167), kept running at test time;
///   with memory and biased variance that of Yuan et al. (2023), RoTTA, arXiv:2303.13899.
/// - Note: Published code (`norm_ema`) updates the statistics in one pass, in which deeper layers see inputs normalized by
///   the batch alone, and answers in a second; `asPublished` does that, and `variance: unbiased` is theirs. Otherwise one
///   pass does both.
public struct MovingNormalization: StatisticsPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Weight m of a new batch, from 0 to 1.
    public var momentum = 0.1
    /// Whether the variance of a batch is divided by n or n − 1.
    public var variance = VarianceConvention.biased
    /// Whether a pass with the batch's own statistics moves the average first, and a second answers.
    public var asPublished = false
    /// Whether a pass that is learned from is normalized by the batch alone, as in training, and the average only moves
    /// with it, for answers without a step.
    public var learnsByBatch = false

    /// m = 0.1, biased, in one pass.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("momentum", momentum, atLeast: 0, atMost: 1)
      try ConfigCheck.require(
        !asPublished || !learnsByBatch, "learnsByBatch",
        "must be false with 'asPublished', which moves the average itself")
    }
  }
  /// The statistics stay.
  public static let isKept = true
  /// `moving-average` in config files.
  public static let kind = "moving-average"
  /// What help says.
  public static let summary = "a moving average that starts at the source's (a batch of one row moves nothing)"
  private let configuration: Configuration
  private var variance: VarianceConvention { configuration.variance }

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
  }
  /// The mixture that the average moves to; the average itself where passes that are learned from go by the batch.
  public func policy(rows: Int) -> NormalizationPolicy {
    guard rows > 1, !configuration.learnsByBatch else { return .running }
    return .blend(weight: Float(configuration.momentum), variance: variance)
  }
  /// As published, moves the average in a pass of its own.
  public mutating func prepare(_ network: inout Network, for rows: Matrix) throws -> NormalizationPolicy {
    guard rows.rows > 1 else { return .running }
    if configuration.learnsByBatch { return .batch }
    guard configuration.asPublished else { return policy(rows: rows.rows) }
    move(&network, to: try network.forward(rows, on: Tape(), statistics: .batch).statistics, rows: rows.rows)
    return .running
  }
  /// Keeps the average.
  public mutating func keep(_ used: [Int: NormalizationStatistics], rows: Int, in network: inout Network) {
    guard !configuration.asPublished, rows > 1 else { return }
    if configuration.learnsByBatch {
      move(&network, to: used, rows: rows)
    } else {
      network.takeRunningStatistics(used)
    }
  }
  /// Moves the average towards the statistics of a batch.
  private func move(_ network: inout Network, to used: [Int: NormalizationStatistics], rows: Int) {
    let correction = variance == .unbiased ? Float(rows) / Float(rows - 1) : 1
    for (index, statistics) in used where statistics.isFinite {
      let norm = network[normalization: index], weight = Float(configuration.momentum)
      let spread = statistics.batchVariance.scaled(by: correction)
      let mean = norm.runningMean.interpolated(to: statistics.batchMean, weight: weight)
      network[normalization: index].runningMean = mean
      network[normalization: index].runningVariance = norm.runningVariance.interpolated(to: spread, weight: weight)
    }
  }
}

/// The mean of the statistics of all batches so far; the source's are forgotten with the first.
///
/// - Source: the moving average with `momentum=None` of Schneider et al. (2020), arXiv:2006.16971, in their code.
public struct CumulativeNormalization: StatisticsPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Whether the variance of a batch is divided by n or n − 1.
    public var variance = VarianceConvention.biased

    /// Biased.
    public init() {}
  }
  /// The batches so far.
  public struct State: Codable, Sendable {
    var batches = 0
  }
  /// The statistics stay.
  public static let isKept = true
  /// `cumulative` in config files.
  public static let kind = "cumulative"
  /// What help says.
  public static let summary = "the mean of the statistics of all batches so far, without the source's"
  private let variance: VarianceConvention
  /// The batches so far.
  public var state = State()

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) {
    variance = configuration.variance
  }
  /// The mean with the next batch.
  public func policy(rows: Int) -> NormalizationPolicy {
    guard rows > 1 else { return .running }
    return .blend(weight: 1 / Float(state.batches + 1), variance: variance)
  }
  /// Keeps the mean.
  public mutating func keep(_ used: [Int: NormalizationStatistics], rows: Int, in network: inout Network) {
    guard rows > 1 else { return }
    state.batches += 1
    network.takeRunningStatistics(used)
  }
}

/// The exact statistics of the whole target, taken in one pass before the first answer.
///
/// - Source: Li et al. (2016), Revisiting batch normalization for practical domain adaptation (AdaBN), arXiv:1603.04779.
public struct TargetNormalization: StatisticsPart {
  /// Has no settings.
  public typealias Configuration = NoSettings
  /// The statistics stay.
  public static let isKept = true
  /// `target` in config files.
  public static let kind = "target"
  /// What help says.
  public static let summary = "the exact statistics of the whole target, which must be there before the first answer"
  /// The statistics of the target, set in the first batch's network.
  private let target: [Int: NormalizationStatistics]

  /// The part.
  ///
  /// - Throws: `MissingTarget` where the inputs are not known beforehand.
  public init(_ configuration: NoSettings = NoSettings(), in setup: RecipeSetup) throws {
    guard let rows = setup.context.target, rows.rows > 1 else { throw MissingTarget(strategy: setup.strategy) }
    let used = try setup.network.forward(rows, on: Tape(), statistics: .batch).statistics
    target = used.filter { $0.value.isFinite }
  }
  /// The running statistics, which are the target's.
  public func policy(rows: Int) -> NormalizationPolicy { .running }
  /// Puts the target's statistics in place.
  public mutating func prepare(_ network: inout Network, for rows: Matrix) -> NormalizationPolicy {
    network.takeRunningStatistics(target)
    return .running
  }
}

/// A strategy needs all inputs of the stream before the first answer.
public struct MissingTarget: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// What is missing and what to do.
  public var description: String {
    "strategy '\(strategy)' takes statistics of the whole target before its first answer, and the inputs of this stream are "
      + "not known beforehand; choose bn-ema or bn-cumulative"
  }
}
