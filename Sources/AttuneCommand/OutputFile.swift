internal import AttuneCore
internal import Foundation

/// Files that a command will write.
enum OutputFile {
  /// Throws where a file could not be written, before work is done for it.
  static func check(_ path: String) throws {
    func refusal(_ reason: String) -> FileError { FileError(kind: .cannotCreate, path: path, reason: reason) }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG { throw refusal("it is no regular file") }
    let folder = URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingLastPathComponent().path
    guard access(folder, W_OK | X_OK) == 0 else {
      throw refusal("in the folder \(folder): \(String(cString: strerror(errno)))")
    }
  }
}
