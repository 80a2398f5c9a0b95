public import AttuneCore

/// Loads tables of numbers from CSV files, strictly: no value is guessed, skipped or filled in.
public enum CSVTableLoader {
  /// The table in the file at `path`.
  ///
  /// Every feature must be a finite decimal number such as `3`, `-0.25` or `1e-3`; blanks, `nan`, `inf`, hexadecimal
  /// numbers, thousands separators and empty cells are errors. Numbers are rounded to 32-bit floats. Class labels may
  /// be any text; classes are sorted as numbers if all are, else by their text, unless the options name them.
  ///
  /// - Parameters:
  ///   - path: a CSV file in UTF-8.
  ///   - target: the column of the answers; nil loads features only.
  ///   - task: what the answers are; ignored without a target.
  ///   - options: delimiter, header, classes.
  /// - Returns: features `[n, d]` without the target's column, n ≥ 1, d ≥ 1.
  /// - Throws: `FileError` if the file cannot be read, `DataError` if its content cannot be used.
  /// - Complexity: two passes over the bytes; memory is the file and the table.
  public static func load(
    path: String, target: String?, task: PredictionTask, options: CSVOptions = CSVOptions()
  ) throws -> Table {
    try load(bytes: InputFile.bytes(at: path), path: path, target: target, task: task, options: options)
  }

  static func load(
    bytes: [UInt8], path: String, target: String?, task: PredictionTask, options: CSVOptions = CSVOptions()
  ) throws -> Table {
    guard let delimiter = options.delimiter.asciiValue, !"\"\r\n\0".utf8.contains(delimiter) else {
      throw DataError(
        path: path,
        problems: [.init(value: String(options.delimiter), expected: "a delimiter of one ASCII character")],
        advice: "use a comma, a semicolon or a tab")
    }
    var reader = try CSVReader(bytes: bytes, delimiter: delimiter, path: path)
    let names = try columnNames(&reader, hasHeader: options.hasHeader)
    let targetColumn = try target.map { try column($0, in: names, path: path) }
    let features = options.columns ?? names.indices.filter { $0 != targetColumn }.map { names[$0] }
    guard !features.isEmpty else {
      throw DataError(
        path: path, problems: [.init(expected: "a feature column beside the target")], advice: "check the delimiter")
    }
    let rows = try countRows(reader, width: names.count)
    var cells = CSVCells(
      path: path, names: names, targetColumn: targetColumn,
      featurePlaces: try featurePlaces(features, among: names, path: path), task: task, classes: options.classes)
    let matrix = try cells.read(reader, rows: rows)
    return Table(features: matrix, targets: cells.targets(), columnNames: features)
  }

  /// The names in the header, or made-up ones; leaves the reader at the first data row.
  private static func columnNames(_ reader: inout CSVReader, hasHeader: Bool) throws -> [String] {
    var cells: [CSVReader.Cell] = []
    guard hasHeader else {
      var ahead = reader
      _ = try ahead.next(into: &cells)
      return cells.indices.map { "column\($0 + 1)" }
    }
    _ = try reader.next(into: &cells)
    let names = cells.map(reader.text)
    var seen: Set<String> = []
    let advice = "give every column a name of its own in line 1"
    for (index, name) in names.enumerated() {
      guard !name.isEmpty else {
        throw reader.failure(at: 1, "a name for column \(index + 1), but its header is empty", advice)
      }
      guard seen.insert(name).inserted else {
        throw reader.failure(at: 1, "one column called \(name.debugDescription), but there are two", advice)
      }
    }
    return names
  }

  /// For each column of the file its place among the features that are wanted.
  private static func featurePlaces(_ features: [String], among names: [String], path: String) throws -> [Int?] {
    var places = [Int?](repeating: nil, count: names.count)
    for (place, name) in features.enumerated() { places[try column(name, in: names, path: path)] = place }
    return places
  }

  private static func column(_ name: String, in names: [String], path: String) throws -> Int {
    if let index = names.firstIndex(of: name) { return index }
    throw DataError(
      path: path,
      problems: [
        .init(expected: "a column \(name.debugDescription), but none of the \(names.count) columns is called so")
      ],
      advice: Suggestion.text(for: name, among: names, listing: names, title: "Columns") ?? "")
  }

  /// The number of data rows, after a pass that checks that all have `width` cells.
  private static func countRows(_ start: CSVReader, width: Int) throws -> Int {
    var reader = start, cells: [CSVReader.Cell] = []
    var rows = 0, ragged = 0
    var problems: [DataError.Problem] = []
    while try reader.next(into: &cells) {
      rows += 1
      guard cells.count != width else { continue }
      ragged += 1
      guard problems.count < DataError.problemLimit else { continue }
      let isBlank = cells.count == 1 && cells[0].range.isEmpty
      problems.append(
        .init(
          line: reader.recordLine, row: rows,
          expected: "\(width) cells" + (isBlank ? ", but the line is blank" : ", but there are \(cells.count)")))
    }
    guard ragged == 0 else {
      throw DataError(
        path: start.path, problems: problems, count: ragged,
        advice: "give every row as many cells as the first; check delimiters, quotes and blank lines")
    }
    guard rows > 0 else {
      throw DataError(
        path: start.path, problems: [.init(expected: "a data row after the header")],
        advice: "check how the file was written")
    }
    return rows
  }
}
