public import AttuneCore

/// Loads tables from an IDX file of rows, mostly images, with one of labels.
public enum IDXTableLoader {
  /// The table of two IDX files, each of which may be a gzip file.
  ///
  /// Columns of images are called `pixel_0_0`, `pixel_0_1`, … by row and column, others `feature_0`, ….
  ///
  /// - Parameters:
  ///   - images: path of the rows, `[n, …]`; with three dimensions they are images of that size.
  ///   - labels: path of one number a row: the number of a class, or the value of a regression.
  ///   - task: what the labels are.
  ///   - names: the names of the classes 0, 1, …; nil names them by their number.
  ///   - classes: the classes of a model or training part, in order; nil takes all that have a name, or that occur.
  /// - Throws: `FileError`, `PackedFileError` if a file cannot be read or unpacked, `DataError` if its content cannot
  ///   be used.
  public static func load(
    images: String, labels: String, task: PredictionTask, names: [String]? = nil, classes: [String]? = nil
  ) throws -> Table {
    let rows = try IDX(path: images), answers = try IDX(path: labels)
    guard answers.matrix.shape == Shape(rows: rows.matrix.rows, columns: 1) else {
      let found = answers.dimensions.map(String.init).joined(separator: "×")
      throw DataError(
        path: labels, problems: [.init(value: found, expected: "one label for each of \(rows.matrix.rows) rows")],
        advice: "give the labels of the rows in \(images), in the same order")
    }
    let image = ImageShape(rowsOf: rows.dimensions)
    let targets =
      task == .classification
      ? try ClassNumbers(path: labels, names: names).targets(answers.matrix.elements, known: classes)
      : .values(answers.matrix)
    return Table(
      features: rows.matrix, targets: targets, columnNames: columnNames(rows.matrix.columns, image), image: image)
  }

  private static func columnNames(_ count: Int, _ image: ImageShape?) -> [String] {
    guard let image else { return NPYTableLoader.columnNames(count) }
    return (0..<image.height).flatMap { y in (0..<image.width).map { x in "pixel_\(y)_\(x)" } }
  }
}
