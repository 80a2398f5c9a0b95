internal import Glibc
internal import Synchronization

/// A file that grows at its end, piece by piece: every piece is handed to the system whole and at once.
///
/// A class because an open file has an identity. What was appended is in the file when `append` returns, so that others
/// can read along and a killed process loses nothing; only a crash of the machine can lose the last pieces.
public final class AppendedFile: Sendable {
  /// The path as the caller gave it.
  public let path: String
  private let descriptor: Mutex<Int32>

  /// A new file.
  ///
  /// - Throws: `FileError` `.cannotCreate` where there is something at the path already, or the folder cannot be
  ///   written to.
  public convenience init(creating path: String) throws {
    try self.init(path, flags: O_CREAT | O_EXCL)
  }

  /// A file that is there, cut to its first `count` bytes.
  ///
  /// - Throws: `FileError` where it cannot be opened or cut.
  public convenience init(continuing path: String, after count: Int) throws {
    try self.init(path, flags: 0)
    try descriptor.withLock { descriptor in
      guard ftruncate(descriptor, off_t(count)) == 0 else { throw FileError.system(.inputOutput, path) }
    }
  }

  private init(_ path: String, flags: Int32) throws {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileError(kind: .cannotCreate, path: path, reason: "the path is empty or contains a NUL")
    }
    let opened = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0o666)
    guard opened >= 0 else { throw FileError.system(.cannotCreate, path) }
    self.path = path
    descriptor = Mutex(opened)
  }

  deinit { descriptor.withLock { _ = close($0) } }

  /// Waits until what was appended is on the disk; some milliseconds, not for every piece.
  ///
  /// - Throws: `FileError` `.inputOutput` where the disk fails.
  public func synchronize() throws {
    try descriptor.withLock { descriptor in
      guard fsync(descriptor) == 0 else { throw FileError.system(.inputOutput, path) }
    }
  }

  /// Adds bytes at the end.
  ///
  /// - Throws: `FileError` `.inputOutput` where the disk fails or is full.
  public func append(_ bytes: [UInt8]) throws {
    try descriptor.withLock { descriptor in
      try bytes.withUnsafeBytes { buffer in
        var done = 0
        while let base = buffer.baseAddress, done < buffer.count {
          let count = write(descriptor, base + done, buffer.count - done)
          if count > 0 {
            done += count
          } else if count == 0 || errno != EINTR {
            throw FileError.system(.inputOutput, path)
          }
        }
      }
    }
  }
}
