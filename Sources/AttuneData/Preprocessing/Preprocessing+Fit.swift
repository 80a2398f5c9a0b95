internal import AttuneCore

extension Preprocessing {
  /// Fits preprocessing to a training part, in memory or in a file.
  ///
  /// The levels of a column of categories are those of the part's dictionary; `withOccurringLevels` reduces it to those
  /// that occur.
  ///
  /// - Parameters:
  ///   - kind: what to do to numbers.
  ///   - factor: the factor of `scale`, for example 1/16 for pixels of 0 to 16; ignored by the other kinds.
  ///   - scalingTargets: whether the targets of a regression are standardized too.
  ///   - imputation: what missing values become.
  ///   - encoding: how categories become numbers.
  ///   - used: the columns that the network sees; nil for all.
  ///   - rows: the training part, of one row or more.
  /// - Throws: `ShapeError` if the table has no rows or all inputs are left out; `MissingValueError` for a missing value that
  ///   nothing replaces; `ConfigValueError` if a setting names a column that is not there or of another kind, or nothing can
  ///   be fitted because all values of a column are missing; `FileError` where rows cannot be read.
  public static func fit(
    _ kind: Kind, factor: Double = 1, scalingTargets: Bool = true,
    imputation: ImputationSettings = ImputationSettings(),
    encoding: EncodingSettings = EncodingSettings(), using used: [String]? = nil, to rows: some TableRows
  ) throws -> Preprocessing {
    guard rows.count > 0 else {
      throw ShapeError(operation: "fit preprocessing", expected: "a table of one row or more", found: "no rows")
    }
    try check(imputation, encoding, rows.columns)
    let columns = try Self.using(used, of: try fittedColumns(rows, imputation, encoding))
    var means: [Double] = [], deviations: [Double] = []
    if kind == .standardize || kind == .center {
      let moments = try ColumnMoments(fills: columns.map(\.fill)) { add in
        try rows.forEachBlock { block, _ in add(block.features) }
      }
      means = columns.indices.map { columns[$0].isOneHot ? 0 : moments.means[$0] }
      if kind == .standardize {
        deviations = columns.indices.map { columns[$0].isOneHot ? 1 : moments.deviations[$0] }
      }
    }
    let fitted = Preprocessing(
      kind: kind, columns: columns, factor: kind == .scale ? factor : 1, means: means, deviations: deviations,
      targetScaling: scalingTargets ? try TargetScaling(fittingTargetsOf: rows) : nil)
    guard fitted.inputCount > 0 else {
      throw ShapeError(operation: "fit preprocessing", expected: "one network input or more", found: "none")
    }
    return fitted
  }

  /// Settings of single columns must name columns of their kind: a mistyped name would do nothing.
  private static func check(
    _ imputation: ImputationSettings, _ encoding: EncodingSettings, _ columns: [Column]
  ) throws {
    let names = columns.map(\.name), categories = columns.filter { $0.levels != nil }.map(\.name)
    for (name, choice) in imputation.columns.sorted(by: { $0.key < $1.key }) {
      guard names.contains(name) else {
        throw ConfigValueError("imputation: no column has this name", key: "data", given: name, known: names)
      }
      guard categories.contains(name) ? choice.fitsCategories : choice.fitsNumbers else {
        let kind = categories.contains(name) ? "categories" : "numbers"
        throw ConfigValueError(
          "imputation: '\(choice.name)' does not fit column '\(name)', which holds \(kind)", key: "data")
      }
    }
    for name in Set(encoding.columns.keys).union(encoding.levels.keys).sorted() where !categories.contains(name) {
      throw ConfigValueError(
        "encoding: no column of categories has this name", key: "data", given: name, known: categories)
    }
  }

  /// The columns, of which the network sees those that are named.
  private static func using(_ used: [String]?, of columns: [FittedColumn]) throws -> [FittedColumn] {
    guard let used else { return columns }
    let names = columns.map(\.column.name)
    if let name = used.first(where: { !names.contains($0) }) {
      throw ConfigValueError("no column has this name", key: "features", given: name, known: names)
    }
    return columns.map { used.contains($0.column.name) ? $0 : $0.unused }
  }

  private static func fittedColumns(
    _ rows: some TableRows, _ imputation: ImputationSettings, _ encoding: EncodingSettings
  ) throws -> [FittedColumn] {
    let fills = try ColumnFills(rows.columns, imputation, of: rows)
    return try rows.columns.enumerated().map { place, column in
      let isCategorical = column.levels != nil, missing = fills.firstMissing[place]
      if imputation.imputation(of: column.name, isCategorical: isCategorical) == .none, let missing {
        throw MissingValueError(row: missing + 1, column: column.name)
      }
      guard !fills.knowsNothing(of: place), column.levels?.isEmpty != true else {
        throw ConfigValueError(
          "imputation: all values of column '\(column.name)' are missing in the training part; leave the column out",
          key: "data")
      }
      guard isCategorical else {
        return FittedColumn(
          column, fill: fills.fill(of: place), hasIndicator: imputation.indicators && missing != nil)
      }
      return FittedColumn(
        column, fill: fills.fill(of: place), encoding: encoding.columns[column.name] ?? encoding.kind,
        dropsFirst: encoding.dropFirst, unknown: encoding.unknown)
    }
  }
}
