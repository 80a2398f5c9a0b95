/// Records of a CSV file, one after another, as byte ranges: nothing is copied until a cell's text is asked for.
///
/// RFC 4180, strictly: records end in CRLF, LF or a lone CR, the last may end without; a quoted cell may hold
/// delimiters, line ends and doubled quotes; a quote inside an unquoted cell, text after a closing quote, NUL and invalid UTF-8 are
/// errors. A UTF-8 byte-order mark is skipped. A dialect may trim blanks around cells, or let runs of blanks separate.
struct CSVReader {
  /// A cell: its bytes without the enclosing quotes, and whether doubled quotes are among them.
  struct Cell {
    var range: Range<Int>
    var hasDoubledQuotes = false
  }

  /// More columns than this are taken for a broken file, so that a hostile one cannot exhaust the memory.
  static let columnLimit = 1 << 20

  let bytes: [UInt8]
  let path: String
  /// The line, from 1, on which the record read last begins.
  private(set) var recordLine = 0
  private let delimiter: UInt8
  /// Whether any run of blanks and tabs separates, and those at the ends of a line count for nothing.
  private let isBlankSeparated: Bool
  private let trimsBlanks: Bool
  /// Whether advice speaks of options of a command instead of keys of a config.
  private let namesOptions: Bool
  /// Where the blank lines at the end of the file begin.
  private var contentEnd = 0
  private var position = 0
  private var line: Int
  private let firstLine: Int

  /// A reader of a whole file.
  init(bytes: [UInt8], dialect: CSVDialect, path: String, namesOptions: Bool = false) throws {
    try self.init(
      block: bytes, firstLine: 1, isStart: true, dialect: dialect, path: path, namesOptions: namesOptions)
  }

  /// A reader of whole records of a file.
  ///
  /// - Parameters:
  ///   - firstLine: the line of the file, from 1, on which the records begin.
  ///   - isStart: whether they are the first of the file.
  ///   - namesOptions: whether advice speaks of options of a command instead of keys of a config.
  init(
    block bytes: [UInt8], firstLine: Int, isStart: Bool, dialect: CSVDialect, path: String, namesOptions: Bool = false
  ) throws {
    self.bytes = bytes
    self.path = path
    self.namesOptions = namesOptions
    self.firstLine = firstLine
    line = firstLine
    delimiter = dialect.separator.byte
    isBlankSeparated = dialect.separator.isBlanks
    trimsBlanks = dialect.trimsBlanks || dialect.separator.isBlanks
    if isStart, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    guard position < bytes.count else { throw CSVReader.emptyFile(path) }
    if let offset = bytes.firstIndex(of: 0) {
      throw failure(at: lineNumber(of: offset), "text without NUL bytes", "save the file as UTF-8 text")
    }
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch let error {
      throw failure(
        at: lineNumber(of: error.byteOffsets.lowerBound), "valid UTF-8",
        "convert the file to UTF-8, for example with iconv")
    }
    contentEnd = (bytes.lastIndex { !isLineEnd($0) && !(trimsBlanks && isBlank($0)) } ?? -1) + 1
  }

  /// Reads the next record into `cells`; false at the end of the file.
  mutating func next(into cells: inout [Cell]) throws -> Bool {
    cells.removeAll(keepingCapacity: true)
    let end = bytes.count
    var i = position
    guard i < end else { return false }
    recordLine = line
    while true {
      if trimsBlanks { skipBlanks(&i) }
      cells.append(i < end && bytes[i] == CSVReader.quote ? try quotedCell(from: &i) : try plainCell(from: &i))
      guard i < end else { break }
      if isBlankSeparated {
        // The blanks after a cell are skipped already: anything but the end of the line is the next cell.
        if isLineEnd(bytes[i]) { break }
      } else {
        guard bytes[i] == delimiter else { break }
        i += 1
      }
      guard cells.count < CSVReader.columnLimit else {
        throw failure(at: line, "at most \(CSVReader.columnLimit) columns", "check the delimiter and the line ends")
      }
    }
    if i < end {
      let isPair = bytes[i] == CSVReader.carriageReturn && i + 1 < end && bytes[i + 1] == CSVReader.lineFeed
      i += isPair ? 2 : 1
      line += 1
    }
    position = i
    return true
  }

  /// Whether nothing but blank lines is left.
  var isAtTrailingLines: Bool { position >= contentEnd }

