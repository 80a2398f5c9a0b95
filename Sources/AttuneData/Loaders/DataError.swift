extension String {
  /// The first `limit` scalars and an ellipsis where there are more; one character may have any number of scalars.
  func cut(to limit: Int) -> String {
    guard utf8.count > limit, unicodeScalars.count > limit else { return self }
    return String(unicodeScalars.prefix(limit)) + "…"
  }
}

/// A data file whose content cannot be used: where, what was found, what was expected, and what to do.
public struct DataError: Error, Equatable, CustomStringConvertible {
  /// One bad place of the file.
  public struct Problem: Equatable, Sendable, CustomStringConvertible {
    /// Line in the file, from 1, as an editor counts; nil for binary files.
    public var line: Int?
    /// Data row, from 1, without the header.
    public var row: Int?
    /// Name of the column.
    public var column: String?
    /// What stands there; long values are cut.
    public var value: String?
    /// What should stand there.
    public var expected: String

    /// A place and what was expected there.
    public init(
      line: Int? = nil, row: Int? = nil, column: String? = nil, value: String? = nil, expected: String
    ) {
      self.line = line
      self.row = row
      self.column = column
      self.value = value.map { $0.cut(to: 40) }
      self.expected = expected
    }

    /// For example `line 3 (row 2), column "age": found "n/a", expected a finite decimal number`.
    public var description: String {
      let rowText = row.map { line == nil ? "row \($0)" : " (row \($0))" } ?? ""
      let place = [
        (line.map { "line \($0)" } ?? "") + rowText, column.map { "column \($0.debugDescription)" } ?? "",
      ].filter { !$0.isEmpty }.joined(separator: ", ")
      let found = value.map { "found \($0.debugDescription), " } ?? ""
      return (place.isEmpty ? "" : place + ": ") + found + "expected \(expected)"
    }
  }

  /// How many problems an error describes at most; the others are counted.
  public static let problemLimit = 5

  /// The file as the caller named it.
  public let path: String
  /// The first problems, at most `problemLimit`.
  public let problems: [Problem]
  /// The number of all problems found.
  public let count: Int
  /// What to do.
  public let advice: String

  /// An error of the file at `path`; problems past the limit are only counted.
  public init(path: String, problems: [Problem], count: Int? = nil, advice: String) {
    self.path = path
    self.problems = Array(problems.prefix(DataError.problemLimit))
    self.count = count ?? problems.count
    self.advice = advice
  }

  /// File, places and advice: one line for one problem, a line each for more.
  public var description: String {
    guard count > 1 else { return "\(path): \(problems.map(\.description).joined()); \(advice)" }
    var lines = ["\(path): \(count) problems"] + problems.map { "  \($0)" }
    if count > problems.count { lines.append("  and \(count - problems.count) more") }
    return lines.joined(separator: "\n") + "\n\(advice)"
  }
}
