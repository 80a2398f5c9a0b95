public import AttuneCore
public import AttuneData

extension DataSourceConfiguration {
  /// A CSV file.
  public struct CSV: Codable, Sendable, Equatable, ValidatedConfiguration {
    /// Path of the file, relative to the config file; a leading `$ATTUNE_DATA` is replaced by that variable.
    public var path: String
    /// Name of the target column.
    public var target: String
    /// What stands between cells: one ASCII character, `tab`, or `space` for any run of blanks.
    public var separator: CSVSeparator
    /// Whether numbers have a comma before their decimals.
    public var decimalComma: Bool
    /// Whether the first line names the columns.
    public var header: Bool
    /// The names of all columns of a file without a header; nil calls them `column1`, `column2`, ….
    public var columns: [String]?
    /// The cells that mean a missing value.
    public var missing: [String]
    /// Whether blanks around cells are cut off.
    public var trim: Bool
    /// Columns of categories; all others hold numbers.
    public var categorical: [String]
    /// Columns that are not read.
    public var ignore: [String]
    /// Functions that the numbers of some columns go through when they are read, the target's too.
    public var transforms: [String: ColumnTransform]
    /// Texts by column: only rows whose cells are among them are read.
    public var `where`: [String: [String]]
    /// What becomes of rows that cannot be used.
    public var onError: CSVOptions.BadRows
    /// Whether the rows stay on the disk, for a file that may be larger than the memory; `attune train` only.
    public var streaming: Bool
    /// The images that the rows are, where they have another size or scale than those of the training part; nil where they
    /// have not, or where the rows are no images.
    public var pixels: Pixels?

    /// Images of another size or scale than those of the training part.
    public struct Pixels: Codable, Sendable, Equatable, ValidatedConfiguration {
      /// Rows of pixels.
      public var height: Int
      /// Columns of pixels.
      public var width: Int
      /// The lowest and the highest value of a pixel.
      public var range: [Double]

      /// Throws a `ConfigValueError` for the first setting out of its range.
      public func validate() throws {
        try ConfigCheck.require((1...4096).contains(height), "height", "must be an integer from 1 to 4096")
        try ConfigCheck.require((1...4096).contains(width), "width", "must be an integer from 1 to 4096")
        try ConfigCheck.require(
          range.count == 2 && range[0] < range[1], "range", "must be two numbers, the lower one first")
      }
    }

    /// Decodes from a config file; a value that does not fit is an error with its place.
    public init(from decoder: any Decoder) throws {
      let keys = try decoder.container(keyedBy: CodingKeys.self), standard = CSVDialect()
      path = try keys.decode(String.self, forKey: .path)
      target = try keys.decode(String.self, forKey: .target)
      separator = try keys.decodeIfPresent(CSVSeparator.self, forKey: .separator) ?? standard.separator
      decimalComma = try keys.decodeIfPresent(Bool.self, forKey: .decimalComma) ?? standard.decimalComma
      header = try keys.decodeIfPresent(Bool.self, forKey: .header) ?? standard.hasHeader
      columns = try keys.decodeIfPresent([String].self, forKey: .columns)
      missing = try keys.decodeIfPresent([String].self, forKey: .missing) ?? standard.missing
      trim = try keys.decodeIfPresent(Bool.self, forKey: .trim) ?? standard.trimsBlanks
      categorical = try keys.decodeIfPresent([String].self, forKey: .categorical) ?? []
      ignore = try keys.decodeIfPresent([String].self, forKey: .ignore) ?? []
      transforms = try keys.decodeIfPresent([String: ColumnTransform].self, forKey: .transforms) ?? [:]
      `where` = try keys.decodeIfPresent([String: [String]].self, forKey: .where) ?? [:]
      onError = try keys.decodeIfPresent(CSVOptions.BadRows.self, forKey: .onError) ?? .fail
      streaming = try keys.decodeIfPresent(Bool.self, forKey: .streaming) ?? false
      pixels = try keys.decodeIfPresent(Pixels.self, forKey: .pixels)
    }

    private enum CodingKeys: String, CodingKey {
      case path, target, separator, decimalComma, header, columns, missing, trim, categorical, ignore, onError
      case transforms, `where`
      case streaming, pixels
    }

    /// Throws a `ConfigValueError` for the first setting that does not fit the others.
    public func validate() throws {
      try ConfigCheck.require(
        columns == nil || !header, "columns", "must be left out, or header be false: names stand there")
      for (key, names) in [("columns", columns ?? []), ("categorical", categorical), ("ignore", ignore)] {
        try ConfigCheck.require(Set(names).count == names.count, key, "must name each column once")
      }
      for (key, names) in [("categorical", categorical), ("ignore", ignore)] {
        try ConfigCheck.require(!names.contains(target), key, "must not name the target '\(target)'")
      }
      for (name, texts) in `where`.sorted(by: { $0.key < $1.key }) {
        try ConfigCheck.require(!texts.isEmpty, "where", "must give one text or more for column '\(name)'")
      }
      if let name = categorical.first(where: { transforms[$0] != nil }) {
        throw ConfigValueError("must not name a column of categories", key: "transforms", given: name)
      }
      if let name = categorical.first(where: ignore.contains) {
        throw ConfigValueError("must not name a column that is ignored", key: "categorical", given: name)
      }
    }

    /// How the file is written.
    public var dialect: CSVDialect {
      CSVDialect(
        separator: separator, decimalComma: decimalComma, hasHeader: header, columnNames: columns, missing: missing,
        trimsBlanks: trim, transforms: transforms.isEmpty ? nil : transforms)
    }
  }

  /// How the CSV file is written; nil where the rows come from elsewhere.
  var dialect: CSVDialect? {
    if case .csv(let csv) = self { csv.dialect } else { nil }
  }
}
