/// A file that could not be downloaded, or that is not what it should be.
struct DownloadError: Error, Equatable, CustomStringConvertible {
  enum Kind: Equatable {
    /// The server was not reached.
    case unreachable(host: String)
    /// The server answered that it does not give the file.
    case refused(status: Int)
    /// The transfer broke off too often.
    case interrupted
    /// The server offers a file of another length.
    case otherLength
    /// The bytes are not those that were published.
    case otherHash
    /// Another process downloads this file.
    case busy
    /// Several sets were not fetched; each was told of before.
    case several(exitCode: Int32)
  }

  let kind: Kind
  let description: String

  /// The exit code that stands for it.
  var exitCode: Int32 {
    switch kind {
    case .unreachable, .refused, .interrupted: Failure.unavailable
    case .otherLength, .otherHash: Failure.badData
    case .busy: Failure.temporary
    case .several(let code): code
    }
  }

  static func unreachable(_ host: String, reason: String) -> DownloadError {
    DownloadError(
      kind: .unreachable(host: host),
      description: "no network: cannot reach \(host) (\(reason)); check the connection and the proxy settings, or name "
        + "another copy with --mirror ADDRESS")
  }

  static func refused(_ address: String, status: Int) -> DownloadError {
    DownloadError(
      kind: .refused(status: status),
      description: "\(address) answers with status \(status)\(meaning(of: status)); the file may have moved: name "
        + "another copy with --mirror ADDRESS")
  }

  static func interrupted(_ address: String, reason: String, part: String, bytes: Int, attempts: Int) -> DownloadError {
    let attempts = attempts == 1 ? "1 attempt" : "\(attempts) attempts without progress"
    let kept = bytes == 0 ? "" : "; \(ByteCount.text(bytes)) are kept in '\(part)'"
    return DownloadError(
      kind: .interrupted,
      description: "the download of \(address) failed after \(attempts) (\(reason))\(kept); the same command goes on "
        + "where it stopped")
  }

  static func otherLength(_ address: String, offered: Int, type: String, expected: Int) -> DownloadError {
    DownloadError(
      kind: .otherLength,
      description: "\(address) offers \(offered) bytes (\(type)), expected \(expected); it is not the published file: "
        + "check for a login page in the way, or name another copy with --mirror ADDRESS")
  }

  static func tooLong(_ address: String, type: String, expected: Int) -> DownloadError {
    DownloadError(
      kind: .otherLength,
      description: "\(address) sends more than the expected \(expected) bytes (\(type)); it is not the published file: "
        + "check for a login page in the way, or name another copy with --mirror ADDRESS")
  }

  static func otherHash(
    _ path: String, from address: String, kind: String, found: String, expected: String, kept: String
  ) -> DownloadError {
    DownloadError(
      kind: .otherHash,
      description: "'\(path)' from \(address): \(kind) is \(found), expected \(expected); the bytes are kept in "
        + "'\(kept)' and not used: look at them, then run the same command "
        + "again, or name another copy with --mirror ADDRESS")
  }

  static func otherHashOnDisk(_ path: String, kind: String, found: String, expected: String) -> DownloadError {
    DownloadError(
      kind: .otherHash,
      description: "'\(path)' is there, but its \(kind) is \(found), expected \(expected); it was not touched: move it "
        + "away, then the same command fetches it")
  }

  static func busy(_ part: String) -> DownloadError {
    DownloadError(
      kind: .busy, description: "another process downloads to '\(part)'; wait for it, then run the same command")
  }

  private static func meaning(of status: Int) -> String {
    switch status {
    case 401: " (login needed)"
    case 403: " (forbidden)"
    case 404: " (not found)"
    case 410: " (gone)"
    default: ""
    }
  }
}
