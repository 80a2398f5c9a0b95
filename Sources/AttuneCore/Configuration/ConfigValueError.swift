/// What a configuration type throws about a value; the decoder adds file, line, path and the value.
///
/// For use in `init(from:)` and in `ValidatedConfiguration.validate()`.
public struct ConfigValueError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, such as `unknown strategy` or `must be above 0`.
  public var message: String
  /// The key whose value is wrong; nil for the node as a whole.
  public var key: String?
  /// The value that came; nil for the one in the file.
  public var given: String?
  /// What would have been right; the nearest is suggested and all are listed.
  public var known: [String]?

  /// An error about a value.
  public init(_ message: String, key: String? = nil, given: String? = nil, known: [String]? = nil) {
    self.message = message
    self.key = key
    self.given = given
    self.known = known
  }

  /// The message with key, value and what is known, for use without a decoder.
  public var description: String {
    let start = (key.map { "\($0): " } ?? "") + message + (given.map { ", found \($0.quotedForMessage)" } ?? "")
    return start + (suggestion(given: given).map { "; \($0)" } ?? "")
  }

  package func suggestion(given: String?) -> String? {
    known.flatMap { Suggestion.text(for: given, among: $0, listing: $0, title: "Known") }
  }
}
