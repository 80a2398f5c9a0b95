internal import Glibc

/// A file that could not be opened, read or written.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of failure it was; callers treat a missing file differently from a broken one.
  public enum Kind: Equatable, Sendable {
    /// There is nothing at the path.
    case notFound
    /// There is something, but it is no regular file or may not be read.
    case unreadable
    /// There is a regular file, but it does not fit in memory.
    case tooLarge
    /// The file cannot be made at this path.
    case cannotCreate
    /// Reading or writing failed on the way.
    case inputOutput
  }

  /// What kind of failure it was.
  public let kind: Kind
  /// The path as the caller gave it.
  public let path: String
  /// Why, in words.
  public let reason: String
  /// What to do about a missing file; nil for what holds of any.
  public let advice: String?

  /// A failure at `path`.
  public init(kind: Kind, path: String, reason: String, advice: String? = nil) {
    self.kind = kind
    self.path = path
    self.reason = reason
    self.advice = advice
  }

  /// The path, the reason, and what to do.
  public var description: String {
    switch kind {
    case .notFound:
      "cannot read '\(path)': \(reason); \(advice ?? "check the path and the current folder")"
    case .unreadable:
      "cannot read '\(path)': \(reason); give a regular file that this user may read"
    case .tooLarge:
      "cannot read '\(path)': \(reason); check how the file was made, or read a part of it"
    case .cannotCreate:
      "cannot write '\(path)': \(reason); give a file name in an existing folder that this user may write to"
    case .inputOutput:
      "input or output failed on '\(path)': \(reason); check the space and the health of the disk, then try again"
    }
  }

  /// The failure that `errno` tells of.
  static func system(_ kind: Kind, _ path: String, prefix: String = "") -> FileError {
    let code = errno
    return FileError(kind: kind, path: path, reason: prefix + String(cString: strerror(code)))
  }

  /// What a file is in words, from its mode; nil for a regular file.
  static func specialKind(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "a folder"
    case S_IFIFO: "a named pipe"
    case S_IFCHR, S_IFBLK: "a device"
    case S_IFSOCK: "a socket"
    default: "a special file"
    }
  }
}
