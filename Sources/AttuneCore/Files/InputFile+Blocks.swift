extension InputFile {
  /// A regular file read from front to back in blocks, so that its size does not matter for memory.
  public struct Blocks: ~Copyable {
    let file: RegularFile
    private let blockSize: Int
    /// Bytes that were read.
    public private(set) var position = 0

    /// Opens the file.
    ///
    /// - Parameter blockSize: bytes of a block, above 0.
    /// - Throws: `FileError`: `.notFound`, `.unreadable`.
    public init(path: String, blockSize: Int = 1 << 20) throws {
      precondition(blockSize > 0, "a block of \(blockSize) bytes")
      file = try RegularFile(path)
      self.blockSize = blockSize
    }

    /// Bytes of the file when it was opened.
    public var size: Int { file.size }

    /// The next block; nil at the end of the file. Every block but the last is of full size.
    ///
    /// - Throws: `FileError` if reading fails or the file became shorter.
    public mutating func next() throws -> [UInt8]? {
      guard position < file.size else { return nil }
      let count = min(blockSize, file.size - position)
      defer { position += count }
      return try file.read(at: position, count: count)
    }
  }
}
