internal import AttuneData
internal import Foundation

/// A description as text for a terminal.
struct DescriptionText {
  let description: TableDescription
  let target: String?

  /// Columns that are shown of a wide table.
  static let columnLimit = 100
  /// Classes that are shown.
  static let classLimit = 30

  var text: String {
    var parts = [head, columns]
    let problems = problems
    if !problems.isEmpty {
      parts.append((["look at:"] + problems.map { "  \(ShownText.escaped($0))" }).joined(separator: "\n"))
    }
    if let balance { parts.append(balance) }
    if let suggestion = description.sourceSuggestion(target: target) {
      parts.append("for a config file:\n\(suggestion)")
    } else if let obstacle = description.suggestionObstacle(target: target) {
      parts.append("no lines for a config file: \(ShownText.escaped(obstacle))")
    }
    return parts.joined(separator: "\n\n").trimmingCharacters(in: .newlines)
  }

  private var head: String {
    var facts = [
      "\(counted(description.rows, "row")) × \(counted(description.columns.count, "column"))",
      ByteCount.text(description.bytes),
    ]
    if let type = description.elementType { facts.append("elements \(type)") }
    if let separator = description.separator {
      let named = ["tab", "space"].contains(separator) ? separator : "'\(separator)'"
      facts += ["separator \(named)", header]
    }
    if description.decimalComma == true { facts.append("decimal comma") }
    if description.hasBlanks == true { facts.append("blanks around cells") }
    return "\(ShownText.escaped(description.path)): " + facts.joined(separator: ", ")
  }

  private var header: String {
    guard description.hasHeader == true else { return "no header" }
    return description.isHeaderUncertain == true ? "header (no header?)" : "header"
  }

  private var columns: String {
    let shown = description.columns.prefix(Self.columnLimit)
    let rows =
      [["column", "type", "missing", "distinct", "least, mean, most, or frequent values"]]
      + shown.map { column in
        [column.name, column.kind.rawValue, share(column.missing), distinct(column), values(column)]
      }
    let table = TextTable.lines(rows, widest: [32, 8, 20, 10, 70]).joined(separator: "\n")
    let left = description.columns.count - shown.count
    return table + (left > 0 ? "\n… and \(left) more columns; --json shows all" : "")
  }

  private func distinct(_ column: ColumnSummary) -> String {
    column.distinct.map { "\($0)" } ?? "many"
  }

  private func values(_ column: ColumnSummary) -> String {
    if column.kind != .constant, let low = column.minimum, let mean = column.mean, let high = column.maximum {
      return [low, mean, high].map(NumberText.short).joined(separator: ", ")
    }
    let shown = column.levels.prefix(4).map { "\($0.value) (\($0.count))" }
    return shown.joined(separator: ", ") + (column.levels.count > 4 ? ", …" : "")
  }

  private func share(_ count: Int) -> String {
    guard count > 0 else { return "0" }
    return "\(count) (\(percent(count, of: description.rows)))"
  }

  /// What a user should look at before training.
  private var problems: [String] {
    var lines: [String] = []
    if description.hasSparseClasses != nil {
      lines.append("the lines are 'label index:value …' as in LIBSVM's format: what is above are not its features")
      return lines
    }
    for name in description.repeatedNames {
      let count = description.columns.count { $0.name == name }
      lines.append("\(count == 2 ? "two" : "\(count)") columns are called \(name.debugDescription)")
    }
    for name in description.unnamedColumns { lines.append("the header of \(name) is empty") }
    if description.separator != nil, description.columns.count == 1 {
      lines.append(
        "there is one column, and a table for training has a column of answers beside its features: if cells are "
          + "separated by something else than , ; | blank or tab, name it with --separator; a list of names is "
          + "no table")
    }
    if description.isHeaderUncertain == true {
      lines.append(
        "line 1 is taken for the names of the columns, but nothing sets it apart: if it is a row, say --no-header")
    }
    if description.hasOddStart {
      lines.append("line 1 is unlike most, which have \(counted(description.columns.count, "cell")): is it a comment?")
    }
    if description.oddRowCount > 0 {
      let shown = description.oddRows.map { "line \($0.line) has \($0.cells)" }.joined(separator: ", ")
      lines.append(
        "\(counted(description.oddRowCount, "record")) without \(description.columns.count) cells, not counted above: "
          + "\(shown)\(description.oddRowCount > description.oddRows.count ? ", …" : "")")
    }
    if description.blankRows > 0 {
      lines.append("\(counted(description.blankRows, "blank row")), not counted above")
    }
    for column in description.columns {
      let name = column.name.debugDescription
      if column.oddCount > 0 {
        let shown = column.oddCells.map { "line \($0.line) (row \($0.row)) \($0.value.debugDescription)" }
        lines.append(
          "column \(name): \(counted(column.oddCount, "cell")) that \(column.oddCount == 1 ? "is" : "are") "
            + "no number: \(shown.joined(separator: ", "))\(column.oddCount > shown.count ? ", …" : "")")
      }
      if let mark = column.suspectedMark {
        lines.append(
          "column \(name): \(mark.value) stands there \(mark.count) times, far from all others: "
            + "a mark of missing values?")
      }
      if column.kind == .constant { lines.append("column \(name) has one value in all rows") }
      if column.kind == .empty { lines.append("column \(name) has no values") }
    }
    return lines
  }

  /// The classes of the target as bars.
  private var balance: String? {
    let balanced = description.columns.first { $0.name == target } ?? soleLabels
    guard let column = balanced, !column.levels.isEmpty else {
      return target.map { "target \(ShownText.escaped($0)): more values than are counted, a target of regression" }
    }
    let shown = column.levels.prefix(Self.classLimit), most = shown.first?.count ?? 1
    let rows = shown.map { level in
      let bar = String(repeating: "█", count: max(1, level.count * 30 / most))
      return [level.value, "\(level.count)", percent(level.count, of: description.rows), bar]
    }
    let left = column.levels.count - shown.count
    return "balance of \(ShownText.escaped(column.name)), \(counted(column.levels.count, "value")):\n"
      + TextTable.lines(rows, widest: [40, 12, 8, 30]).map { "  \($0)" }.joined(separator: "\n")
      + (left > 0 ? "\n  … and \(left) more" : "")
  }

  /// The one column of a NumPy file of labels.
  private var soleLabels: ColumnSummary? {
    guard target == nil, description.columns.count == 1, let column = description.columns.first,
      column.kind == .integer
    else { return nil }
    return column
  }

  private func percent(_ count: Int, of all: Int) -> String {
    all == 0 ? "-" : String(format: "%.1f %%", 100 * Double(count) / Double(all))
  }

  private func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
