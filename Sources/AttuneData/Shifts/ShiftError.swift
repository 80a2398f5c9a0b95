/// A shift that does not fit the data.
public struct ShiftError: Error, Equatable, CustomStringConvertible {
  /// The shift's name.
  public let shift: String
  /// What does not fit.
  public let problem: String
  /// What to do about it.
  public let advice: String

  /// Shift, problem and advice in one sentence.
  public var description: String { "\(shift): \(problem); \(advice)" }
}
