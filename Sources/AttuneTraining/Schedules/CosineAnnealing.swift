public import AttuneCore
internal import Foundation

/// A learning rate that falls along half a cosine from its start to its end.
///
/// `factor(t) = minimum + (1 − minimum)·(1 + cos(π·t / total)) / 2`
///
/// The minimum itself stands after the last epoch or step, which no update sees.
///
/// - Source: Loshchilov, Hutter (2017), SGDR: Stochastic Gradient Descent with Warm Restarts, arXiv:1608.03983, eq. (5),
///   in the form of PyTorch's `torch.optim.lr_scheduler.CosineAnnealingLR` with `T_max` the length of the training.
/// - Note: Differs from the source: no restarts. Differs from PyTorch: past the end the rate stays at the minimum, where
///   PyTorch's rises again; the minimum is relative to the learning rate.
public struct CosineAnnealing: LearningRateSchedule, Equatable {
  /// `cosine` in config files.
  public static let name = "cosine"
  /// The factor at the end.
  public let minimum: Double

  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Whether the rate changes with each epoch or each step.
    public var per = ScheduleInterval.epoch
    /// The factor at the end.
    public var minimum = 0.0

    /// All defaults.
    public init() {}
  }

  /// A fall to `minimum` times the learning rate.
  ///
  /// - Throws: `HyperparameterError` if the minimum is negative or not finite.
  public init(minimum: Double = 0) throws(HyperparameterError) {
    try HyperparameterCheck(method: Self.name).isNotNegative(minimum, "minimum")
    self.minimum = minimum
  }

  /// The factor at a time.
  public func factor(at time: Int, of total: Int) -> Double {
    guard time < total else { return minimum }
    return minimum + (1 - minimum) * (1 + cos(.pi * Double(time) / Double(total))) / 2
  }
}
