/// The learning rate of the optimizer all the time.
public struct ConstantRate: LearningRateSchedule, Equatable {
  /// `constant` in config files.
  public static let name = "constant"

  /// The constant schedule.
  public init() {}

  /// Always 1.
  public func factor(at time: Int, of total: Int) -> Double { 1 }
}
