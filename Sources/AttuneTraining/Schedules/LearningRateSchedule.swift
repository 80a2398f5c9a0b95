/// A learning rate over time: a factor on the optimizer's own rate, as a pure function of the time.
///
/// Time counts from 0, in epochs or in steps: the rule is the same, `TrainingSchedule` says which.
public protocol LearningRateSchedule: Sendable {
  /// The name in config files, for example `cosine`.
  static var name: String { get }
  /// The factor at a time.
  ///
  /// - Parameters:
  ///   - time: epochs or steps done, from 0.
  ///   - total: epochs or steps in all.
  func factor(at time: Int, of total: Int) -> Double
}
