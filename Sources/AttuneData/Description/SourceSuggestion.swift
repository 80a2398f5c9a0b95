internal import AttuneCore

extension TableDescription {
  /// The lines of a config file that load this file; nil for what a config cannot name alone, and where there is an
  /// obstacle.
  ///
  /// Only what differs from the defaults is written. Constant and empty columns, texts that seldom come again, and
  /// categories of more than a hundred levels, such as dates, are ignored; a target that is not given is the last
  /// column that can be one. Whole numbers beyond 2²⁴ are taken for ids. Missing features are filled in, rows without a
  /// target are left out.
  public func sourceSuggestion(target chosen: String?) -> String? {
    guard format == "csv", suggestionObstacle(target: chosen) == nil else { return nil }
    if let hasSparseClasses {
      return "data:\n  source:\n    kind: libsvm\n    path: \(Self.word(path))\n  task: "
        + (hasSparseClasses ? "classification\n" : "regression\n")
    }
    guard let target = target(chosen) else { return nil }
    let features = columns.filter { $0.name != target.name }.map(\.asFeature)
    let useless = features.filter(isUseless).map(\.name)
    let categories = features.filter { $0.kind == .category && !isUseless($0) }
    let used = features.filter { !useless.contains($0.name) } + [target]
    let wide = columns.filter { $0.name != target.name && $0.isBeyondFloats }.map(\.name)
    let marks = Set(used.flatMap(\.missingMarks.keys) + used.flatMap(\.suspectedTexts)).sorted()
    var lines = ["kind: csv", "path: \(Self.word(path))", "target: \(Self.word(target.name))"]
    if let separator, separator != "," { lines.append("separator: \(Self.word(separator))") }
    if decimalComma == true { lines.append("decimalComma: true") }
    if hasHeader == false { lines.append("header: false") }
    // A first record of another length does not tell how many columns there are.
    if hasHeader == false, hasOddStart { lines.append("columns: \(Self.list(columns.map(\.name)))") }
    if hasBlanks == true { lines.append("trim: true") }
    if !marks.isEmpty { lines.append("missing: \(Self.list(marks))") }
    if !categories.isEmpty {
      lines.append("categorical: \(Self.list(categories.map(\.name)))\(Self.note(wide, among: categories.map(\.name)))")
    }
    if !useless.isEmpty { lines.append("ignore: \(Self.list(useless))\(Self.note(wide, among: useless))") }
    let isTargetMissing = target.missing > 0 || target.suspectedMark != nil
    if oddRowCount + blankRecords > 0 || isTargetMissing || used.contains(where: { $0.oddCount > 0 }) {
      lines.append("onError: skip")
    }
    let isClass = target.distinct.map { $0 <= 20 } ?? false
    let task = isClass || !["integer", "number"].contains(target.kind.rawValue) ? "classification" : "regression"
    let note = chosen == nil ? "  # a guess; name yours with --target" : ""
    return "data:\n  source:\n"
      + lines.map { "    \($0)\($0.hasPrefix("target: ") ? note : "")\n" }.joined() + "  task: \(task)\n"
      + Self.filling(used.dropLast(), marks: marks)
      + (categories.contains { $0.levels.contains { $0.count < 10 } }
        ? "  encoding: {unknown: ignore}  # categories that training has not seen count as none\n" : "")
  }

  /// Why no lines of a config file can be suggested; nil where they can.
  public func suggestionObstacle(target chosen: String?) -> String? {
    guard format == "csv", hasSparseClasses == nil else { return nil }
    if !repeatedNames.isEmpty {
      return "every column needs a name of its own, but several are called "
        + repeatedNames.map(\.debugDescription).joined(separator: ", ")
    }
    if hasHeader == true, hasOddStart { return "the header must stand in line 1, which is blank: remove blank lines" }
    guard rows > 0 else { return "there are no rows" }
    guard let target = target(chosen) else { return "no column can be a target as it is" }
    if unnamedColumns.contains(target.name) { return "the target has no name in the header" }
    guard columns.contains(where: { $0.name != target.name && !isUseless($0.asFeature) }) else {
      return "no column beside the target \(target.name.debugDescription) can be a feature as it is"
    }
    return nil
  }

  private func target(_ chosen: String?) -> ColumnSummary? {
    columns.first { $0.name == chosen }
      ?? columns.last { ![.constant, .empty, .text].contains($0.kind) && !unnamedColumns.contains($0.name) }
  }

  /// Whether the column is no feature as it is.
  private func isUseless(_ column: ColumnSummary) -> Bool {
    unnamedColumns.contains(column.name) || [.constant, .empty, .text].contains(column.kind)
      || column.kind == .category && column.levels.count > ColumnSummary.levelLimit
  }

  /// How missing features are filled in; a mark of one column counts in all others too.
  private static func filling(_ features: some Collection<ColumnSummary>, marks: [String]) -> String {
    let holed = features.filter { column in
      column.missing > 0 || column.suspectedMark != nil || column.levels.contains { marks.contains($0.value) }
        || column.distinct == nil && column.minimum.map { marks.contains(NumberText.short($0)) } ?? false
    }
    let ways =
      (holed.contains { $0.kind != .category } ? ["numeric: median"] : [])
      + (holed.contains { $0.kind == .category } ? ["categorical: category"] : [])
    return ways.isEmpty ? "" : "  imputation: {\(ways.joined(separator: ", "))}\n"
  }

  /// Why columns of whole numbers are no features; empty where `names` has none of them.
  private static func note(_ wide: [String], among names: [String]) -> String {
    let shown = wide.filter(names.contains).map { $0.quotedForMessage }.joined(separator: ", ")
    return shown.isEmpty ? "" : "  # \(shown): as numbers, ids beyond 2^24 lose digits (32-bit floats)"
  }

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
    return "\"\(ShownText.yaml(text))\""
  }
}

extension ColumnSummary {
  /// Levels that a column of categories may have to be suggested as a feature.
  fileprivate static let levelLimit = 100

  /// Whether these are whole numbers of which some lose their last digits as 32-bit floats, as ids do.
  fileprivate var isBeyondFloats: Bool {
    kind == .integer && [minimum, maximum].contains { $0.map { abs($0) > 16_777_216 } ?? false }
  }

  /// The column as it serves as a feature: ids are categories where there are few, else texts.
  fileprivate var asFeature: ColumnSummary {
    guard isBeyondFloats else { return self }
    var column = self
    let isRepeated = distinct.map { $0 <= Self.levelLimit && 2 * $0 <= levels.reduce(0) { $0 + $1.count } } ?? false
    column.kind = isRepeated ? .category : .text
    return column
  }
}
