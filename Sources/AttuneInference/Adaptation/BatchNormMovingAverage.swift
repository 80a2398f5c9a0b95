public import AttuneCore

/// Batch norm with an exponential moving average of the statistics, which starts at the source's.
///
/// `running ← (1 − m) · running + m · batch`; the batch is normalized with the updated statistics, layer by layer.
/// A batch of one row has no variance: it is answered with the running statistics and does not move them. Nor does a batch
/// with a value that is not finite.
///
/// - Source: the moving average of batch norm itself (Ioffe, Szegedy 2015, arXiv:1502.03167), kept running at test time.
/// - Note: Published code updates the statistics in one pass, in which deeper layers see inputs normalized by the batch
///   alone, and predicts in a second; here one pass does both.
public struct BatchNormMovingAverage: AdaptationStrategy {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Weight m of a new batch, `0...1`.
    public var momentum = 0.1
    /// Whether the variance of a batch is divided by n or n − 1.
    public var variance = VarianceConvention.biased

    /// m = 0.1, biased.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require((0...1).contains(momentum), "momentum", "must be a number from 0 to 1")
    }
  }

  /// `bn-ema` in config files.
  public static let name = "bn-ema"
  /// What tables and help say.
  public static let summary =
    "batch norm with a moving average of source and test statistics, updated before predicting (a batch of one row moves "
    + "nothing)"
  /// The settings.
  public let configuration: Configuration

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) throws -> Network {
    try network.requireNormalization(for: Self.name)
    return network
  }

  /// Answers a batch, adapting as it goes.
  public func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    guard batch.rows > 1 else { return try state.predict(batch) }
    let policy = NormalizationPolicy.blend(
      weight: Float(configuration.momentum), variance: configuration.variance)
    let pass = try state.forward(batch, on: Tape(), statistics: policy)
    // One value that is not finite would stay in the average for good.
    guard pass.statistics.values.allSatisfy({ $0.mean.isFinite && $0.variance.isFinite }) else {
      return pass.output.value
    }
    for (index, used) in pass.statistics {
      state[normalization: index].runningMean = used.mean
      state[normalization: index].runningVariance = used.variance
    }
    return pass.output.value
  }
}
