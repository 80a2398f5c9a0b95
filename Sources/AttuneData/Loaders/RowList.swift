internal import AttuneCore

/// Lists of rows in text files: one row number a line, from 0, as published splits come.
public enum RowList {
  /// The rows of the file at `path`, in its order; blank lines are skipped.
  ///
  /// - Throws: `FileError` if the file cannot be read; `DataError` for lines that are no whole number or repeat one, or
  ///   if there is none.
  public static func read(path: String) throws -> [Int] {
    try parse(InputFile.unpackedBytes(at: path), path: path)
  }

  static func parse(_ bytes: [UInt8], path: String) throws -> [Int] {
    var rows: [Int] = [], seen: Set<Int> = []
    var problems: [DataError.Problem] = [], count = 0
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let text = String(decoding: line, as: UTF8.self).trimmingBlanks
      guard !text.isEmpty else { continue }
      let row = text.allSatisfy { $0.isASCII && $0.isNumber } ? Int(text) : nil
      if let row, seen.insert(row).inserted {
        rows.append(row)
        continue
      }
      count += 1
      guard problems.count < DataError.problemLimit else { continue }
      let expected = row == nil ? "a row number, which is whole and at least 0" : "every row once, and this one repeats"
      problems.append(.init(line: index + 1, value: text, expected: expected))
    }
    guard count == 0 else {
      throw DataError(path: path, problems: problems, count: count, advice: "write one row number a line, from 0")
    }
    guard !rows.isEmpty else {
      throw DataError(
        path: path, problems: [.init(expected: "row numbers, but there are none")],
        advice: "write one row number a line, from 0")
    }
    return rows
  }
}

extension String {
  /// The text without blanks, tabs and carriage returns at its ends.
  fileprivate var trimmingBlanks: String {
    let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
    return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}
