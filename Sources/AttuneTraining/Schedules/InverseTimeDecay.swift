public import AttuneCore

/// A learning rate that falls as the inverse of time.
///
/// `factor(t) = 1 / (1 + decay·t)`; a decay of 1 is `1/t` counted from 1.
///
/// With steps whose sum diverges while that of their squares does not, stochastic gradient descent converges.
///
/// - Source: Robbins, Monro (1951), A Stochastic Approximation Method, doi:10.1214/aoms/1177729586: the step
///   `c / (t + t₀)` is this schedule with the learning rate `c / t₀` and the decay `1 / t₀`.
public struct InverseTimeDecay: LearningRateSchedule, Equatable {
  /// `inverse-time` in config files.
  public static let name = "inverse-time"
  /// The inverse of the time after which the rate is half.
  public let decay: Double

  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Whether the rate falls with each epoch or each step.
    public var per = ScheduleInterval.epoch
    /// The inverse of the time after which the rate is half.
    public var decay = 1.0

    /// All defaults.
    public init() {}
  }

  /// A fall to half after `1 / decay` epochs or steps.
  ///
  /// - Throws: `HyperparameterError` if the decay is negative or not finite.
  public init(decay: Double = 1) throws(HyperparameterError) {
    try HyperparameterCheck(method: Self.name).isNotNegative(decay, "decay")
    self.decay = decay
  }

  /// The factor at a time.
  public func factor(at time: Int, of total: Int) -> Double { 1 / (1 + decay * Double(time)) }
}
