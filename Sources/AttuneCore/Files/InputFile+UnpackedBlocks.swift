extension InputFile {
  /// A regular file read from front to back in blocks, unpacked if it is a gzip file: neither its size nor that of its
  /// contents matters for memory.
  public struct UnpackedBlocks: ~Copyable {
    private var blocks: Blocks
    private let limit: Int
    private var inflation: Inflation?
    /// Packed bytes that were read and not unpacked yet.
    private var packed: [UInt8] = []
    private var packedStart = 0
    /// Whether the bytes before `packedStart` end a member of a gzip file.
    private var isBetweenMembers = false
    private var isInPadding = false
    private var unpackedCount = 0

    /// Bytes of the file that were read; of a gzip file packed ones.
    public var position: Int { blocks.position }
    /// Bytes of the file when it was opened; of a gzip file packed ones.
    public var size: Int { blocks.size }

    /// Opens the file.
    ///
    /// - Parameter blockSize: bytes of a block that is not packed, above 0.
    /// - Throws: `FileError`: `.notFound`, `.unreadable`, `.inputOutput`.
    public init(path: String, blockSize: Int = 1 << 20) throws {
      let blocks = try Blocks(path: path, blockSize: blockSize)
      let isPacked = Gzip.isPacked(try blocks.file.read(at: 0, count: min(2, blocks.size)))
      // What is unpacked is not kept: only the ratio tells a file made to fill the disk.
      var unpacking = UnpackingLimit()
      unpacking.total = .max
      limit = unpacking.allowed(packed: blocks.size)
      inflation = isPacked ? Inflation(.gzip) : nil
      self.blocks = blocks
    }

    /// The next block, of any size above 0; nil at the end of the file.
    ///
    /// - Throws: `FileError` if reading fails or the file became shorter; `PackedFileError` for a gzip file that cannot
    ///   be unpacked.
    public mutating func next() throws -> [UInt8]? {
      guard inflation != nil else { return try blocks.next() }
      var output: [UInt8] = []
      while output.isEmpty {
        if packedStart == packed.count {
          guard let more = try blocks.next() else {
            guard isBetweenMembers else { throw failure(.truncated) }
            return nil
          }
          (packed, packedStart) = (more, 0)
        }
        try unpack(into: &output)
      }
      return output
    }

    /// Unpacks some of the packed bytes that are there.
    private mutating func unpack(into output: inout [UInt8]) throws {
      if isBetweenMembers {
        // Zeros after the last member are padding; anything else must be another member.
        let zeros = packed[packedStart...].prefix { $0 == 0 }.count
        packedStart += zeros
        isInPadding = isInPadding || zeros > 0
        guard packedStart < packed.count else { return }
        guard !isInPadding else { throw failure(.corrupt("incorrect header check")) }
        inflation?.restart()
        isBetweenMembers = false
      }
      do {
        guard let step = try inflation?.step(packed, from: packedStart, into: &output) else { return }
        packedStart = step.end
        isBetweenMembers = step.isEnd
      } catch {
        throw failure(error)
      }
      unpackedCount += output.count
      guard unpackedCount <= limit else { throw failure(.tooLarge) }
    }

    private func failure(_ failure: Inflation.Failure) -> PackedFileError {
      Gzip.failure(failure, path: blocks.file.path, packed: size, allowed: limit)
    }
  }
}
