public import AttuneCore
internal import Foundation

/// A learning rate that rises to its maximum and falls far below its start, both along half a cosine.
///
/// From `1 / initialDivisor` at time 0 to 1 at `warmupShare·total − 1`, then to `1 / (initialDivisor·finalDivisor)` at
/// `total − 1`. The optimizer's learning rate is the maximum.
///
/// - Source: Smith, Topin (2019), Super-Convergence, arXiv:1708.07120, in the form of PyTorch's
///   `torch.optim.lr_scheduler.OneCycleLR` with two phases and cosines.
/// - Note: Differs from PyTorch: the momentum is not cycled; past the end the rate stays, where PyTorch stops with an
///   error; a rise that ends at time 0 starts at the maximum, where PyTorch divides by zero.
public struct OneCycle: LearningRateSchedule, Equatable {
  /// `one-cycle` in config files.
  public static let name = "one-cycle"
  /// The part of the time in which the rate rises, in `0...1`.
  public let warmupShare: Double
  /// The maximum over the rate at the start.
  public let initialDivisor: Double
  /// The rate at the start over that at the end.
  public let finalDivisor: Double

  /// The settings in a config file, with PyTorch's defaults.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Whether the rate changes with each epoch or each step.
    public var per = ScheduleInterval.step
    /// The part of the time in which the rate rises.
    public var warmupShare = 0.3
    /// The maximum over the rate at the start.
    public var initialDivisor = 25.0
    /// The rate at the start over that at the end.
    public var finalDivisor = 1e4

    /// All defaults.
    public init() {}
  }

  /// One cycle with PyTorch's defaults.
  ///
  /// - Throws: `HyperparameterError` if the share is outside `0...1`, or a divisor not above 0 or not finite.
  public init(
    warmupShare: Double = 0.3, initialDivisor: Double = 25, finalDivisor: Double = 1e4
  ) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: Self.name)
    try check.isShare(warmupShare, "warmupShare")
    try check.isPositive(initialDivisor, "initialDivisor")
    try check.isPositive(finalDivisor, "finalDivisor")
    self.warmupShare = warmupShare
    self.initialDivisor = initialDivisor
    self.finalDivisor = finalDivisor
  }

  /// The factor at a time.
  public func factor(at time: Int, of total: Int) -> Double {
    let peak = warmupShare * Double(total) - 1, end = Double(total - 1)
    let time = min(Double(time), end), start = 1 / initialDivisor
    guard time > peak else { return Self.annealed(from: start, to: 1, peak > 0 ? time / peak : 1) }
    return Self.annealed(from: 1, to: start / finalDivisor, end > peak ? (time - peak) / (end - peak) : 1)
  }

  private static func annealed(from start: Double, to end: Double, _ share: Double) -> Double {
    end + (start - end) / 2 * (1 + cos(.pi * share))
  }
}
