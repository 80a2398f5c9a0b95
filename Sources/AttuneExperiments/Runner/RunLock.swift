internal import AttuneCore
internal import Foundation

/// Keeps a second process out of a run folder, for as long as the value lives.
final class RunLock: Sendable {
  private let lock: FileLock

  /// - Throws: `RunFolderBusy` where another process, or another runner of this one, holds the lock.
  init(_ folder: RunFolder) throws {
    var attempts = 0
    while true {
      do {
        lock = try FileLock(Self.path(folder))
        return
      } catch let busy as FileBusy {
        attempts += 1
        // Who only looks whether the folder is in use holds the lock for an instant.
        guard attempts < 5 else { throw RunFolderBusy(path: folder.path, owner: busy.owner) }
        usleep(10_000)
      }
    }
  }

  /// Whether a process is at work in a folder.
  static func isHeld(_ folder: RunFolder) -> Bool {
    let descriptor = open(path(folder), O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  /// The process that is at work in a folder, as it noted itself; nil where it did not.
  static func owner(of folder: RunFolder) -> Int? {
    FileManager.default.contents(atPath: path(folder)).flatMap { Int(String(decoding: $0, as: UTF8.self)) }
  }

  private static func path(_ folder: RunFolder) -> String { folder.path + "/.attune-lock" }
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
