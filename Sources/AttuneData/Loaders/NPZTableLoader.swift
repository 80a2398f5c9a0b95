public import AttuneCore

/// Loads tables from NumPy's npz archives: ZIP files of npy arrays.
public enum NPZTableLoader {
  /// The table of two arrays of an archive, as `numpy.savez` and `numpy.savez_compressed` write it.
  ///
  /// Class targets are whole numbers; the classes are sorted by number and named by it. Columns are called `feature_0`,
  /// …
  ///
  /// - Parameters:
  ///   - path: the archive.
  ///   - features: name of an array `[n, d]`, or `[n, height, width]` for images.
  ///   - targets: name of an array `[n]` or `[n, 1]`.
  ///   - task: what the targets are.
  ///   - classes: the classes in order; nil takes those that occur.
  /// - Throws: `FileError` if the file cannot be read, `PackedFileError` if it is no such archive, `DataError` if an
  ///   array is missing or cannot be used.
  public static func load(
    path: String, features: String, targets: String, task: PredictionTask, classes: [String]? = nil
  ) throws -> Table {
    // What is no archive is told so whatever its size.
    let start = try InputFile.start(of: path, count: 4).bytes
    guard ZipArchive.isArchive(start) else { throw noArchive(path) }
    return try load(
      bytes: InputFile.bytes(at: path), path: path, features: features, targets: targets, task: task, classes: classes)
  }

  static func load(
    bytes: [UInt8], path: String, features: String, targets: String, task: PredictionTask, classes: [String]? = nil,
    limit: UnpackingLimit = UnpackingLimit()
  ) throws -> Table {
    guard ZipArchive.isArchive(bytes) else { throw noArchive(path) }
    let archive = try ZipArchive(bytes, path: path, limit: limit)
    let values = try NPY.parseArray(array(features, of: archive, path), path: memberPath(path, features))
    let answers = try NPY.parse(array(targets, of: archive, path), path: memberPath(path, targets))
    return try NPYTableLoader.table(
      values, answers, paths: (memberPath(path, features), memberPath(path, targets)), task: task, classes: classes)
  }

  private static func noArchive(_ path: String) -> DataError {
    DataError(
      path: path, problems: [.init(expected: "an npz file, which is a ZIP archive and begins with PK")],
      advice: "save the arrays with numpy.savez(path, x=…, y=…)")
  }

  private static func memberPath(_ path: String, _ name: String) -> String { "\(path)[\(name)]" }

  /// The npy file of an array, which NumPy calls by its name and `.npy`.
  private static func array(_ name: String, of archive: ZipArchive, _ path: String) throws -> [UInt8] {
    if let contents = try archive.contents(of: name + ".npy") { return contents }
    let names = archive.names.map { $0.hasSuffix(".npy") ? String($0.dropLast(4)) : $0 }
    throw DataError(
      path: path,
      problems: [
        .init(expected: "an array \(name.debugDescription), but none of the \(names.count) arrays is called so")
      ],
      advice: Suggestion.text(for: name, among: names, listing: names, title: "Arrays") ?? "")
  }
}
