public import AttuneCore

/// Loads tables from CSV files, strictly: no value is guessed, skipped or filled in unless the options say so.
public enum CSVTableLoader {
  /// The table in the file at `path`.
  ///
  /// Every cell of a feature must be a finite decimal number such as `3`, `-0.25` or `1e-3`, unless the options declare its
  /// column as one of categories or the cell as missing; blanks, `nan`, `inf`, hexadecimal numbers, thousands separators
  /// and empty cells are errors. Numbers are rounded to 32-bit floats, so that whole ones above 2²⁴ may lose their last
  /// digits: read identifiers as categories, or leave them out. Class labels may be any text; classes and categories are
  /// sorted as numbers if all are, else by their text, unless the options name them. Blank lines at the end are no rows.
  ///
  /// - Parameters:
  ///   - path: a CSV file in UTF-8, which gzip may have packed.
  ///   - target: the column of the answers; nil loads features only.
  ///   - task: what the answers are; ignored without a target.
  ///   - options: how the file is written, and what its columns hold.
  /// - Returns: features `[n, d]` without the target's column, n ≥ 1, d ≥ 1.
  /// - Throws: `FileError`, `PackedFileError` if the file cannot be read or unpacked, `DataError` if its content cannot be used,
  ///   `ConfigValueError` if the rule of missing values names a column that is no feature.
  /// - Complexity: two passes over the bytes; memory is the file and the table.
  public static func load(
    path: String, target: String?, task: PredictionTask, options: CSVOptions = CSVOptions()
  ) throws -> Table {
    try read(path: path, target: target, task: task, options: options).table
  }

  /// The table in the file at `path`, the texts of the column to split by, and the rows that were left out because the
  /// options ask for that.
  ///
  /// - Throws: what `load` throws.
  public static func read(
    path: String, target: String?, task: PredictionTask, options: CSVOptions = CSVOptions()
  ) throws -> (table: Table, keys: [String]?, skipped: SkippedRows?) {
    let bytes: [UInt8]
    do {
      bytes = try InputFile.unpackedBytes(at: path)
    } catch let error as FileError where error.kind == .tooLarge {
      throw DataError(
        path: path, problems: [.init(expected: "a file that fits in memory, but \(error.reason)")],
        advice: "train with 'streaming: true', which reads it block by block, or check how the file was made")
    }
    return try read(bytes: bytes, path: path, target: target, task: task, options: options)
  }

  static func load(
    bytes: [UInt8], path: String, target: String?, task: PredictionTask, options: CSVOptions = CSVOptions()
  ) throws -> Table {
    try read(bytes: bytes, path: path, target: target, task: task, options: options).table
  }

  static func read(
    bytes: [UInt8], path: String, target: String?, task: PredictionTask, options: CSVOptions
  ) throws -> (table: Table, keys: [String]?, skipped: SkippedRows?) {
    var reader = try CSVReader(
      bytes: bytes, dialect: options.dialect, path: path, namesOptions: options.isForModel)
    let layout = try CSVLayout(&reader, target: target, options: options)
    let rows = try countRows(reader, width: layout.names.count, options)
    var cells = CSVCells(path: path, options: options, layout: layout, task: task)
    var features = try cells.read(reader, rows: rows)
    let columns = cells.columns(&features)
    let table = Table(features: features, targets: cells.targets(), columns: columns)
    return (table, cells.keys, cells.skippedRows(of: rows))
  }

  /// The number of data rows, after a pass that checks that all have `width` cells, unless bad rows are left out.
  private static func countRows(_ start: CSVReader, width: Int, _ options: CSVOptions) throws -> Int {
    var reader = start, cells: [CSVReader.Cell] = []
    var rows = 0, problems = CSVProblems()
    // In a file of one column an empty line is a cell; where that may be a missing value, it is one.
    let keepsBlankLines = width == 1 && options.dialect.missing.contains("")
    while keepsBlankLines || !reader.isAtTrailingLines, try reader.next(into: &cells) {
      rows += 1
      guard cells.count != width, options.badRows == .fail else { continue }
      problems.note(CSVLayout.ragged(cells, width, rows, reader), .ragged)
    }
    guard problems.count == 0 else { throw problems.error(start.path, options) }
    guard rows > 0 else { throw noRows(start.path) }
    return rows
  }

  /// The error of a file that has a header only.
  static func noRows(_ path: String) -> DataError {
    DataError(
      path: path, problems: [.init(expected: "a data row after the header")], advice: "check how the file was written")
  }
}
