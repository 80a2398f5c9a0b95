/// One thing that is wrong with a configuration, and where.
public struct ConfigProblem: Sendable, Equatable, CustomStringConvertible {
  /// Where it was written.
  public var location: ConfigLocation
  /// The node's path; the root's is empty.
  public var path: ConfigPath
  /// What is wrong.
  public var message: String
  /// What to do about it.
  public var suggestion: String?

  /// A problem at a place.
  public init(location: ConfigLocation, path: ConfigPath = ConfigPath(), message: String, suggestion: String? = nil) {
    self.location = location
    self.path = path
    self.message = message
    self.suggestion = suggestion
  }

  /// `file:line:column: path: message; suggestion`, in one line.
  public var description: String {
    let prefix = path.components.isEmpty ? "\(location): " : "\(location): \(path): "
    return prefix + message + (suggestion.map { "; \($0)" } ?? "")
  }
}

/// Everything that was found wrong with a configuration.
public struct ConfigError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The problems, in the order of their lines.
  public let problems: [ConfigProblem]
  /// Number of further problems, left out.
  public let omitted: Int

  /// The first hundred of some problems.
  public init(_ problems: [ConfigProblem]) {
    self.problems = Array(problems.prefix(100))
    omitted = problems.count - self.problems.count
  }

  /// One problem.
  public init(_ location: ConfigLocation, _ path: ConfigPath = ConfigPath(), _ message: String, _ cure: String? = nil) {
    self.init([ConfigProblem(location: location, path: path, message: message, suggestion: cure)])
  }

  /// One problem per line.
  public var description: String {
    var lines = problems.map(\.description)
    if omitted > 0 { lines.append("… and \(omitted) more") }
    return lines.joined(separator: "\n")
  }
}

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

  func suggestion(given: String?) -> String? {
    known.flatMap { Suggestion.text(for: given, among: $0, listing: $0, title: "Known") }
  }
}
