public import AttuneCore

/// The running statistics of the source.
public struct SourceNormalization: StatisticsPart {
  /// Has no settings.
  public typealias Configuration = NoSettings
  /// `source` in config files.
  public static let kind = "source"
  /// What help says.
  public static let summary = "the running statistics of the trained model"

  /// The part.
  public init(_ configuration: NoSettings = NoSettings(), in setup: RecipeSetup) {}
  /// The running statistics.
  public func policy(rows: Int) -> NormalizationPolicy { .running }
}

/// The statistics of the batch alone; a batch of one row, which has no variance, is given the running ones.
///
/// - Source: Nado et al. (2020), Evaluating prediction-time batch normalization, arXiv:2006.10963.
public struct BatchNormalization: StatisticsPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Whether the variance of a batch is divided by n or n − 1.
    public var variance = VarianceConvention.biased

    /// Biased.
    public init() {}
  }
  /// `batch` in config files.
  public static let kind = "batch"
  /// What help says.
  public static let summary = "mean and variance of the batch (running ones for a batch of one row)"
  private let variance: VarianceConvention

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) {
    variance = configuration.variance
  }
  /// The batch's, with two rows or more.
  public func policy(rows: Int) -> NormalizationPolicy {
    guard rows > 1 else { return .running }
    return variance == .biased ? .batch : .blend(weight: 1, variance: variance)
  }
}

/// Source and batch mixed, the source worth N rows: `N/(n+N) · source + n/(n+N) · batch`, mean and variance likewise.
///
/// With N = 0 a batch of one row, which has no variance, is given the running statistics.
///
/// - Source: Schneider et al. (2020), Improving robustness against common corruptions by covariate shift adaptation,
///   arXiv:2006.16971, eq. (3).
public struct PriorNormalization: StatisticsPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Rows that the source statistics count for, N ≥ 0.
    public var prior = 16.0
    /// Whether the variance of a batch is divided by n or n − 1; published code mixes in the unbiased one.
    public var variance = VarianceConvention.biased

    /// N = 16, biased.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("prior", prior, atLeast: 0) }
  }
  /// `prior` in config files.
  public static let kind = "prior"
  /// What help says.
  public static let summary = "source and batch mixed, the source worth N rows"
  private let configuration: Configuration
  private var variance: VarianceConvention { configuration.variance }

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
  }
  /// The mixture for n rows.
  public func policy(rows: Int) -> NormalizationPolicy {
    guard rows > 1 || configuration.prior > 0 else { return .running }
    let n = Double(rows)
    return .blend(weight: Float(n / (n + configuration.prior)), variance: variance)
  }
}

/// Source and batch mixed with a fixed weight of the batch.
///
/// - Source: `norm_alpha` of Döbler, Marsden (2023), test-time-adaptation; used with single rows there.
public struct BlendedNormalization: StatisticsPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Weight of the batch, from 0 to 1.
    public var weight = 0.1
    /// Whether the variance of a batch is divided by n or n − 1.
    public var variance = VarianceConvention.biased

    /// 0.1, biased.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("weight", weight, atLeast: 0, atMost: 1) }
  }
  /// `blend` in config files.
  public static let kind = "blend"
  /// What help says.
  public static let summary = "source and batch mixed with a fixed weight of the batch"
  private let configuration: Configuration
  private var variance: VarianceConvention { configuration.variance }

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
  }
  /// The mixture. A batch of one row has mean and variance 0: its variance is not mixed in with the whole weight.
  public func policy(rows: Int) -> NormalizationPolicy {
    guard rows > 1 || configuration.weight < 1 else { return .running }
    return .blend(weight: Float(configuration.weight), variance: variance)
  }
}
