public import AttuneCore
internal import Foundation

/// A learning rate that falls by a factor at regular times.
///
/// `factor(t) = decay^⌊t / size⌋`
///
/// - Source: PyTorch's `torch.optim.lr_scheduler.StepLR`.
/// - Note: PyTorch has no default for the size.
public struct StepDecay: LearningRateSchedule, Equatable {
  /// `step` in config files.
  public static let name = "step"
  /// Time from one fall to the next.
  public let size: Int
  /// What each fall multiplies the rate by.
  public let decay: Double

  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Whether `size` counts epochs or steps.
    public var per = ScheduleInterval.epoch
    /// Time from one fall to the next.
    public var size = 10
    /// What each fall multiplies the rate by.
    public var decay = 0.1

    /// All defaults.
    public init() {}
  }

  /// A fall by `decay` after every `size` epochs or steps.
  ///
  /// - Throws: `HyperparameterError` if the size is below 1, or the decay negative or not finite.
  public init(size: Int, decay: Double = 0.1) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: Self.name)
    try check.isPositive(size, "size")
    try check.isNotNegative(decay, "decay")
    self.size = size
    self.decay = decay
  }

  /// The factor at a time.
  public func factor(at time: Int, of total: Int) -> Double { pow(decay, Double(time / size)) }
}
