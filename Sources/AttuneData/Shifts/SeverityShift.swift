internal import AttuneCore

/// A shift that comes in severities 1, mild, to 5, heavy.
public protocol SeverityShift: Shift {
  /// From 1 to 5.
  var severity: Int { get }
  /// Whether the severity changes anything: not where a corruption comes in one form only, or where settings that the
  /// severity would choose are given beside it.
  var hasSeverities: Bool { get }

  /// The same shift at another severity; settings that are given beside the severity stay as they are.
  ///
  /// A severity outside of 1 to 5 is an error when the shift is applied.
  func atSeverity(_ severity: Int) -> Self
}

extension SeverityShift {
  /// The entry of a table of five; severities out of range, which `apply` refuses, have that of the nearest.
  func severityEntry<Value>(_ table: [Value]) -> Value { table[min(max(severity, 1), 5) - 1] }

  func checkSeverity() throws(ParameterError) {
    try ParameterError.check((1...5).contains(severity), Self.name, "severity", severity, "an integer from 1 to 5")
  }

  func checkShare(
    _ value: Double?, _ parameter: String, _ expected: String = "a fraction in 0...1"
  ) throws(ParameterError) {
    guard let value else { return }
    try ParameterError.check((0...1).contains(value), Self.name, parameter, value, expected)
  }

  func checkAmount(_ value: Double?, _ parameter: String) throws(ParameterError) {
    guard let value else { return }
    try ParameterError.check(
      value >= 0 && value.isFinite, Self.name, parameter, value, "a finite number of 0 or more")
  }
}

extension Philox {
  /// A share of `0..<count`, rounded to whole numbers, at least one unless the share is 0.
  mutating func chosen(_ share: Double, of count: Int) -> [Int] {
    let number = share > 0 ? max(1, Int((share * Double(count)).rounded())) : 0
    return Array(permutation(count).prefix(number))
  }
}
