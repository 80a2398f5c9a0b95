public import AttuneCore

/// Batch norm with a mixture of source and batch statistics: the source counts as `prior` rows.
///
/// `mean = N/(n+N) · source + n/(n+N) · batch`, likewise the variance, for a batch of n rows.
/// With N = 0 a batch of one row, which has no variance, is answered with the running statistics.
///
/// - Source: Schneider et al. (2020), Improving robustness against common corruptions by covariate shift adaptation,
///   arXiv:2006.16971, eq. (3).
/// - Note: The convention for the batch variance is a setting; published code mixes in the unbiased one.
public struct BatchNormPrior: AdaptationStrategy {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Rows that the source statistics count for, N ≥ 0.
    public var prior = 16.0
    /// Whether the variance of a batch is divided by n or n − 1.
    public var variance = VarianceConvention.biased

    /// N = 16, biased.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(prior >= 0, "prior", "must be a number of at least 0")
    }
  }

  /// `bn-prior` in config files.
  public static let name = "bn-prior"
  /// What tables and help say.
  public static let summary = "batch norm with source and batch statistics mixed, the source worth N rows"
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
    guard batch.rows > 1 || configuration.prior > 0 else { return try state.predict(batch) }
    let n = Double(batch.rows), weight = n / (n + configuration.prior)
    let policy = NormalizationPolicy.blend(weight: Float(weight), variance: configuration.variance)
    return try state.forward(batch, on: Tape(), statistics: policy).output.value
  }
}
