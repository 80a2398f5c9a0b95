internal import AttuneCore

/// The lines of a LIBSVM file: a label, then `index:value` pairs with indices from 1 that ascend.
struct SparseLines {
  /// One line: its label as written, its number in the file, and where its pairs end among all.
  struct Row {
    var label: Range<Int>
    var line: Int
    var end: Int
  }

  /// What a file may have as index at most where the number of features is not given.
  static let widthLimit = 1 << 20

  let bytes: [UInt8]
  let path: String
  private(set) var rows: [Row] = []
  /// Of all pairs, one after another: the column, from 0, and the value.
  private(set) var pairs: [(column: Int32, value: Float)] = []
  /// The highest index that occurs.
  private(set) var width = 0

  private let widest: Int
  private let isWidthGiven: Bool
  private var problems: [DataError.Problem] = []
  private var problemCount = 0

  /// Reads all lines.
  ///
  /// - Parameter features: the number of features; nil takes the highest index.
  /// - Throws: `DataError` for the lines that are not as described.
  init(_ bytes: [UInt8], path: String, features: Int?) throws {
    (self.bytes, self.path) = (bytes, path)
    (widest, isWidthGiven) = (features ?? SparseLines.widthLimit, features != nil)
    var start = 0, line = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      line += 1
      read(start..<end, line: line)
      start = end + 1
    }
    guard problemCount == 0 else {
      throw DataError(
        path: path, problems: problems, count: problemCount,
        advice: "write each line as: label index:value index:value …, with indices from 1 that ascend")
    }
    guard !rows.isEmpty else {
      throw DataError(
        path: path, problems: [.init(expected: "lines of 'label index:value …', but there are none")],
        advice: "check how the file was written")
    }
  }

  /// The text of a label.
  func label(of row: Int) -> String { text(rows[row].label) }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// Reads one line; of a bad one the first problem is noted.
  private mutating func read(_ range: Range<Int>, line: Int) {
    var position = range.lowerBound
    guard let label = token(&position, range.upperBound) else { return }
    let first = pairs.count
    var last = 0
    while let token = token(&position, range.upperBound) {
      guard let colon = bytes[token].firstIndex(of: UInt8(ascii: ":")) else {
        return note(token, line, "an index:value pair", dropping: first)
      }
      if text(token.lowerBound..<colon) == "qid" {
        return note(
          token, line, "index:value pairs only: ranking data with query numbers are not supported", dropping: first)
      }
      guard let index = index(token.lowerBound..<colon) else {
        return note(token, line, "an index that is a whole number of at least 1", dropping: first)
      }
      guard index <= widest else {
        let limit =
          isWidthGiven ? "the \(widest) features given" : "\(widest) where the number of features is not given"
        return note(token, line, "an index of at most \(limit)", dropping: first)
      }
      guard index > last else {
        return note(token, line, "an index above \(last), the one before", dropping: first)
      }
      guard let value = DecimalNumber.float(bytes, (colon + 1)..<token.upperBound) else {
        return note(token, line, "a finite decimal number after the colon", dropping: first)
      }
      pairs.append((Int32(index - 1), value))
      last = index
    }
    width = max(width, last)
    rows.append(Row(label: label, line: line, end: pairs.count))
  }

  /// The next run of bytes that are no blanks; nil at the end of the line or at a comment.
  private func token(_ position: inout Int, _ end: Int) -> Range<Int>? {
    while position < end, SparseLines.isBlank(bytes[position]) { position += 1 }
    let start = position
    while position < end, !SparseLines.isBlank(bytes[position]), bytes[position] != UInt8(ascii: "#") { position += 1 }
    return start < position ? start..<position : nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

  private func index(_ range: Range<Int>) -> Int? {
    guard !range.isEmpty, range.count <= 10 else { return nil }
    var value = 0
    for byte in bytes[range] {
      guard case let digit = Int(byte) - 48, (0...9).contains(digit) else { return nil }
      value = value * 10 + digit
    }
    return value >= 1 ? value : nil
  }

  private mutating func note(_ token: Range<Int>, _ line: Int, _ expected: String, dropping first: Int) {
    pairs.removeSubrange(first...)
    problemCount += 1
    guard problems.count < DataError.problemLimit else { return }
    problems.append(.init(line: line, value: text(token), expected: expected))
  }
}
