internal import AttuneCore

/// The columns of a CSV file: their names, which one is the target, and which are features in what order.
struct CSVLayout {
  /// The names of all columns of the file.
  let names: [String]
  /// The target's column; nil where none is read.
  let target: Int?
  /// The column to split by; nil where none is read.
  let key: Int?
  /// The columns that decide which rows are read, with the texts of those rows.
  let filters: [(column: Int, texts: Set<String>)]
  /// The function of each column of the file; nil for numbers as they are.
  let transforms: [ColumnTransform?]
  /// The features in their order.
  let features: [String]
  /// For each column of the file its place among the features; nil for the target and for columns that are not read.
  let places: [Int?]

  /// Reads the header, where there is one, and leaves the reader at the first data row.
  init(_ reader: inout CSVReader, target: String?, options: CSVOptions) throws {
    let names = try Self.names(&reader, options), path = reader.path
    self.names = names
    let positions = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    func column(_ name: String) throws -> Int {
      guard let position = positions[name] else { throw Self.missingColumn(name, in: names, path: path) }
      return position
    }
    let targetColumn = try target.map(column)
    self.target = targetColumn
    key = try options.keyColumn.map(column)
    filters = try options.rowFilter.sorted { $0.key < $1.key }.map { (try column($0.key), $0.value) }
    transforms = try Self.transforms(options, names, column)
    for name in options.ignored.sorted() { _ = try column(name) }
    features =
      options.columns
      ?? names.indices.filter { $0 != targetColumn && !options.ignored.contains(names[$0]) }.map { names[$0] }
    guard !features.isEmpty else {
      throw DataError(
        path: path, problems: [.init(expected: "a feature column beside the target")], advice: "check the delimiter")
    }
    let chosen = Set(features)
    if chosen.count < features.count, let name = Self.repeated(in: features) {
      throw DataError(
        path: path, problems: [.init(expected: "every feature once, but \(name.debugDescription) is asked for twice")],
        advice: "ask for each column once")
    }
    for name in options.categorical.sorted() where !chosen.contains(name) {
      _ = try column(name)
      throw DataError(
        path: path,
        problems: [.init(expected: "a feature \(name.debugDescription), but this column is not read as a feature")],
        advice: "take it out of the categorical columns")
    }
    // Before any cell is read: a mistyped name would else be found as a missing value that nothing replaces.
    for name in options.missingValues.columns.keys.sorted() where !features.contains(name) && !options.isForModel {
      throw ConfigValueError("imputation: no column has this name", key: "data", given: name, known: features)
    }
    var places = [Int?](repeating: nil, count: names.count)
    for (place, name) in features.enumerated() { places[try column(name)] = place }
    self.places = places
  }

  private static func transforms(
    _ options: CSVOptions, _ names: [String], _ column: (String) throws -> Int
  ) throws -> [ColumnTransform?] {
    var transforms = [ColumnTransform?](repeating: nil, count: names.count)
    for (name, transform) in (options.dialect.transforms ?? [:]).sorted(by: { $0.key < $1.key }) {
      // A file that a model reads may lack the target.
      if options.isForModel, !names.contains(name) { continue }
      transforms[try column(name)] = transform
    }
    return transforms
  }

  /// Whether a feature holds categories.
  func isCategorical(_ name: String, _ options: CSVOptions) -> Bool {
    options.categorical.contains(name) || options.levels[name] != nil
  }

  /// The problem of a row that has not as many cells as there are columns.
  static func ragged(_ cells: [CSVReader.Cell], _ width: Int, _ row: Int, _ reader: CSVReader) -> DataError.Problem {
    let isBlank = cells.count == 1 && cells[0].range.isEmpty
    return .init(
      line: reader.recordLine, row: row,
      expected: "\(width) cells" + (isBlank ? ", but the line is blank" : ", but there are \(cells.count)"))
  }

  /// The names in the header, or given or made-up ones.
  private static func names(_ reader: inout CSVReader, _ options: CSVOptions) throws -> [String] {
    var cells: [CSVReader.Cell] = []
    guard options.dialect.hasHeader else {
      var ahead = reader
      _ = try ahead.next(into: &cells)
      guard let names = options.dialect.columnNames else { return cells.indices.map(madeUpName) }
      // A first record of another length, such as a comment, is a bad row like any other.
      guard names.count == cells.count || options.badRows == .skip else {
        throw reader.failure(
          at: ahead.recordLine, "\(names.count) cells, one for each name in 'columns', but there are \(cells.count)",
          "name all columns of the file in their order, or check the separator")
      }
      return try distinct(names, reader, "give every column a name of its own in 'columns'")
    }
    _ = try reader.next(into: &cells)
    let advice = "give every column a name of its own in line 1"
    let names = try cells.enumerated().map { index, cell in
      let name = reader.text(cell), madeUp = madeUpName(index)
      guard name.isEmpty, options.columns == nil, !options.ignored.contains(madeUp) else {
        return name.isEmpty ? madeUp : name
      }
      throw reader.failure(
        at: 1, "a name for column \(index + 1), but its header is empty",
        "\(advice), or leave the column out with 'ignore: [\(madeUp)]'")
    }
    return try distinct(names, reader, advice)
  }

  private static func madeUpName(_ index: Int) -> String { "column\(index + 1)" }

  private static func distinct(_ names: [String], _ reader: CSVReader, _ advice: String) throws -> [String] {
    if let name = repeated(in: names) {
      throw reader.failure(at: 1, "one column called \(name.debugDescription), but there are two", advice)
    }
    return names
  }

  /// The first name that stands there a second time.
  private static func repeated(in names: [String]) -> String? {
    var seen: Set<String> = []
    return names.first { !seen.insert($0).inserted }
  }

  private static func missingColumn(_ name: String, in names: [String], path: String) -> DataError {
    DataError(
      path: path,
      problems: [
        .init(expected: "a column \(name.debugDescription), but none of the \(names.count) columns is called so")
      ],
      advice: Suggestion.text(for: name, among: names, listing: names, title: "Columns") ?? "")
  }
}
