extension TableDescription {
  /// The lines of a config file that load this file; nil for what a config cannot name alone.
  ///
  /// Only what differs from the defaults is written. Constant and empty columns, and texts that seldom come again, are
  /// ignored; a target that is not given is the last column that can be one.
  public func sourceSuggestion(target chosen: String?) -> String? {
    guard format == "csv", let target = columns.first(where: { $0.name == chosen }) ?? guessedTarget else { return nil }
    let features = columns.filter { $0.name != target.name }
    let useless = features.filter { [.constant, .empty, .text].contains($0.kind) }.map(\.name)
    let categories = features.filter { $0.kind == .category }.map(\.name)
    let used = columns.filter { !useless.contains($0.name) }
    let marks = Set(used.flatMap(\.missingMarks.keys) + used.compactMap(\.suspectedMark?.value)).sorted()
    var lines = ["kind: csv", "path: \(Self.word(path))", "target: \(Self.word(target.name))"]
    if let separator, separator != "," { lines.append("separator: \(Self.word(separator))") }
    if decimalComma == true { lines.append("decimalComma: true") }
    if hasHeader == false { lines.append("header: false") }
    if hasBlanks == true { lines.append("trim: true") }
    if !marks.isEmpty { lines.append("missing: \(Self.list(marks))") }
    if !categories.isEmpty { lines.append("categorical: \(Self.list(categories))") }
    if !useless.isEmpty { lines.append("ignore: \(Self.list(useless))") }
    if oddRowCount + blankRecords > 0 || used.contains(where: { $0.oddCount > 0 }) { lines.append("onError: skip") }
    let isClass = target.distinct.map { $0 <= 20 } ?? false
    let task = isClass || !["integer", "number"].contains(target.kind.rawValue) ? "classification" : "regression"
    let note = chosen == nil ? "  # a guess; name yours with --target" : ""
    return "data:\n  source:\n"
      + lines.map { "    \($0)\($0.hasPrefix("target: ") ? note : "")\n" }.joined() + "  task: \(task)\n"
  }

  private var guessedTarget: ColumnSummary? { columns.last { ![.constant, .empty, .text].contains($0.kind) } }

  private static func list(_ words: [String]) -> String { "[\(words.map(word).joined(separator: ", "))]" }

  /// A word of YAML, in quotes where it could be read as anything but a text.
  private static func word(_ text: String) -> String {
    let isPlain =
      text.first.map { $0.isLetter || "/.$_".contains($0) } ?? false
      && text.utf8.allSatisfy { byte in
        byte < 0x80 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
          || "_-./$".utf8.contains(byte)
      }
    let reserved = ["true", "false", "null", "yes", "no", "on", "off", "nan", "~", ".", ".nan", ".inf"]
    guard !isPlain || reserved.contains(text.lowercased()) else { return text }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\t", with: "\\t") + "\""
  }
}
