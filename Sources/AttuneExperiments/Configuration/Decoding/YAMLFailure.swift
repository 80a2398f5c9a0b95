internal import AttuneCore
internal import Yams

/// An error of Yams in our words: place, what libYAML says, and what to do where that is known.
struct YAMLFailure {
  let error: ConfigError

  init(_ failure: YamlError, text: String, source: ConfigSource) {
    func make(_ line: Int, _ column: Int, _ message: String, _ cure: String? = nil) -> ConfigError {
      ConfigError(source.location(line: line, column: column), ConfigPath(), message, cure)
    }
    func syntax(_ problem: String, _ context: YamlError.Context?, _ mark: Mark) -> ConfigError {
      if problem.contains("Maximum nesting level") {
        return ConfigGuards.tooDeep(source.location(line: mark.line, column: mark.column))
      }
      var message = "not valid YAML: \(problem)"
      if let context {
        message += " \(context.text)"
        if source.hasLines { message += " that starts at \(context.mark.line):\(context.mark.column)" }
      }
      let isTab = problem.contains("cannot start any token") && Self.character(at: mark, of: text) == "\t"
      return make(mark.line, mark.column, message, isTab ? "indent with spaces, not tabs" : nil)
    }
    switch failure {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
      error = syntax(problem, context, mark)
    case .composer(_, let problem, let mark, _):
      error =
        problem.contains("another document")
        ? make(mark.line, mark.column, "a second document starts here", "a configuration is one document")
        : make(mark.line, mark.column, "not valid YAML: \(problem)")
    case .reader(let problem, let offset, let value, _):
      let start = text.index(text.startIndex, offsetBy: offset ?? 0, limitedBy: text.endIndex) ?? text.endIndex
      let (line, column) = ConfigGuards.place(text.utf8.distance(from: text.startIndex, to: start), in: text)
      let code = value < 0 ? "" : " (U+\(String(value, radix: 16, uppercase: true)))"
      error = make(line, column, "not valid YAML: \(problem)\(code)")
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map(\.quotedForMessage).joined(separator: ", ")
      error = make(
        context.mark.line, context.mark.column, "\(names) \(keys.count == 1 ? "is" : "are") given twice in one mapping")
    default:
      error = make(1, 1, "not valid YAML: \(failure)")
    }
  }

  private static func character(at mark: Mark, of text: String) -> Unicode.Scalar? {
    let lines = text.unicodeScalars.split(separator: "\n", maxSplits: mark.line, omittingEmptySubsequences: false)
    guard mark.line >= 1, mark.line <= lines.count else { return nil }
    return lines[mark.line - 1].dropFirst(mark.column - 1).first
  }
}
