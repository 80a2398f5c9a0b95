internal import AttuneCore

extension Preprocessing {
  /// Fits preprocessing to a training table.
  ///
  /// The levels of a column of categories are those of the table's dictionary; `Table.withOccurringLevels` reduces it to
  /// those that occur.
  ///
  /// - Parameters:
  ///   - kind: what to do to numbers.
  ///   - factor: the factor of `scale`, for example 1/16 for pixels of 0 to 16; ignored by the other kinds.
  ///   - scalingTargets: whether the targets of a regression are standardized too.
  ///   - imputation: what missing values become.
  ///   - encoding: how categories become numbers.
  ///   - table: the training part, of one row or more.
  /// - Throws: `ShapeError` if the table has no rows or all inputs are left out; `MissingValueError` for a missing value that
  ///   nothing replaces; `ConfigValueError` if a setting names a column that is not there or of another kind, or nothing can
  ///   be fitted because all values of a column are missing.
  public static func fit(
    _ kind: Kind, factor: Double = 1, scalingTargets: Bool = true,
    imputation: ImputationSettings = ImputationSettings(),
    encoding: EncodingSettings = EncodingSettings(), to table: Table
  ) throws -> Preprocessing {
    guard table.count > 0 else {
      throw ShapeError(operation: "fit preprocessing", expected: "a table of one row or more", found: "no rows")
    }
    try check(imputation, encoding, table)
    let columns = try table.columns.enumerated().map { place, column in
      try fittedColumn(column, table.features, place, imputation, encoding)
    }
    var means: [Double] = [], deviations: [Double] = []
    if kind == .standardize {
      (means, deviations) =
        columns.allSatisfy(\.isPlain) ? columnMoments(of: table.features) : moments(of: columns, table.features)
    }
    var scaling: TargetScaling?
    if scalingTargets, case .values(let values) = table.targets { scaling = TargetScaling(fitting: values) }
    let fitted = Preprocessing(
      kind: kind, columns: columns, factor: kind == .scale ? factor : 1, means: means, deviations: deviations,
      targetScaling: scaling)
    guard fitted.inputCount > 0 else {
      throw ShapeError(operation: "fit preprocessing", expected: "one network input or more", found: "none")
    }
    return fitted
  }

  /// Settings of single columns must name columns of their kind: a mistyped name would do nothing.
  private static func check(_ imputation: ImputationSettings, _ encoding: EncodingSettings, _ table: Table) throws {
    let names = table.columnNames, categories = table.columns.filter { $0.levels != nil }.map(\.name)
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

  private static func fittedColumn(
    _ column: Column, _ features: Matrix, _ place: Int, _ imputation: ImputationSettings, _ encoding: EncodingSettings
  ) throws -> FittedColumn {
    let isCategorical = column.levels != nil
    let choice = imputation.imputation(of: column.name, isCategorical: isCategorical)
    let needsValues = isCategorical || choice != .none
    let values = needsValues ? (0..<features.rows).map { features[$0, place] } : []
    let isMissing = values.contains(where: \.isNaN)
    if choice == .none, let row = (0..<features.rows).first(where: { features[$0, place].isNaN }) {
      throw MissingValueError(row: row + 1, column: column.name)
    }
    let fill = try fill(choice, values.filter { !$0.isNaN }, column)
    guard let levels = column.levels else {
      return FittedColumn(column, fill: fill, hasIndicator: imputation.indicators && isMissing)
    }
    guard !levels.isEmpty else { throw nothingKnown(column) }
    return FittedColumn(
      column, fill: fill, encoding: encoding.columns[column.name] ?? encoding.kind, dropsFirst: encoding.dropFirst,
      unknown: encoding.unknown)
  }

  /// What replaces a missing value, from the values that are there.
  private static func fill(_ choice: Imputation, _ values: [Float], _ column: Column) throws -> Double? {
    switch choice {
    case .none: return nil
    case .constant(let settings): return settings.value
    case .category: return Double(column.levels?.count ?? 0)
    case .mean, .median, .mostFrequent: break
    }
    guard !values.isEmpty else { throw nothingKnown(column) }
    switch choice {
    case .mean: return values.reduce(0) { $0 + Double($1) } / Double(values.count)
    case .median:
      let sorted = values.sorted(), middle = sorted.count / 2
      return sorted.count % 2 == 1 ? Double(sorted[middle]) : (Double(sorted[middle - 1]) + Double(sorted[middle])) / 2
    default:
      var counts: [Float: Int] = [:]
      for value in values { counts[value, default: 0] += 1 }
      let best = counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }
      return best.map { Double($0.key) }
    }
  }

  private static func nothingKnown(_ column: Column) -> ConfigValueError {
    ConfigValueError(
      "imputation: all values of column '\(column.name)' are missing in the training part; leave the column out",
      key: "data")
  }

  /// Mean and population deviation of each column that becomes a number, after missing values were replaced.
  private static func moments(of columns: [FittedColumn], _ features: Matrix) -> ([Double], [Double]) {
    let n = Double(features.rows)
    let moments = columns.enumerated().map { place, column -> (Double, Double) in
      guard !column.isOneHot else { return (0, 1) }
      let values = (0..<features.rows).map { row in
        features[row, place].isNaN ? column.fill ?? .nan : Double(features[row, place])
      }
      // The mean of equal values may be off by a rounding; only equal values make a column constant.
      if let first = values.first, values.allSatisfy({ $0 == first }) { return (first, 1) }
      let mean = values.reduce(0, +) / n
      return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot())
    }
    return (moments.map(\.0), moments.map(\.1))
  }

  /// Mean and population deviation of each column in double precision; the deviation of a constant column is 1.
  static func columnMoments(of matrix: Matrix) -> (means: [Double], deviations: [Double]) {
    let n = Double(matrix.rows), d = matrix.columns
    var means = [Double](repeating: 0, count: d), squares = means
    matrix.withElements { x in
      for i in x.indices { means[i % d] += Double(x[i]) }
      for j in 0..<d { means[j] /= n }
      for i in x.indices {
        let difference = Double(x[i]) - means[i % d]
        squares[i % d] += difference * difference
      }
      // The mean of equal floats may be off by a rounding; only equal values make a column constant.
      for j in 0..<d where stride(from: j, to: x.count, by: d).allSatisfy({ x[$0] == x[j] }) {
        (means[j], squares[j]) = (Double(x[j]), n)
      }
    }
    return (means, squares.map { ($0 / n).squareRoot() })
  }
}
