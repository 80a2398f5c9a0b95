/// What is wrong with the cells of a CSV file: the first places, the number of all, and what to do about their kinds.
struct CSVProblems {
  /// Kinds of problem that call for different advice.
  enum Kind {
    case missing, comma, point, blanks, number, text, notFilled, target, key, label, level, ragged, domain
  }

  private(set) var first: [DataError.Problem] = []
  private(set) var count = 0
  /// The kinds in the order in which they came, each with the columns that it came in.
  private var kinds: [(kind: Kind, columns: [String])] = []

  mutating func note(_ problem: DataError.Problem, _ kind: Kind) {
    count += 1
    if first.count < DataError.problemLimit { first.append(problem) }
    let place = kinds.firstIndex { $0.kind == kind } ?? kinds.count
    if place == kinds.count { kinds.append((kind, [])) }
    if let column = problem.column, !kinds[place].columns.contains(column) { kinds[place].columns.append(column) }
  }

  /// The error that refuses the file.
  func error(_ path: String, _ options: CSVOptions) -> DataError {
    let advice = kinds.map { CSVProblems.advice($0.kind, $0.columns, options) }
    return DataError(path: path, problems: first, count: count, advice: advice.joined(separator: "; "))
  }

  /// What a text that is no number probably is.
  static func kind(of text: String, _ dialect: CSVDialect) -> Kind {
    if text.isEmpty || missingLike.contains(text.lowercased()) { return .missing }
    let trimmed = String(text.drop { $0 == " " || $0 == "\t" }.trimmingEnd())
    let (mark, other) = dialect.decimalComma ? (",", ".") : (".", ",") as (Unicode.Scalar, Unicode.Scalar)
    if trimmed != text, DecimalNumber.isNumber(trimmed, mark: UInt8(ascii: mark)) { return .blanks }
    if DecimalNumber.isNumber(trimmed, mark: UInt8(ascii: other)) { return dialect.decimalComma ? .point : .comma }
    return text.first.map { $0.isNumber || "+-.=".contains($0) } ?? false ? .number : .text
  }

  private static let missingLike: Set = ["na", "n/a", "nan", "null", "none", "?", "-", "--"]

  private static func advice(_ kind: Kind, _ columns: [String], _ options: CSVOptions) -> String {
    // All columns, so that the list can be copied into a config; a file of very many has its header for that.
    let names = columns.prefix(100).map(\.debugDescription).joined(separator: ", ") + (columns.count > 100 ? ", …" : "")
    let isForModel = options.isForModel
    return switch kind {
    case .missing:
      isForModel
        ? "fill the cell in, or name the cells that mean a missing value with --missing"
        : "fill the cell in, or name the cells that mean a missing value, as in 'missing: [\"\", NA]'"
    case .comma:
      "write a decimal point and no thousands separator, or set \(isForModel ? "--decimal-comma" : "'decimalComma: true'")"
    case .point:
      "write a decimal comma and no thousands separator, or take \(isForModel ? "--decimal-comma" : "'decimalComma'") away"
    case .blanks: "remove the blanks around the number\(isForModel ? "" : ", or set 'trim: true'")"
    case .number: "write a decimal number without thousands separators or units"
    case .text:
      isForModel
        ? "correct the cell: the model takes \(names) as \(columns.count == 1 ? "a number" : "numbers")"
        : "correct the cell, or declare a column of categories, as in 'categorical: [\(names)]'"
    case .notFilled:
      isForModel
        ? "fill the cell in: the model was trained without a value for missing cells of \(names)"
        : "say in data.imputation how missing values are filled in, or leave their rows out with 'onError: skip'"
    case .target: "fill the target in, or leave rows without one out with 'onError: skip'"
    case .key: "fill in the column, or split by another one"
    case .label: "correct the labels, or the list of classes"
    case .level:
      isForModel
        ? "correct the cell: the model has learned only these categories"
        : "correct the cell, list the category in data.encoding.levels, or set data.encoding.unknown to ignore"
    case .domain: "correct the cell, or take the column out of 'transforms'"
    case .ragged: "give every row as many cells as the first; check delimiters, quotes and blank lines"
    }
  }
}

extension Substring {
  fileprivate func trimmingEnd() -> Substring {
    self[..<(lastIndex { $0 != " " && $0 != "\t" }.map { index(after: $0) } ?? startIndex)]
  }
}

/// Rows of a file that were left out because they could not be used.
public struct SkippedRows: Sendable, Equatable, CustomStringConvertible {
  /// The file as the caller named it.
  public let path: String
  /// How many rows were left out.
  public let count: Int
  /// How many rows the file has.
  public let rows: Int
  /// The first problems, at most `DataError.problemLimit`.
  public let problems: [DataError.Problem]

  /// The count and the first problem of the rows.
  public var description: String {
    "\(path): \(count) of \(rows) rows left out, the first: " + problems.prefix(1).map(\.description).joined()
  }
}
