/// What a detector says after a value.
public enum DriftSignal: String, Sendable, Codable, Equatable {
  /// Nothing.
  case none
  /// The stream may be changing.
  case warning
  /// The stream has changed.
  case drift
}

/// Watches a stream of numbers, usually the errors of a learner, and says when its mean has changed.
///
/// A detector is a value, and `Codable` keeps all of its state. After `drift` it starts over with the next value.
public protocol DriftDetector: Sendable, Codable {
  /// `kind` in config files.
  static var name: String { get }
  /// What tables and help say.
  static var summary: String { get }
  /// Whether it takes errors of 0 and 1 only, as a classifier makes them.
  static var takesErrorsOnly: Bool { get }
  /// Takes the next value, which must be finite, and 0 or 1 where the detector takes errors only.
  mutating func update(_ value: Double) -> DriftSignal
}
