public import AttuneCore

/// Loads tables from LIBSVM files, also called svmlight files: sparse lines `label index:value index:value …`.
///
/// - Source: Chang, Lin (2011), LIBSVM: a library for support vector machines, README.
public enum LIBSVMTableLoader {
  /// The most numbers of a dense table whose width the file alone decides; above it, 16 a byte of the file.
  private static let denseFloor = 1 << 24

  /// The most features that a file may be given.
  public static let featureLimit = 1 << 22

  /// The dense table of a file, which may be a gzip file.
  ///
  /// Indices start at 1 and ascend in each line; features that a line leaves out are 0. Blank lines and what follows a
  /// `#` are skipped. Class labels are numbers and named by the shortest text of their value: `+1` and `1.0` are the
  /// class `1`; classes are sorted by number. A label may be a pair `class;value`, then a classification takes the
  /// class and a regression the value. Columns are called `feature_1`, …, by their index.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - features: the number of features; nil takes the highest index.
  ///   - task: what the labels are.
  ///   - classes: the classes in order; nil takes those that occur.
  /// - Throws: `FileError`, `PackedFileError` if the file cannot be read or unpacked; `DataError` if a line is bad, if
  ///   query numbers (`qid:`) occur, or if the dense table would be far larger than the file.
  public static func load(
    path: String, features: Int? = nil, task: PredictionTask, classes: [String]? = nil
  ) throws -> Table {
    try load(
      bytes: InputFile.unpackedBytes(at: path), path: path, features: features, task: task, classes: classes)
  }

  static func load(
    bytes: [UInt8], path: String, features: Int?, task: PredictionTask, classes: [String]?
  ) throws -> Table {
    if let features, features > featureLimit {
      throw DataError(
        path: path, problems: [.init(value: "\(features)", expected: "at most \(featureLimit) features")],
        advice: "choose fewer features; tables are dense, and every feature has a name")
    }
    let lines = try SparseLines(bytes, path: path, features: features)
    let width = features ?? lines.width
    guard width > 0 else {
      throw DataError(
        path: path, problems: [.init(expected: "a feature, but no line has an index:value pair")],
        advice: "check how the file was written")
    }
    try checkSize(lines, width: width, isGiven: features != nil)
    let matrix = Matrix(rows: lines.rows.count, columns: width) { out in
      out.update(repeating: 0)
      var next = 0
      for (row, line) in lines.rows.enumerated() {
        while next < line.end {
          out[row * width + Int(lines.pairs[next].column)] = lines.pairs[next].value
          next += 1
        }
      }
    }
    return Table(
      features: matrix, targets: try targets(lines, task: task, classes: classes),
      columnNames: (1...width).map { "feature_\($0)" })
  }

  private static func checkSize(_ lines: SparseLines, width: Int, isGiven: Bool) throws {
    let rows = lines.rows.count
    let limit = min(isGiven ? .max : max(denseFloor, 16 * lines.bytes.count), MemorySize.limit / 4)
    guard width <= limit / rows else {
      throw DataError(
        path: lines.path,
        problems: [
          .init(expected: "a table of at most \(limit) numbers, but \(rows) rows of \(width) features are more")
        ],
        advice: isGiven ? "choose fewer features" : "check the highest index, or give the number of features")
    }
  }

  private static func targets(_ lines: SparseLines, task: PredictionTask, classes: [String]?) throws -> Targets {
    var values: [Float] = [], problems: [DataError.Problem] = [], count = 0
    func note(_ row: Int, _ expected: String) {
      count += 1
      if problems.count < DataError.problemLimit {
        problems.append(.init(line: lines.rows[row].line, value: lines.label(of: row), expected: expected))
      }
    }
    let isPaired = lines.label(of: 0).contains(";")
    for row in lines.rows.indices {
      let parts = lines.label(of: row).split(separator: ";", omittingEmptySubsequences: false)
      let numbers = parts.compactMap { part in
        let text = Array(part.utf8)
        return DecimalNumber.float(text, text.indices)
      }
      if numbers.count == parts.count, parts.count == (isPaired ? 2 : 1) {
        if task == .classification, numbers[0].magnitude >= ClassNumbers.limit {
          note(row, "a class number below 16777216 (2^24): larger ones run together as 32-bit floats")
          continue
        }
        values.append(task == .classification ? numbers[0] : numbers[parts.count - 1])
      } else {
        note(row, isPaired ? "a label class;value of two numbers, as in the first line" : "one number as label")
      }
    }
    if count == 0, task == .classification, let classes {
      let positions = Dictionary(classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
      let labels = values.map { positions[name(of: $0)] }
      for row in labels.indices where labels[row] == nil {
        note(row, "one of the classes \(classes.prefix(10).joined(separator: ", "))")
      }
      if count == 0 { return .classes(labels: labels.compactMap(\.self), names: classes) }
    }
    guard count == 0 else {
      throw DataError(
        path: lines.path, problems: problems, count: count,
        advice: "correct the labels; a row has one label, and classes are numbers")
    }
    guard task == .classification else { return .values(Matrix(rows: values.count, columns: 1, values)) }
    let order = Set(values).sorted()
    let ranks = Dictionary(uniqueKeysWithValues: zip(order, order.indices))
    return .classes(labels: values.map { ranks[$0, default: 0] }, names: order.map(name))
  }

  /// The shortest text of a class number.
  private static func name(of value: Float) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }
}
