public import AttuneCore

/// How figures over seeds become intervals and verdicts: `statistics:` in a config.
public struct StatisticsConfiguration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// Kinds of interval.
  public enum Interval: String, Codable, CaseIterable, Sendable {
    /// Student's t for few seeds, BCa from `bootstrapSeeds` on.
    case auto
    /// Student's t.
    case t
    /// Quantiles of the means of resamples.
    case percentile
    /// Bias-corrected and accelerated quantiles of the means of resamples.
    case bca
  }

  /// Seeds from which `auto` takes BCa: below, it holds the mean less often than it says, and less often than t does
  /// (docs/measuring.md has the figures).
  public static let bootstrapSeeds = 50

  /// The kind of 95 % interval of a mean over seeds.
  public var interval = Interval.auto
  /// Resamples of a bootstrap.
  public var resamples = 9999
  /// How the many comparisons of an experiment are corrected for being many.
  public var correction = ComparisonCorrection.benjaminiHochberg
  /// The corrected probability at which a difference counts as shown, above 0 and below 1.
  public var level = 0.05

  /// Student's t up to 49 seeds, Benjamini and Hochberg's correction, the level 0.05.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.range("resamples", resamples, atLeast: 100)
    try ConfigCheck.require(resamples <= 1_000_000, "resamples", "must be at most 1000000")
    try ConfigCheck.range("level", level, above: 0, below: 1)
  }

  /// As results were compared before they kept how: intervals of t, no correction.
  static var uncorrected: StatisticsConfiguration {
    var configuration = StatisticsConfiguration()
    (configuration.interval, configuration.correction) = (.t, .none)
    return configuration
  }
}
