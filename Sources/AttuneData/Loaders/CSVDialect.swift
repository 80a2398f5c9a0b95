/// How a CSV file is written. A model file keeps it, so that `attune predict` reads files as the training file was read.
public struct CSVDialect: Codable, Sendable, Equatable {
  /// What stands between cells.
  public var separator: CSVSeparator
  /// Whether numbers have a comma before their decimals, as in `2,5`.
  public var decimalComma: Bool
  /// Whether the first record names the columns.
  public var hasHeader: Bool
  /// The names of all columns of a file without a header; nil calls them `column1`, `column2`, ….
  public var columnNames: [String]?
  /// The cells that mean a missing value, for example an empty one, `NA` or `?`; none unless they are told.
  public var missing: [String]
  /// Whether blanks and tabs around cells are cut off.
  public var trimsBlanks: Bool
  /// Functions that the numbers of some columns go through, the target's too; nil for none.
  public var transforms: [String: ColumnTransform]?

  /// A dialect; the defaults fit a comma-separated file with a header and without missing values.
  public init(
    separator: CSVSeparator = ",", decimalComma: Bool = false, hasHeader: Bool = true, columnNames: [String]? = nil,
    missing: [String] = [], trimsBlanks: Bool = false, transforms: [String: ColumnTransform]? = nil
  ) {
    self.separator = separator
    self.decimalComma = decimalComma
    self.hasHeader = hasHeader
    self.columnNames = columnNames
    self.missing = missing
    self.trimsBlanks = trimsBlanks
    self.transforms = transforms
  }
}
