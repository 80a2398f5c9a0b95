/// A setting with a value that its method cannot work with.
public struct ParameterError: Error, Equatable, CustomStringConvertible {
  /// Whose setting it is, by the name used in config files, for example `rotation`.
  public let owner: String
  /// The setting.
  public let parameter: String
  /// Its value.
  public let value: String
  /// What is allowed.
  public let expected: String

  /// An error of a setting of `owner`.
  public init(owner: String, parameter: String, value: some CustomStringConvertible, expected: String) {
    self.owner = owner
    self.parameter = parameter
    self.value = value.description
    self.expected = expected
  }

  /// For example `rotation: degrees is nan; give a finite number`.
  public var description: String { "\(owner): \(parameter) is \(value); give \(expected)" }

  /// Throws unless `condition` holds for a setting.
  static func check(
    _ condition: Bool, _ owner: String, _ parameter: String, _ value: some CustomStringConvertible, _ expected: String
  ) throws(ParameterError) {
    guard condition else {
      throw ParameterError(owner: owner, parameter: parameter, value: value, expected: expected)
    }
  }
}
