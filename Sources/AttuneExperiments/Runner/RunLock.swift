internal import AttuneCore
internal import Foundation

/// Keeps a second process out of a run folder, for as long as the value lives.
///
/// The system gives the lock back when a process dies, however it dies: there are no stale locks.
final class RunLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `RunFolderBusy` where another process, or another runner of this one, holds the lock.
  init(_ folder: RunFolder) throws {
    let path = folder.path + "/.attune-lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw FileError(kind: .cannotCreate, path: path, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let owner = FileManager.default.contents(atPath: path).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
      close(descriptor)
      throw RunFolderBusy(path: folder.path, owner: owner)
    }
    // Only the message of a second process needs the number: failing to note it does no harm.
    let number = "\(getpid())"
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, number, number.utf8.count, 0) }
  }

  deinit {
    // A child that is being started holds a copy of the descriptor until it executes: closing alone would not do.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }
}

/// Another process is running in the run folder.
public struct RunFolderBusy: Error, Equatable, CustomStringConvertible {
  /// Path of the folder.
  public let path: String
  /// Process that holds the folder; nil where it is not known.
  public let owner: Int?

  /// Who holds the folder and what to do.
  public var description: String {
    let name = owner.map { "process \($0)" } ?? "another process"
    return "\(path) is in use by \(name); wait for it or stop it, or choose another --output folder"
  }
}
