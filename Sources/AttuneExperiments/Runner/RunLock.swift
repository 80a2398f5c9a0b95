internal import AttuneCore

/// Keeps a second process out of a run folder, for as long as the value lives.
final class RunLock: Sendable {
  private let lock: FileLock

  /// - Throws: `RunFolderBusy` where another process, or another runner of this one, holds the lock.
  init(_ folder: RunFolder) throws {
    do {
      lock = try FileLock(folder.path + "/.attune-lock")
    } catch let busy as FileBusy {
      throw RunFolderBusy(path: folder.path, owner: busy.owner)
    }
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
