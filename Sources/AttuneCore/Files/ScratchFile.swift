internal import Glibc

/// A file without a name for data that do not fit the memory: written once from front to back, then read at any place.
///
/// A class because an open file has an identity. Its name is removed as soon as it is open, so that nothing is left of it
/// however the process ends. Reading copies what is asked for and nothing else: no page of the file counts as memory of
/// the process.
public final class ScratchFile: Sendable {
  /// The folder that it was made in, for errors.
  public let folder: String
  private let descriptor: Int32

  /// An empty file in a folder.
  ///
  /// - Throws: `FileError` `.cannotCreate` where the folder cannot be written to.
  public init(in folder: String) throws {
    self.folder = folder
    guard !folder.utf8.contains(0) else {
      throw FileError(kind: .cannotCreate, path: folder, reason: "the path contains a NUL")
    }
    var name = Array("\(folder)/.attune-rows-XXXXXX".utf8CString)
    descriptor = name.withUnsafeMutableBufferPointer { $0.baseAddress.map { mkstemp($0) } ?? -1 }
    guard descriptor >= 0 else {
      throw FileError.system(.cannotCreate, folder, prefix: "a temporary file in this folder: ")
    }
    unlink(name)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  /// The folder for scratch files: `$TMPDIR` where it is set, else the one given.
  public static func folder(or given: String) -> String {
    guard let value = getenv("TMPDIR"), value.pointee != 0 else { return given }
    return String(cString: value)
  }

  /// Adds bytes at the end.
  ///
  /// - Throws: `FileError` `.inputOutput` where the disk fails or is full.
  public func append(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while let base = bytes.baseAddress, done < bytes.count {
      let count = write(descriptor, base + done, bytes.count - done)
      if count > 0 {
        done += count
      } else if count == 0 || errno != EINTR {
        throw FileError.system(.inputOutput, folder, prefix: "a temporary file for the rows: ")
      }
    }
  }

  /// Fills a buffer with the bytes from `offset` on, all of which must have been written.
  ///
  /// - Throws: `FileError` `.inputOutput` where the disk fails.
  public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
    var done = 0
    while let base = buffer.baseAddress, done < buffer.count {
      let got = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      precondition(got != 0, "bytes \(offset) + \(buffer.count) were not written")
      if got > 0 {
        done += got
      } else if errno != EINTR {
        throw FileError.system(.inputOutput, folder, prefix: "a temporary file for the rows: ")
      }
    }
  }
}
