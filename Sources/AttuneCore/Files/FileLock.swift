internal import Foundation

/// Keeps other processes, and other parts of this one, from what a lock file stands for, as long as the value lives.
///
/// The system gives the lock back when a process dies, however it dies: there are no stale locks. A file that a killed
/// process left is taken over by the next one.
public final class FileLock: Sendable {
  private let path: String
  private let isRemoved: Bool
  private let descriptor: Int32

  /// Takes the lock, or throws at once.
  ///
  /// - Parameters:
  ///   - path: the lock file; made where there is none.
  ///   - removesFile: whether the file goes with the lock.
  /// - Throws: `FileBusy` where another holds the lock; `FileError` where the file cannot be made.
  public init(_ path: String, removesFile: Bool = false) throws {
    self.path = path
    isRemoved = removesFile
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o666)
    guard descriptor >= 0 else {
      throw FileError(kind: .cannotCreate, path: path, reason: String(cString: strerror(errno)))
    }
    guard Self.takes(descriptor, of: path) else {
      let owner = FileManager.default.contents(atPath: path).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
      close(descriptor)
      throw FileBusy(path: path, owner: owner)
    }
    // Only the message of a second process needs the number: failing to note it does no harm.
    let number = "\(getpid())"
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, number, number.utf8.count, 0) }
  }

  /// Locks an open file, unless another holds its lock or the path is no longer its name.
  ///
  /// Between opening and locking, the owner may have removed or renamed the file: its lock would keep nobody.
  public static func takes(_ descriptor: Int32, of path: String) -> Bool {
    var opened = stat(), named = stat()
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0 && fstat(descriptor, &opened) == 0 && stat(path, &named) == 0
      && opened.st_ino == named.st_ino
  }

  deinit {
    if isRemoved { unlink(path) }
    // A child that is being started holds a copy of the descriptor until it executes: closing alone would not do.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}

/// Another process holds what is asked for.
public struct FileBusy: Error, Equatable, CustomStringConvertible {
  /// Path of the lock file.
  public let path: String
  /// The process that holds it; nil where it is not known.
  public let owner: Int?

  /// Who holds the lock and what to do.
  public var description: String {
    "\(path) is held by \(owner.map { "process \($0)" } ?? "another process"); wait for it or stop it"
  }
}
