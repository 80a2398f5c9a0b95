internal import AttuneCore
internal import AttuneExperiments
internal import Foundation

/// A file that is being downloaded: `<file>.part`, and beside it what is known about where its bytes are from.
final class PartialFile {
  /// What is known about the bytes that are there.
  struct Origin: Codable, Equatable {
    var address: String
    var entityTag: String?
    /// Bytes of the whole file.
    var total: Int?
  }

  /// The path of the part.
  let path: String
  /// The path that the whole file will have.
  let target: String
  private let descriptor: Int32
  /// The folder, where it was made for this file.
  private let madeFolder: String?
  private(set) var size: Int
  /// Where the bytes are from; nil where no part was there before.
  private(set) var origin: Origin?
  private var originPath: String { path + ".json" }

  /// Opens the part of a file, and its folder where there is none.
  ///
  /// - Throws: `FileError` where it cannot be made; `DownloadError` where another process has it open.
  init(of target: String) throws {
    self.target = target
    path = target + ".part"
    let folder = URL(fileURLWithPath: target).deletingLastPathComponent().path
    madeFolder = FileManager.default.fileExists(atPath: folder) ? nil : folder
    if let file = Self.file(above: folder) {
      throw FileError(kind: .cannotCreate, path: path, reason: "'\(file)' is a file, not a folder")
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
      throw FileError(
        kind: .cannotCreate, path: folder,
        reason: cause.map { String(cString: strerror(Int32($0.code))) } ?? error.localizedDescription)
    }
    // A link at this place could lead the bytes into any other file.
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, 0o666)
    size = 0
    guard descriptor >= 0 else {
      guard errno != ELOOP else {
        throw FileError(kind: .cannotCreate, path: path, reason: "it is a symbolic link; remove it")
      }
      throw Self.failure(.cannotCreate, path)
    }
    guard FileLock.takes(descriptor, of: path) else { throw DownloadError.busy(path) }
    size = Int(lseek(descriptor, 0, SEEK_END))
    origin = FileManager.default.contents(atPath: originPath)
      .flatMap { try? JSONDecoder().decode(Origin.self, from: $0) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// What stands where a folder should: the path itself or a folder above it; nil where there is no such thing.
  private static func file(above folder: String) -> String? {
    var path = folder
    while !path.isEmpty, path != "/", path != "." {
      var status = stat()
      if stat(path, &status) == 0 { return status.st_mode & S_IFMT == S_IFDIR ? nil : path }
      path = (path as NSString).deletingLastPathComponent
    }
    return nil
  }

  /// Adds bytes at the end.
  func append(_ data: Data) throws {
    try data.withUnsafeBytes { buffer in
      var done = 0
      while let base = buffer.baseAddress, done < buffer.count {
        let count = write(descriptor, base + done, buffer.count - done)
        if count > 0 {
          done += count
          size += count
        } else if count == 0 || errno != EINTR {
          throw Self.failure(.inputOutput, path)
        }
      }
    }
  }

  /// Drops all bytes.
  func restart() throws {
    guard ftruncate(descriptor, 0) == 0 else { throw Self.failure(.inputOutput, path) }
    size = 0
  }

  /// Keeps where the bytes are from, for a later run.
  func record(_ origin: Origin) throws {
    guard origin != self.origin else { return }
    self.origin = origin
    try AtomicFile.write(Array(RunFolder.json(origin).utf8), to: originPath)
  }

  /// Gives the whole file its name.
  func finish() throws { try move(to: target) }

  /// Puts the bytes aside under another name, and says which.
  func setAside() throws -> String {
    let name = target + ".wrong"
    try move(to: name)
    return name
  }

  /// Removes an empty part, so that a download that never began leaves nothing.
  func removeIfEmpty() {
    guard size == 0 else { return }
    unlink(path)
    unlink(originPath)
    if let madeFolder { rmdir(madeFolder) }
  }

  private func move(to name: String) throws {
    guard fsync(descriptor) == 0 else { throw Self.failure(.inputOutput, path) }
    guard rename(path, name) == 0 else { throw Self.failure(.cannotCreate, name) }
    unlink(originPath)
  }

  /// Bytes of the file at `path`; nil where there is no regular file.
  static func size(of path: String) throws -> Int? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(kind: .cannotCreate, path: path, reason: "there is something that is no regular file")
    }
    return Int(status.st_size)
  }

  private static func failure(_ kind: FileError.Kind, _ path: String) -> FileError {
    FileError(kind: kind, path: path, reason: String(cString: strerror(errno)))
  }
}
