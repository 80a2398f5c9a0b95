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
