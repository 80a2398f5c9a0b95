public import AttuneCore
internal import Foundation

/// A learning rate that falls by the same factor each time.
///
/// `factor(t) = decay^t`
///
/// - Source: PyTorch's `torch.optim.lr_scheduler.ExponentialLR`.
/// - Note: PyTorch has no default for the decay.
public struct ExponentialDecay: LearningRateSchedule, Equatable {
  /// `exponential` in config files.
  public static let name = "exponential"
  /// What each epoch or step multiplies the rate by.
  public let decay: Double

  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Whether the rate falls with each epoch or each step.
    public var per = ScheduleInterval.epoch
    /// What each epoch or step multiplies the rate by.
    public var decay = 0.95

    /// All defaults.
    public init() {}
  }

  /// A fall by `decay` after each epoch or step.
  ///
  /// - Throws: `HyperparameterError` if the decay is negative or not finite.
  public init(decay: Double) throws(HyperparameterError) {
    try HyperparameterCheck(method: Self.name).isNotNegative(decay, "decay")
    self.decay = decay
  }

  /// The factor at a time.
  public func factor(at time: Int, of total: Int) -> Double { pow(decay, Double(time)) }
}
