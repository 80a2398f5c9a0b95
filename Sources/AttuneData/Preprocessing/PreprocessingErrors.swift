/// A table lacks a column that a model was trained on.
public struct MissingColumnError: Error, Equatable, CustomStringConvertible {
  /// The missing column.
  public let name: String
  /// The column of the table whose name is most like it; nil if the table has none.
  public let nearest: String?

  /// The missing column, the nearest one, and what to do.
  public var description: String {
    let hint = nearest.map { "; the nearest name is '\($0)'" } ?? ""
    return "the table has no column '\(name)'\(hint); rename or add the column"
  }
}

/// A column holds numbers where a model expects categories, or the other way around.
public struct ColumnKindError: Error, Equatable, CustomStringConvertible {
  /// The column.
  public let name: String
  /// Whether categories are expected.
  public let expectsCategories: Bool

  /// The column, what was expected, and what to do.
  public var description: String {
    let (expected, found) = expectsCategories ? ("categories", "numbers") : ("numbers", "categories")
    return "column '\(name)' holds \(found), expected \(expected); declare its kind as in the training data"
  }
}

/// A value is missing, and nothing says what replaces it.
public struct MissingValueError: Error, Equatable, CustomStringConvertible {
  /// The row, from 1.
  public let row: Int
  /// The column.
  public let column: String

  /// The place and what to do.
  public var description: String {
    "row \(row), column '\(column)': the value is missing, and nothing says what replaces it; "
      + "set an imputation (data.imputation) before training, or leave the row out"
  }
}

/// A category that the training part does not have.
public struct UnknownCategoryError: Error, Equatable, CustomStringConvertible {
  /// The first row that has it, from 1.
  public let row: Int
  /// What the row is a row of, such as `test part`; empty for rows that were handed over.
  public let part: String
  /// The column.
  public let column: String
  /// The category; nil where only its code is known.
  public let value: String?
  /// The levels of the training part.
  public let known: [String]

  /// An error about a cell.
  public init(row: Int, part: String = "", column: String, value: String?, known: [String]) {
    self.row = row
    self.part = part
    self.column = column
    self.value = value
    self.known = known
  }

  /// The place, what was expected, and what to do.
  public var description: String {
    let listed = known.prefix(10).map(\.debugDescription).joined(separator: ", ") + (known.count > 10 ? ", …" : "")
    let place = "row \(row)\(part.isEmpty ? "" : " of the \(part)"), column \(column.debugDescription)"
    let found = value.map { "found \($0.debugDescription)" } ?? "found a category that the model does not know"
    return "\(place): \(found), expected one of the categories of the training part: \(listed); list the category in "
      + "data.encoding.levels, or set data.encoding.unknown to ignore"
  }
}
