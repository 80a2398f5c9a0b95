internal import AttuneCore

extension Preprocessing {
  /// The table with the columns of the training part, in their order, and categories in the codes of its levels; columns
  /// beyond those are left out.
  ///
  /// - Throws: `MissingColumnError` if a column is missing, `ColumnKindError` if one holds something else,
  ///   `UnknownCategoryError` for the first category that is not known and not ignored.
  public func aligned(_ table: Table) throws -> Table {
    var result = table
    if table.columnNames != columnNames {
      let positions = Dictionary(
        zip(table.columnNames, table.columnNames.indices), uniquingKeysWith: { first, _ in first })
      let order = try columnNames.map { name in
        guard let position = positions[name] else {
          throw MissingColumnError(name: name, nearest: Suggestion.nearest(to: name, among: table.columnNames))
        }
        return position
      }
      result = Table(
        features: table.features.columns(at: order), targets: table.targets, columns: order.map { table.columns[$0] })
    }
    for (column, fitted) in zip(result.columns, columns)
    where (column.levels == nil) != (fitted.column.levels == nil) {
      throw ColumnKindError(name: column.name, expectsCategories: column.levels == nil)
    }
    guard isTyped else { return result }
    result = result.withLevels(of: columns.map(\.column))
    try checkCategories(result, part: "")
    return result
  }

  /// Throws for the first category that is not known and not ignored.
  ///
  /// - Parameters:
  ///   - rows: rows whose columns have the known levels first.
  ///   - part: what the rows are called in the error, such as `test part`.
  /// - Throws: `UnknownCategoryError`; `FileError` where rows cannot be read.
  public func checkCategories(_ rows: some TableRows, part: String) throws {
    let places = columns.indices.filter { place in
      guard columns[place].unknown == .error, let known = columns[place].column.levels else { return false }
      return (rows.columns[place].levels ?? []).count > known.count
    }
    guard !places.isEmpty else { return }
    var found: [Int: (row: Int, code: Int)] = [:]
    try rows.forEachBlock { block, range in
      for place in places where found[place] == nil {
        let known = Float(columns[place].column.levels?.count ?? 0)
        guard let row = (0..<block.count).first(where: { block.features[$0, place] >= known }) else { continue }
        found[place] = (range.lowerBound + row, Int(block.features[row, place]))
      }
    }
    guard let place = found.keys.min(), let first = found[place] else { return }
    throw UnknownCategoryError(
      row: first.row + 1, part: part, column: columns[place].column.name,
      value: rows.columns[place].levels?[first.code], known: columns[place].column.levels ?? [])
  }

  /// How to read a CSV file with rows for this model: its columns and no others, in its order and with its levels.
  public func csvOptions(_ dialect: CSVDialect) -> CSVOptions {
    let categories = columns.filter { $0.column.levels != nil }
    var options = CSVOptions(
      dialect, columns: columnNames,
      levels: Dictionary(
        categories.map { ($0.column.name, $0.column.levels ?? []) }, uniquingKeysWith: { first, _ in first }),
      acceptsUnknownLevels: categories.contains { $0.unknown == .ignore },
      missingValues: MissingRule(
        numeric: false, categorical: false,
        columns: Dictionary(columns.map { ($0.column.name, $0.fill != nil) }, uniquingKeysWith: { $0 && $1 })))
    options.isForModel = true
    return options
  }
}
