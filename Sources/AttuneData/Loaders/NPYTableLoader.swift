public import AttuneCore

/// Loads tables from two NumPy files.
public enum NPYTableLoader {
  /// The table of a file of features and a file of targets.
  ///
  /// Class targets are whole numbers; the classes are sorted by number and named by it. Columns are called `feature_0`, …
  ///
  /// - Parameters:
  ///   - features: path of a file `[n, d]`.
  ///   - targets: path of a file `[n]` or `[n, 1]`.
  ///   - task: what the targets are.
  ///   - classes: the classes in order; nil takes those that occur.
  /// - Throws: `FileError` if a file cannot be read, `DataError` if its content cannot be used.
  public static func load(
    features: String, targets: String, task: PredictionTask, classes: [String]? = nil
  ) throws -> Table {
    let values = try NPY.read(path: features), answers = try NPY.read(path: targets)
    guard answers.shape == Shape(rows: values.rows, columns: 1) else {
      throw DataError(
        path: targets,
        problems: [.init(value: "\(answers.shape)", expected: "one target for each of \(values.rows) rows")],
        advice: "give the targets of the rows in \(features), in the same order")
    }
    let names = columnNames(values.columns)
    guard task == .classification else {
      return Table(features: values, targets: .values(answers), columnNames: names)
    }
    let numbers = try answers.elements.enumerated().map { row, value in
      guard let number = Int(exactly: value) else {
        throw DataError(
          path: targets, problems: [.init(row: row + 1, value: "\(value)", expected: "a class as a whole number")],
          advice: "number the classes, or set the task to regression")
      }
      return number
    }
    let known = classes ?? Set(numbers).sorted().map(String.init)
    let positions = Dictionary(known.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let labels = try numbers.enumerated().map { row, number in
      guard let label = positions["\(number)"] else {
        throw DataError(
          path: targets,
          problems: [.init(row: row + 1, value: "\(number)", expected: "one of \(known.joined(separator: ", "))")],
          advice: "the model knows only the classes of its training part")
      }
      return label
    }
    return Table(features: values, targets: .classes(labels: labels, names: known), columnNames: names)
  }

  /// The names of columns that a NumPy file does not name.
  public static func columnNames(_ count: Int) -> [String] { (0..<count).map { "feature_\($0)" } }
}
