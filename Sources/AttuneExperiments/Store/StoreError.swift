internal import GRDB

/// The store could not be read or written. No run fails for it: the run folders hold everything.
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with it.
  public enum Problem: Equatable, Sendable {
    /// Other processes held it for longer than anybody waits.
    case locked
    /// The disk is full.
    case full
    /// The file is damaged.
    case damaged
    /// The file is another program's, or no database.
    case foreign
    /// A newer Attune made it.
    case newer(version: Int)
    /// It may be read, but not written.
    case readOnly
    /// It cannot be opened: there is none and none can be made, or it may not be read.
    case unopened
    /// Something else, in SQLite's words.
    case other(String)
  }

  /// Path of the store.
  public let path: String
  /// What is wrong.
  public let problem: Problem

  /// A problem of the store at a path.
  public init(path: String, problem: Problem) { (self.path, self.problem) = (path, problem) }

  /// What is wrong and what to do.
  public var description: String {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let rebuild = "'attune store rebuild --runs \(folder.quotedForShell)'"
    return switch problem {
    case .locked:
      "the store \(path) is locked: another process has been writing for 30 s; try again, or find it with 'fuser \(path)'"
    case .full:
      "the store \(path) cannot grow: the disk is full, or the limit of file sizes is met; free some space, then \(rebuild) enters what is missing"
    case .damaged: "the store \(path) is damaged; \(rebuild) makes it anew from the run folders"
    case .foreign:
      "\(path) is no store of Attune's; move it away, then \(rebuild) makes one from the run folders"
    case .newer(let version):
      "the store \(path) has schema version \(version), known is \(StoreSchema.version); use a newer Attune, or move the "
        + "file away, then \(rebuild) makes one from the run folders"
    case .readOnly: "the store \(path) may not be written; change its permissions and those of its folder"
    case .unopened: "the store \(path) cannot be opened; check its folder and the permissions of both"
    case .other(let words): "the store \(path) failed: \(words); \(rebuild) makes it anew from the run folders"
    }
  }
}

extension StoreError {
  /// What SQLite said.
  init(_ error: DatabaseError, path: String) {
    let problem: Problem =
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
      case .SQLITE_FULL: .full
      case .SQLITE_IOERR:
        // What a limit of file sizes gives, and a full disk where the log's index grows.
        [.SQLITE_IOERR_WRITE, .SQLITE_IOERR_SHMSIZE].contains(error.extendedResultCode) ? .full : .other(error.words)
      case .SQLITE_CORRUPT: .damaged
      case .SQLITE_NOTADB: .foreign
      case .SQLITE_READONLY: .readOnly
      case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: .unopened
      default: .other(error.words)
      }
    self.init(path: path, problem: problem)
  }
}

extension DatabaseError {
  fileprivate var words: String { message ?? "SQLite's code \(extendedResultCode.rawValue)" }
}

extension String {
  /// The text as a shell reads it back.
  fileprivate var quotedForShell: String {
    let isPlain = !isEmpty && allSatisfy { $0.isLetter || $0.isNumber || "-_./=+,:".contains($0) }
    return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
  }
}
