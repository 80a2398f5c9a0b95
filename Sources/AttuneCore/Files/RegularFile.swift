internal import Glibc

/// A regular file opened for reading; folders, pipes and devices are refused before a byte is read.
struct RegularFile: ~Copyable {
  let path: String
  /// Bytes in the file when it was opened.
  let size: Int
  private let descriptor: Int32

  init(_ path: String) throws {
    guard !path.utf8.contains(0) else {
      throw FileError(kind: .notFound, path: path, reason: "the path contains a NUL")
    }
    // Without O_NONBLOCK opening a named pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError.system(errno == ENOENT || errno == ENOTDIR ? .notFound : .unreadable, path)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = FileError.system(.inputOutput, path)
      close(descriptor)
      throw error
    }
    if let kind = FileError.specialKind(status.st_mode) {
      close(descriptor)
      throw FileError(kind: .unreadable, path: path, reason: "it is \(kind)")
    }
    self.path = path
    self.descriptor = descriptor
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// `count` bytes from `offset` on.
  ///
  /// - Throws: `FileError`: `.tooLarge` where they are more than the memory, `.inputOutput`.
  func read(at offset: Int, count: Int) throws -> [UInt8] {
    precondition(offset >= 0 && count >= 0 && offset <= size - count, "bytes \(offset) + \(count) of \(size)")
    guard count < MemorySize.limit else {
      throw FileError(
        kind: .tooLarge, path: path,
        reason: "its \(count) bytes (\(MemorySize.text(count))) do not fit in the memory of "
          + MemorySize.text(MemorySize.limit))
    }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while let base = buffer.baseAddress, done < count {
        let got = pread(descriptor, base + done, count - done, off_t(offset + done))
        if got == 0 {
          throw FileError(kind: .inputOutput, path: path, reason: "it became shorter while it was read")
        } else if got > 0 {
          done += got
        } else if errno != EINTR {
          throw FileError.system(.inputOutput, path)
        }
      }
    }
  }
}
