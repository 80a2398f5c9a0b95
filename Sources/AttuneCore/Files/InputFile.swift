/// Reads whole input files.
public enum InputFile {
  /// All bytes of the regular file at `path`.
  ///
  /// A folder, a pipe or a device is refused without waiting for it, so that `/dev/zero` or a pipe cannot hang a run.
  ///
  /// - Throws: `FileError`: `.notFound`, `.unreadable`, or `.inputOutput` if reading fails or the file shrinks.
  public static func bytes(at path: String) throws -> [UInt8] {
    let file = try RegularFile(path)
    return try file.read(at: 0, count: file.size)
  }
}
