internal import AttuneCore

/// One column of a CSV file as text, for splits by a column that is no feature.
public enum CSVColumn {
  /// The names of the columns in the header, in order.
  ///
  /// - Throws: `FileError`, `PackedFileError` if the file cannot be read or unpacked; `DataError` if it is no CSV file.
  public static func names(path: String, options: CSVOptions = CSVOptions()) throws -> [String] {
    var reader = try reader(path, options), cells: [CSVReader.Cell] = []
    _ = try reader.next(into: &cells)
    return options.hasHeader ? cells.map(reader.text) : cells.indices.map { "column\($0 + 1)" }
  }

  /// The cells of a column, one a data row; none of them empty.
  ///
  /// - Throws: `FileError`, `PackedFileError` if the file cannot be read or unpacked; `DataError` if it has no such
  ///   column, or if cells are missing or empty.
  public static func texts(path: String, column: String, options: CSVOptions = CSVOptions()) throws -> [String] {
    let names = try names(path: path, options: options)
    guard let index = names.firstIndex(of: column) else {
      throw DataError(
        path: path,
        problems: [
          .init(expected: "a column \(column.debugDescription), but none of the \(names.count) columns is called so")
        ],
        advice: Suggestion.text(for: column, among: names, listing: names, title: "Columns") ?? "")
    }
    var reader = try reader(path, options), cells: [CSVReader.Cell] = []
    if options.hasHeader { _ = try reader.next(into: &cells) }
    var texts: [String] = [], problems: [DataError.Problem] = [], count = 0, row = 0
    while try reader.next(into: &cells) {
      row += 1
      if index < cells.count, !cells[index].range.isEmpty {
        texts.append(reader.text(cells[index]))
        continue
      }
      count += 1
      guard problems.count < DataError.problemLimit else { continue }
      problems.append(
        .init(line: reader.recordLine, row: row, column: column, value: "", expected: "a value to split by"))
    }
    guard count == 0 else {
      throw DataError(
        path: path, problems: problems, count: count, advice: "fill in the column, or split by another one")
    }
    return texts
  }

  private static func reader(_ path: String, _ options: CSVOptions) throws -> CSVReader {
    guard let delimiter = options.delimiter.asciiValue else {
      throw DataError(
        path: path,
        problems: [.init(value: String(options.delimiter), expected: "a delimiter of one ASCII character")],
        advice: "use a comma, a semicolon or a tab")
    }
    return try CSVReader(bytes: InputFile.unpackedBytes(at: path), delimiter: delimiter, path: path)
  }
}
