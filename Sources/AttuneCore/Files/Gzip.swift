/// Files packed with gzip.
///
/// - Source: RFC 1952, GZIP file format specification version 4.3.
public enum Gzip {
  private static let magic: [UInt8] = [0x1F, 0x8B]

  /// Whether bytes begin as a gzip file does; the name of a file says nothing.
  public static func isPacked(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic) }

  /// The unpacked bytes of a gzip file: of all its members, one after another, as `gunzip` gives them.
  ///
  /// The CRC and the length of each member are compared. Zeros after the last member are padding; anything else there
  /// is an error.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: its name, for errors.
  ///   - limit: how large the result may become.
  /// - Throws: `PackedFileError` if the file is no gzip file, is cut or damaged, or unpacks to more than is allowed.
  /// - Complexity: linear; memory is the file and the result.
  public static func unpack(
    _ bytes: [UInt8], path: String, limit: UnpackingLimit = UnpackingLimit()
  ) throws(PackedFileError) -> [UInt8] {
    guard isPacked(bytes) else {
      throw PackedFileError(
        path: path, problem: "it is no gzip file: it does not begin with 1f 8b", advice: "give a file that gzip wrote")
    }
    let allowed = limit.allowed(packed: bytes.count)
    var output: [UInt8] = []
    output.reserveCapacity(min(statedLength(bytes), allowed))
    do {
      try bytes.withUnsafeBufferPointer { (bytes) throws(Inflation.Failure) in
        var inflation = Inflation(.gzip), position = 0
        repeat {
          position = try inflation.unpack(bytes, from: position, into: &output, limit: allowed)
          inflation.restart()
        } while position < bytes.count && !bytes[position...].allSatisfy { $0 == 0 }
      }
    } catch {
      throw failure(error, path: path, packed: bytes.count, allowed: allowed)
    }
    return output
  }

  /// What the last four bytes say of the length; a hint only, as it counts one member and wraps at 4 GiB.
  private static func statedLength(_ bytes: [UInt8]) -> Int {
    bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  static func failure(
    _ failure: Inflation.Failure, path: String, packed: Int, allowed: Int
  ) -> PackedFileError {
    switch failure {
    case .truncated:
      PackedFileError(
        path: path, problem: "the file ends after \(packed) bytes, before its packed data do",
        advice: "copy or download it again")
    case .corrupt(let reason):
      PackedFileError(
        path: path, problem: "its packed data are damaged (\(reason))",
        advice: "copy or download it again, and check it with gunzip --test")
    case .tooLarge:
      PackedFileError(
        path: path, problem: "its \(packed) bytes unpack to more than \(allowed)",
        advice: "if that is right, unpack it with gunzip first")
    }
  }
}

extension InputFile {
  /// All bytes of the regular file at `path`, unpacked if it is a gzip file.
  ///
  /// - Throws: `FileError` as `bytes(at:)`; `PackedFileError` for a gzip file that cannot be unpacked.
  public static func unpackedBytes(at path: String) throws -> [UInt8] {
    let bytes = try bytes(at: path)
    return Gzip.isPacked(bytes) ? try Gzip.unpack(bytes, path: path) : bytes
  }
}
