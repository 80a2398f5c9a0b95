internal import AttuneCore

/// A CSV file from front to back in blocks of whole records, so that its size does not matter for memory. It may be packed
/// with gzip.
struct CSVBlocks: ~Copyable {
  /// A record longer than this is taken for a quote that was never closed.
  static let recordLimit = 64 << 20

  private var blocks: InputFile.UnpackedBlocks
  private let path: String
  /// How the file is written, where blank lines are to be kept back until something follows them.
  private let dialect: CSVDialect?
  private var rest: [UInt8] = []
  /// The line, from 1, on which the block after the last one begins.
  private var nextLine = 1

  /// Bytes of the file, packed ones if it is packed, and how many of them were read.
  let size: Int
  var position: Int { blocks.position }
  /// The line, from 1, on which the last block begins.
  private(set) var firstLine = 1

  /// - Parameter dialect: keeps blank lines at the end of a block back, so that only the last block ends in some.
  init(path: String, blockSize: Int = 4 << 20, dialect: CSVDialect? = nil) throws {
    blocks = try InputFile.UnpackedBlocks(path: path, blockSize: blockSize)
    self.path = path
    self.dialect = dialect
    size = blocks.size
  }

  /// The next block, which ends with the end of a record; nil at the end of the file.
  mutating func next() throws -> [UInt8]? {
    while let more = try blocks.next() {
      rest += more
      if let (end, lines) = lastRecordEnd() { return take(end, lines) }
      guard rest.count < CSVBlocks.recordLimit else { throw recordTooLong() }
    }
    return rest.isEmpty ? nil : take(rest.count, 0)
  }

  private mutating func take(_ end: Int, _ lines: Int) -> [UInt8] {
    firstLine = nextLine
    nextLine += lines
    let block = Array(rest[..<end])
    rest.removeFirst(end)
    return block
  }

  /// What is wrong where no record ends: mostly a quote, whose error tells its line.
  private func recordTooLong() -> any Error {
    do {
      // The last character may be cut.
      let whole = rest.lastIndex { $0 < 0x80 }.map { Array(rest[...$0]) } ?? []
      var reader = try CSVReader(
        block: whole, firstLine: nextLine, isStart: nextLine == 1, dialect: dialect ?? CSVDialect(), path: path)
      var cells: [CSVReader.Cell] = []
      while try reader.next(into: &cells) {}
    } catch {
      return error
    }
    return DataError(
      path: path, problems: [.init(line: nextLine, expected: "a record of less than 64 MiB")],
      advice: "close the quote that opens in this record")
  }

  /// The end of the last record that is whole, and the line ends up to there.
  ///
  /// A line end closes a record where the quotes before it are even in number: every quote of a CSV file opens, closes
  /// or is doubled. A carriage return at the very end may be half of a pair, and closes nothing yet.
  private func lastRecordEnd() -> (end: Int, lines: Int)? {
    var isQuoted = false, end = 0, lines = 0, linesAtEnd = 0
    rest.withUnsafeBufferPointer { bytes in
      for i in bytes.indices {
        let byte = bytes[i]
        guard byte == 0x22 || byte == 0x0A || byte == 0x0D else { continue }
        if byte == 0x22 {
          isQuoted.toggle()
          continue
        }
        if byte == 0x0D, i + 1 == bytes.count || bytes[i + 1] == 0x0A { continue }
        lines += 1
        if !isQuoted { (end, linesAtEnd) = (i + 1, lines) }
      }
    }
    guard dialect != nil else { return end == 0 ? nil : (end, linesAtEnd) }
    return withoutBlankLines(end, linesAtEnd)
  }

  /// The end of the last of some whole records that is not blank, and the line ends up to there.
  private func withoutBlankLines(_ end: Int, _ lines: Int) -> (end: Int, lines: Int)? {
    let content = contentEnd(before: end)
    guard content > 0 else { return nil }
    var ends: [Int] = []
    for i in content..<end where rest[i] == 0x0A || rest[i] == 0x0D {
      if rest[i] == 0x0D, i + 1 < end, rest[i + 1] == 0x0A { continue }
      ends.append(i + 1)
    }
    // The first line end after the content ends its record; those after it end blank lines.
    return ends.first.map { ($0, lines - ends.count + 1) }
  }

  /// Where the blank lines before `end` begin, as far as they are kept back.
  private func contentEnd(before end: Int) -> Int {
    guard let dialect else { return end }
    let trims = dialect.trimsBlanks || dialect.separator.isBlanks, separator = dialect.separator.byte
    let last = rest[..<end].lastIndex { byte in
      switch byte {
      case 0x0A, 0x0D: false
      case 0x20: !trims
      case 0x09: !trims || (separator == 0x09 && !dialect.separator.isBlanks)
      default: true
      }
    }
    return last.map { $0 + 1 } ?? 0
  }
}
