internal import Glibc
import Synchronization

/// Files that are written whole or not at all.
public enum AtomicFile {
  private static let serial = Atomic<UInt64>(0)

  /// Writes `bytes` to `path`: a temporary file in the same folder, fsync, rename, fsync of the folder.
  ///
  /// After a failure or a kill `path` holds what it held before, or all of `bytes`. An existing file keeps its
  /// permissions, and a symbolic link stays a link: its target is replaced. After a failure no temporary file is left;
  /// a kill may leave one, whose name begins with `.attune-`.
  ///
  /// - Throws: `FileError`, `.cannotCreate` before anything was written, `.inputOutput` if the disk fails or is full.
  /// - Note: Two fsync calls cost some milliseconds each; not for every step of a loop.
  public static func write(_ bytes: [UInt8], to path: String) throws {
    let file = try Writer(path)
    try file.append(bytes)
    try file.commit()
  }

  /// A file in the making, for contents that come piece by piece: nothing is at its path before `commit`, and what was
  /// written is removed if that does not come.
  ///
  /// A class because an open file has an identity.
  public final class Writer {
    private let path: String
    private let target: String
    private let folder: String
    private let temporary: String
    private let descriptor: Int32
    private var isCommitted = false

    /// Begins a file.
    ///
    /// - Throws: `FileError` `.cannotCreate` where it cannot be written.
    public init(_ path: String) throws {
      let target = AtomicFile.resolved(path)
      let folder = AtomicFile.folder(of: target), permissions = try AtomicFile.permissions(at: target, asGiven: path)
      (descriptor, temporary) = try AtomicFile.createTemporary(in: folder, for: path)
      (self.path, self.target, self.folder) = (path, target, folder)
      if let permissions, fchmod(descriptor, permissions) != 0 { throw FileError.system(.inputOutput, path) }
    }

    deinit {
      close(descriptor)
      if !isCommitted { unlink(temporary) }
    }

    /// Adds bytes at the end.
    ///
    /// - Throws: `FileError` `.inputOutput` where the disk fails or is full.
    public func append(_ bytes: [UInt8]) throws {
      try AtomicFile.append(bytes, to: descriptor, path: path)
    }

    /// Writes bytes over those at the start, of which there must be as many.
    ///
    /// - Throws: `FileError` `.inputOutput` where the disk fails.
    public func replaceStart(by bytes: [UInt8]) throws {
      guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
        throw FileError.system(.inputOutput, path)
      }
    }

    /// Puts the file at its path: fsync, rename, fsync of the folder.
    ///
    /// - Throws: `FileError` where the disk fails; nothing is left then.
    public func commit() throws {
      guard fsync(descriptor) == 0 else { throw FileError.system(.inputOutput, path) }
      guard rename(temporary, target) == 0 else { throw FileError.system(.cannotCreate, path) }
      isCommitted = true
      try AtomicFile.synchronize(folder: folder, path: path)
    }
  }

  /// The path behind symbolic links where there is one, else the path itself.
  fileprivate static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  fileprivate static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The permissions of the file to replace; nil where there is none.
  fileprivate static func permissions(at target: String, asGiven path: String) throws -> mode_t? {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw FileError(kind: .cannotCreate, path: path, reason: "the path is empty or contains a NUL")
    }
    var status = stat()
    guard stat(target, &status) == 0 else { return nil }
    guard let kind = FileError.specialKind(status.st_mode) else { return status.st_mode & 0o777 }
    throw FileError(kind: .cannotCreate, path: path, reason: "it is \(kind), not a file")
  }

  fileprivate static func createTemporary(in folder: String, for path: String) throws -> (Int32, String) {
    while true {
      let number = serial.add(1, ordering: .relaxed).newValue
      let name = "\(folder)/.attune-\(getpid())-\(number).tmp"
      let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 {
        // Held until the file is closed, so that who clears up behind killed processes sees that this one is at work.
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        return (descriptor, name)
      }
      // A file left by a killed process that had this number is passed by.
      guard errno == EEXIST || errno == EINTR else {
        throw FileError.system(.cannotCreate, path, prefix: "in the folder \(folder): ")
      }
    }
  }

  fileprivate static func append(_ bytes: [UInt8], to descriptor: Int32, path: String) throws {
    try bytes.withUnsafeBytes { buffer in
      var done = 0
      while let base = buffer.baseAddress, done < buffer.count {
        let count = Glibc.write(descriptor, base + done, buffer.count - done)
        if count > 0 {
          done += count
        } else if count == 0 || errno != EINTR {
          throw FileError.system(.inputOutput, path)
        }
      }
    }
  }

  fileprivate static func synchronize(folder: String, path: String) throws {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // A folder that may be written but not read cannot be synchronized; the file itself is on the disk.
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // File systems without this operation say EINVAL.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError.system(.inputOutput, path) }
  }
}
