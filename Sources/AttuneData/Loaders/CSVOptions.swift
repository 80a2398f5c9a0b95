/// How a CSV file is written, what its columns hold, and what is done about rows that cannot be used.
public struct CSVOptions: Sendable, Equatable {
  /// What becomes of a row that cannot be used.
  public enum BadRows: String, Codable, Sendable, CaseIterable {
    /// The file is refused, with the first bad places.
    case fail
    /// The row is left out and counted.
    case skip
  }

  /// Separator, decimal mark, header, marks of missing values.
  public var dialect: CSVDialect
  /// The classes in the order of their numbers; nil takes those of the file, in order.
  public var classes: [String]?
  /// The feature columns to read, in this order; others are not looked at. Nil reads all but the target.
  public var columns: [String]?
  /// Columns of categories; the levels are those of the file, in order. A column that is not here holds numbers.
  public var categorical: Set<String>
  /// The levels of columns of categories, in the order of their codes; a column that is here need not be in `categorical`.
  public var levels: [String: [String]]
  /// Whether a category that is not among given levels is taken, with a code past theirs, instead of refused.
  public var acceptsUnknownLevels: Bool
  /// Columns that are not read.
  public var ignored: Set<String>
  /// In which columns a value may be missing.
  public var missingValues: MissingRule
  /// What becomes of a row that cannot be used.
  public var badRows: BadRows
  /// Texts by column: only rows whose cells are among them are read, and the others are as if they were not there.
  public var rowFilter: [String: Set<String>] = [:]
  /// A column whose texts are read beside the features, to split rows by; none of its cells may be empty.
  public var keyColumn: String?
  /// Whether a model told what the columns hold, so that advice speaks of the rows and not of the options.
  var isForModel = false

  /// Options; the defaults fit a comma-separated file of numbers with a header.
  public init(
    _ dialect: CSVDialect = CSVDialect(), classes: [String]? = nil, columns: [String]? = nil,
    categorical: Set<String> = [], levels: [String: [String]] = [:], acceptsUnknownLevels: Bool = false,
    ignored: Set<String> = [], missingValues: MissingRule = .allowed, badRows: BadRows = .fail
  ) {
    self.dialect = dialect
    self.classes = classes
    self.columns = columns
    self.categorical = categorical
    self.levels = levels
    self.acceptsUnknownLevels = acceptsUnknownLevels
    self.ignored = ignored
    self.missingValues = missingValues
    self.badRows = badRows
  }
}

/// In which columns a value may be missing.
public struct MissingRule: Sendable, Equatable {
  /// Whether it may in a column of numbers.
  public var numeric: Bool
  /// Whether it may in a column of categories.
  public var categorical: Bool
  /// Columns for which another rule holds.
  public var columns: [String: Bool]

  /// A rule for each kind of column, and for single ones.
  public init(numeric: Bool, categorical: Bool, columns: [String: Bool] = [:]) {
    self.numeric = numeric
    self.categorical = categorical
    self.columns = columns
  }

  /// A value may be missing anywhere.
  public static let allowed = MissingRule(numeric: true, categorical: true)

  /// Whether a value may be missing in a column.
  public func allows(_ column: String, isCategorical: Bool) -> Bool {
    columns[column] ?? (isCategorical ? categorical : numeric)
  }
}