  /// The text of a cell, with doubled quotes made single.
  func text(_ cell: Cell) -> String {
    let raw = String(decoding: bytes[cell.range], as: UTF8.self)
    guard cell.hasDoubledQuotes else { return raw }
    var text = "", skips = false
    for character in raw.unicodeScalars {
      if character == "\"" {
        skips.toggle()
        if !skips { continue }
      }
      text.unicodeScalars.append(character)
    }
    return text
  }

  /// A cell without quotes that starts at `i`; leaves `i` at the delimiter or the end of the line.
  private func plainCell(from i: inout Int) throws -> Cell {
    let start = i
    while i < bytes.count, bytes[i] != delimiter, bytes[i] != CSVReader.lineFeed, bytes[i] != CSVReader.carriageReturn {
      guard bytes[i] != CSVReader.quote else {
        throw failure(
          at: line, "no quote inside an unquoted cell",
          "enclose the whole cell in quotes and double the quotes inside it")
      }
      if isBlankSeparated, isBlank(bytes[i]) { break }
      i += 1
    }
    var last = i
    if isBlankSeparated {
      skipBlanks(&i)
    } else if trimsBlanks {
      while last > start, isBlank(bytes[last - 1]) { last -= 1 }
    }
    return Cell(range: start..<last)
  }

  /// A cell that starts with the quote at `i`; leaves `i` after the closing quote, and after blanks that are trimmed.
  private mutating func quotedCell(from i: inout Int) throws -> Cell {
    let firstLine = line, end = bytes.count
    i += 1
    var cell = Cell(range: i..<i)
    while i < end {
      let byte = bytes[i]
      if byte == CSVReader.quote {
        guard i + 1 < end, bytes[i + 1] == CSVReader.quote else { break }
        cell.hasDoubledQuotes = true
        i += 1
      } else if byte == CSVReader.lineFeed
        || (byte == CSVReader.carriageReturn && !(i + 1 < end && bytes[i + 1] == CSVReader.lineFeed))
      {
        line += 1
      }
      i += 1
    }
    guard i < end else {
      throw failure(at: firstLine, "a closing quote for the cell that opens here", "close the quote")
    }
    cell.range = cell.range.lowerBound..<i
    i += 1
    let isFollowedByBlank = i < end && isBlankSeparated && isBlank(bytes[i])
    if trimsBlanks { skipBlanks(&i) }
    guard i == end || bytes[i] == delimiter || isLineEnd(bytes[i]) || isFollowedByBlank else {
      throw failure(
        at: line, "a delimiter or the end of the line after a closing quote",
        (separatorAdvice(bytes[i]) ?? "") + "double the quotes inside a quoted cell")
    }
    return cell
  }

  /// The error of a file without a byte of content.
  static func emptyFile(_ path: String) -> DataError {
    DataError(
      path: path, problems: [.init(expected: "rows, but the file is empty")], advice: "check how the file was written")
  }

  /// What to do where a cell is followed by what separates cells in other files.
  private func separatorAdvice(_ byte: UInt8) -> String? {
    guard let name = [0x2C: ",", 0x3B: ";", 0x09: "tab"][byte] else { return nil }
    let setting = namesOptions ? "--separator '\(name)'" : "'separator: \"\(name)\"'"
    return "where '\(name == "tab" ? "\\t" : name)' separates the cells, set \(setting); else "
  }

  /// An error about the structure of the file.
  func failure(at line: Int, _ expected: String, _ advice: String) -> DataError {
    DataError(path: path, problems: [.init(line: line, expected: expected)], advice: advice)
  }

  /// The line, from 1, that holds the byte at `offset`.
  private func lineNumber(of offset: Int) -> Int {
    var number = firstLine
    for i in 0..<offset {
      let isLoneReturn = bytes[i] == CSVReader.carriageReturn && bytes[i + 1] != CSVReader.lineFeed
      if bytes[i] == CSVReader.lineFeed || isLoneReturn { number += 1 }
    }
    return number
  }

  @inline(__always) private func isLineEnd(_ byte: UInt8) -> Bool {
    byte == CSVReader.lineFeed || byte == CSVReader.carriageReturn
  }

  /// Whether a byte is a blank that may be trimmed; a tab that separates is none.
  @inline(__always) private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (byte == UInt8(ascii: "\t") && delimiter != byte)
  }

  private func skipBlanks(_ i: inout Int) {
    while i < bytes.count, isBlank(bytes[i]) { i += 1 }
  }

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")
}
