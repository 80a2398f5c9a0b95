internal import CZlib

/// One use of zlib's inflate: feeds packed bytes, piece by piece, and collects what comes out.
struct Inflation: ~Copyable {
  /// What the packed bytes are wrapped in.
  enum Wrapper: Int32 {
    /// Nothing: the members of a ZIP archive.
    case none = -15
    /// A gzip header and trailer, whose CRC and length zlib compares.
    case gzip = 31
  }

  /// Why unpacking stopped.
  enum Failure: Error, Equatable {
    /// The packed bytes end before the stream does.
    case truncated
    /// More came out than is allowed.
    case tooLarge
    /// The bytes are no such stream; zlib's words.
    case corrupt(String)
  }

  private static let pieceSize = 1 << 18

  // zlib keeps the address of the structure: it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  // Kept from stream to stream: a file may be made of a million small members.
  private let piece = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Inflation.pieceSize)

  init(_ wrapper: Wrapper) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let status = inflateInit2_(stream, wrapper.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib does not start: status \(status)")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    piece.deallocate()
  }

  /// Unpacks the stream that starts at `start` of `bytes` and appends to `output`, which may reach `limit` bytes.
  ///
  /// - Returns: where the stream ends.
  mutating func unpack(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, into output: inout [UInt8], limit: Int
  ) throws(Failure) -> Int {
    var position = start
    while true {
      let given = min(bytes.count - position, 1 << 30)
      stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress.map { $0 + position })
      stream.pointee.avail_in = UInt32(given)
      stream.pointee.next_out = piece.baseAddress
      stream.pointee.avail_out = UInt32(piece.count)
      let status = inflate(stream, Z_NO_FLUSH)
      let taken = given - Int(stream.pointee.avail_in), made = piece.count - Int(stream.pointee.avail_out)
      position += taken
      guard made <= limit - output.count else { throw .tooLarge }
      output.append(contentsOf: UnsafeBufferPointer(rebasing: piece[..<made]))
      switch status {
      case Z_STREAM_END: return position
      case Z_OK where taken > 0 || made > 0: continue
      case Z_OK, Z_BUF_ERROR: throw .truncated
      default: throw .corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "status \(status)")
      }
    }
  }

  /// Unpacks what some bytes of a stream give, which need not be all of it, and appends it to `output`: at most a piece.
  ///
  /// - Returns: where the bytes end that were used, and whether the stream ends there.
  mutating func step(
    _ bytes: [UInt8], from start: Int, into output: inout [UInt8]
  ) throws(Failure) -> (end: Int, isEnd: Bool) {
    let (status, taken) = bytes.withUnsafeBufferPointer { bytes in
      let given = min(bytes.count - start, 1 << 30)
      stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress.map { $0 + start })
      stream.pointee.avail_in = UInt32(given)
      stream.pointee.next_out = piece.baseAddress
      stream.pointee.avail_out = UInt32(piece.count)
      let status = inflate(stream, Z_NO_FLUSH)
      return (status, given - Int(stream.pointee.avail_in))
    }
    let made = piece.count - Int(stream.pointee.avail_out)
    output.append(contentsOf: UnsafeBufferPointer(rebasing: piece[..<made]))
    switch status {
    case Z_STREAM_END: return (start + taken, true)
    case Z_OK where taken > 0 || made > 0: return (start + taken, false)
    case Z_OK, Z_BUF_ERROR: throw .truncated
    default: throw .corrupt(stream.pointee.msg.map { String(cString: $0) } ?? "status \(status)")
    }
  }

  /// Makes ready for another stream.
  mutating func restart() { inflateReset(stream) }
}

/// The CRC-32 that gzip and ZIP use.
enum CyclicRedundancyCheck {
  /// The check value of bytes, by the system's zlib.
  static func of(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
  }
}
