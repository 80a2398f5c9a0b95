/// A ZIP archive in memory: its members by name, each checked when it is asked for.
///
/// Stored and deflated members, with and without ZIP64. The central directory must lie right before its end record,
/// every local header must say what the directory says, and members must not overlap, so that two readers cannot see
/// two archives.
///
/// - Source: PKWARE, .ZIP File Format Specification, version 6.3.10.
public struct ZipArchive: Sendable {
  /// The names of the members, in the order of the directory.
  public var names: [String] { entries.map(\.name) }

  private let bytes: [UInt8]
  private let path: String
  private let limit: UnpackingLimit
  private let entries: [ZipDirectory.Entry]
  private let directoryStart: Int

  /// Whether bytes begin as a ZIP archive does, also as one without members.
  public static func isArchive(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: ZipDirectory.localMagic) || bytes.starts(with: ZipDirectory.endMagic)
  }

  /// The archive in `bytes`, of which the directory and all local headers are checked.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: its name, for errors.
  ///   - limit: how large each member may become.
  /// - Throws: `PackedFileError` if the file is no ZIP archive, is cut or damaged, or uses what is not supported.
  public init(_ bytes: [UInt8], path: String, limit: UnpackingLimit = UnpackingLimit()) throws(PackedFileError) {
    let directory = try ZipDirectory(bytes, path: path)
    (self.bytes, self.path, self.limit) = (bytes, path, limit)
    (entries, directoryStart) = (directory.entries, directory.start)
    var end = 0
    for entry in entries.sorted(by: { $0.offset < $1.offset }) {
      let data = try ZipDirectory.data(of: entry, in: bytes, before: directoryStart, path: path)
      guard entry.offset >= end else {
        throw ZipDirectory.failure(path, "member '\(entry.name)' overlaps another")
      }
      end = data.upperBound
    }
  }

  /// The unpacked bytes of a member; nil where none has the name.
  ///
  /// - Throws: `PackedFileError` if the member is damaged or unpacks to more than is allowed.
  public func contents(of name: String) throws(PackedFileError) -> [UInt8]? {
    guard let entry = entries.first(where: { $0.name == name }) else { return nil }
    let data = try ZipDirectory.data(of: entry, in: bytes, before: directoryStart, path: path)
    let allowed = limit.allowed(packed: data.count)
    guard entry.unpackedSize <= allowed else {
      throw PackedFileError(
        path: path,
        problem: "member '\(name)' unpacks from \(data.count) bytes to \(entry.unpackedSize), more than \(allowed)",
        advice: "if that is right, unpack the archive and pack it again without compression")
    }
    let contents = entry.isDeflated ? try inflated(data, entry) : Array(bytes[data])
    guard contents.count == entry.unpackedSize else {
      throw ZipDirectory.failure(
        path, "member '\(name)' has \(contents.count) bytes, and the directory says \(entry.unpackedSize)")
    }
    guard CyclicRedundancyCheck.of(contents) == entry.checksum else {
      throw ZipDirectory.failure(path, "member '\(name)' does not have the CRC of the directory")
    }
    return contents
  }

  private func inflated(_ data: Range<Int>, _ entry: ZipDirectory.Entry) throws(PackedFileError) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(entry.unpackedSize)
    do {
      let end = try bytes.withUnsafeBufferPointer { (bytes) throws(Inflation.Failure) in
        var inflation = Inflation(.none)
        return try inflation.unpack(
          UnsafeBufferPointer(rebasing: bytes[data]), from: 0, into: &output, limit: entry.unpackedSize)
      }
      guard end == data.count else {
        throw ZipDirectory.failure(path, "member '\(entry.name)' has \(data.count - end) bytes after its packed data")
      }
      return output
    } catch let error as Inflation.Failure {
      let reason =
        switch error {
        case .truncated: "ends before its packed data do"
        case .tooLarge: "unpacks to more than the \(entry.unpackedSize) bytes that the directory says"
        case .corrupt(let words): "is damaged (\(words))"
        }
      throw ZipDirectory.failure(path, "member '\(entry.name)' \(reason)")
    } catch let error as PackedFileError {
      throw error
    } catch {
      throw ZipDirectory.failure(path, "\(error)")
    }
  }
}
