/// A shift that does not fit the data.
public struct ShiftError: Error, Equatable, CustomStringConvertible {
  /// The shift's name.
  public let shift: String
  /// What does not fit.
  public let problem: String
  /// What to do about it.
  public let advice: String

  /// An error of a shift, for example: `dead-rows`, `the rows are no images`, `name data.image`.
  public init(shift: String, problem: String, advice: String) {
    self.shift = shift
    self.problem = problem
    self.advice = advice
  }

  /// Shift, problem and advice in one sentence.
  public var description: String { "\(shift): \(problem); \(advice)" }
}
