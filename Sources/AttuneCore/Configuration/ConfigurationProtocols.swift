/// A type with a value to start from.
///
/// A configuration that is also `Codable` takes from `Self()` every key that a file leaves out:
///
/// ```swift
/// struct Configuration: Codable, Sendable, DefaultInitializable {
///   var learningRate = 0.001
///   var momentum = 0.9
/// }
/// ```
///
/// Only the keys of the mapping itself are filled in; a mapping below it that the user wrote has the defaults of its own
/// type. The decoder must be asked for the type: a custom `init(from:)` that hands its mapping on to another type writes
/// `decoder.singleValueContainer().decode(Other.self)`, not `Other(from: decoder)`, which would pass defaults and
/// validation by.
public protocol DefaultInitializable {
  /// The defaults.
  init()
}

/// A configuration that checks its values once all of them are known.
public protocol ValidatedConfiguration {
  /// Throws a `ConfigValueError` that names the key whose value is wrong.
  func validate() throws
}

/// Checks of single values, for `validate()` and `init(from:)`.
public enum ConfigCheck {
  /// Throws unless a value lies within its bounds; NaN lies in none.
  ///
  /// - Parameters:
  ///   - key: The key that the error names.
  ///   - value: The value to check.
  ///   - atLeast: The smallest value allowed.
  ///   - above: A bound that the value must exceed.
  ///   - atMost: The largest value allowed.
  ///   - below: A bound that the value must stay under.
  /// - Throws: `ConfigValueError`, for example `must be at least 0 and below 1`.
  public static func range<Value: Comparable & CustomStringConvertible>(
    _ key: String, _ value: Value, atLeast: Value? = nil, above: Value? = nil, atMost: Value? = nil,
    below: Value? = nil
  ) throws(ConfigValueError) {
    let isInside =
      (atLeast.map { value >= $0 } ?? true) && (above.map { value > $0 } ?? true)
      && (atMost.map { value <= $0 } ?? true) && (below.map { value < $0 } ?? true) && value == value
    guard !isInside else { return }
    let bounds = [("at least", atLeast), ("above", above), ("at most", atMost), ("below", below)]
      .compactMap { word, bound in bound.map { "\(word) \(short($0))" } }
    let rule = bounds.isEmpty ? "a number" : bounds.joined(separator: " and ")
    throw ConfigValueError("must be \(rule)", key: key, given: short(value))
  }

  /// Throws unless a condition holds.
  ///
  /// - Parameters:
  ///   - condition: What must hold.
  ///   - key: The key that the error names.
  ///   - message: What is wanted, such as `must not be empty`.
  /// - Throws: `ConfigValueError` with the message.
  public static func require(_ condition: Bool, _ key: String, _ message: String) throws(ConfigValueError) {
    guard condition else { throw ConfigValueError(message, key: key) }
  }

  /// `1` for `1.0`.
  private static func short(_ value: some CustomStringConvertible) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
