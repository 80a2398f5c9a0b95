public import ArgumentParser
internal import AttuneCore
public import AttuneData
internal import AttuneTraining

/// How a CSV file with rows for a model is written, where it is not written as the file that the model was trained on.
struct RowOptions: ParsableArguments {
  @Option(help: "What separates cells: one character, tab, or space for runs of blanks.")
  var separator: CSVSeparator?

  @Flag(inversion: .prefixedNo, help: "Numbers have a comma before their decimals.")
  var decimalComma: Bool?

  @Option(parsing: .unconditionalSingleValue, help: "A cell that means a missing value, for example NA; repeatable.")
  var missing: [String] = []

  @Flag(inversion: .prefixedNo, help: "The first line names the columns.")
  var header: Bool?

  @Flag(inversion: .prefixedNo, help: "Cut off blanks around cells.")
  var trim: Bool?

  /// Calls `body` with the raw rows of a file in blocks, so that the size of a CSV does not matter for memory.
  ///
  /// - Throws: `FileError` and `DataError` for a file without rows that the model can take; what `body` throws.
  func forEachBlock(of path: String, for model: Model, _ body: (Matrix) throws -> Void) throws {
    if path.lowercased().hasSuffix(".npy") {
      let rows = try rowsOfNumbers(path, model.preprocessing)
      for range in RowBlocks.ranges(of: rows.rows) { try body(rows.rows(range)) }
      return
    }
    // Categories that the model knows have its codes; others have codes past them, which it ignores if it may.
    var rows = try CSVRows(
      path: path, target: nil, task: model.task, options: model.preprocessing.csvOptions(dialect(of: model)))
    while let (features, _) = try rows.next() {
      for range in RowBlocks.ranges(of: features.rows) { try body(features.rows(range)) }
    }
  }

  private func dialect(of model: Model) -> CSVDialect {
    var dialect = model.dialect ?? CSVDialect()
    if let separator { dialect.separator = separator }
    if let decimalComma { dialect.decimalComma = decimalComma }
    if !missing.isEmpty { dialect.missing = missing }
    if let trim { dialect.trimsBlanks = trim }
    if let header { dialect.hasHeader = header }
    return dialect
  }

  /// Rows of a NumPy file, which has neither names nor categories.
  private func rowsOfNumbers(_ path: String, _ preprocessing: Preprocessing) throws -> Matrix {
    if let column = preprocessing.columns.first(where: { $0.column.levels != nil }) {
      throw DataError(
        path: path,
        problems: [
          .init(
            column: column.column.name,
            expected:
              "categories such as \(column.column.levels?.first?.debugDescription ?? ""), but NumPy rows hold numbers"
          )
        ], advice: "give the rows as a CSV file")
    }
    let rows = try NPY.read(path: path)
    let width = preprocessing.columns.count
    guard rows.columns == width else {
      throw DataError(
        path: path, problems: [.init(expected: "\(width) columns, but there are \(rows.columns)")],
        advice: "give rows with the columns that the model was trained on, in their order")
    }
    return rows
  }
}

extension CSVSeparator: ExpressibleByArgument {
  /// The separator that an option names; nil if it is none.
  public init?(argument: String) {
    guard let separator = try? CSVSeparator(argument) else { return nil }
    self = separator
  }
}
