public import AttuneCore

/// Loads tables from two NumPy files.
public enum NPYTableLoader {
  /// The table of a file of features and a file of targets.
  ///
  /// Class targets are whole numbers; the classes are sorted by number and named by it. Columns are called `feature_0`,
  /// …
  ///
  /// - Parameters:
  ///   - features: path of a file `[n, d]`, or `[n, height, width]` for images; as the other, it may be a gzip file.
  ///   - targets: path of a file `[n]` or `[n, 1]`.
  ///   - task: what the targets are.
  ///   - classes: the classes in order; nil takes those that occur.
  /// - Throws: `FileError` if a file cannot be read, `DataError` if its content cannot be used.
  public static func load(
    features: String, targets: String, task: PredictionTask, classes: [String]? = nil
  ) throws -> Table {
    let values = try NPY.parseArray(NPY.bytes(at: features), path: features)
    let answers = try NPY.parse(NPY.bytes(at: targets), path: targets)
    return try table(values, answers, paths: (features, targets), task: task, classes: classes)
  }

  /// The table of two arrays.
  static func table(
    _ features: (matrix: Matrix, dimensions: [Int]), _ targets: Matrix, paths: (features: String, targets: String),
    task: PredictionTask, classes: [String]?
  ) throws -> Table {
    let rows = features.matrix.rows
    guard targets.shape == Shape(rows: rows, columns: 1) else {
      throw DataError(
        path: paths.targets,
        problems: [.init(value: "\(targets.shape)", expected: "one target for each of \(rows) rows")],
        advice: "give the targets of the rows in \(paths.features), in the same order")
    }
    let answers =
      task == .classification
      ? try ClassNumbers(path: paths.targets).targets(targets.elements, known: classes) : .values(targets)
    return Table(
      features: features.matrix, targets: answers, columnNames: columnNames(features.matrix.columns),
      image: ImageShape(rowsOf: features.dimensions))
  }

  /// The names of columns that a NumPy file does not name.
  public static func columnNames(_ count: Int) -> [String] { (0..<count).map { "feature_\($0)" } }
}
