internal import AttuneCore

/// A CSV file from front to back in blocks of whole records, so that its size does not matter for memory.
struct CSVBlocks: ~Copyable {
  /// A record longer than this is taken for a quote that was never closed.
  static let recordLimit = 64 << 20

  private var blocks: InputFile.Blocks
  private let path: String
  private var rest: [UInt8] = []
  /// The line, from 1, on which the block after the last one begins.
  private var nextLine = 1

  /// Bytes of the file.
  let size: Int
  /// The line, from 1, on which the last block begins.
  private(set) var firstLine = 1

  init(path: String, blockSize: Int = 4 << 20) throws {
    blocks = try InputFile.Blocks(path: path, blockSize: blockSize)
    self.path = path
    size = blocks.size
  }

  /// The next block, which ends with the end of a record; nil at the end of the file.
  mutating func next() throws -> [UInt8]? {
    while let more = try blocks.next() {
      rest += more
      if let (end, lines) = lastRecordEnd() { return take(end, lines) }
      guard rest.count < CSVBlocks.recordLimit else {
        throw DataError(
          path: path, problems: [.init(line: nextLine, expected: "a record of less than 64 MiB")],
          advice: "close the quote that opens in this record")
      }
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
    return end == 0 ? nil : (end, linesAtEnd)
  }
}
