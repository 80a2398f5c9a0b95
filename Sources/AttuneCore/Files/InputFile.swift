/// Reads whole input files.
public enum InputFile {
  /// All bytes of the regular file at `path`.
  ///
  /// A folder, a pipe or a device is refused without waiting for it, so that `/dev/zero` or a pipe cannot hang a run.
  ///
  /// - Throws: `FileError`: `.notFound`, `.unreadable`, `.tooLarge`, or `.inputOutput` if reading fails or the file shrinks.
  public static func bytes(at path: String) throws -> [UInt8] {
    let file = try RegularFile(path)
    return try file.read(at: 0, count: file.size)
  }

  /// The first `count` bytes of the regular file at `path`, or all where it is shorter, and its size: enough to refuse
  /// what is no file of its kind before all of it is read.
  ///
  /// - Throws: `FileError` as `bytes(at:)`.
  public static func start(of path: String, count: Int) throws -> (bytes: [UInt8], size: Int) {
    let file = try RegularFile(path)
    return (try file.read(at: 0, count: min(count, file.size)), file.size)
  }
}
