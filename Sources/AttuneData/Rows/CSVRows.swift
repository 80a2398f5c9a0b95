public import AttuneCore

/// The rows of a CSV file from front to back in blocks, in memory that does not grow with the file.
///
/// What is refused is refused as `CSVTableLoader` does, with the same texts. Only where a file has faults of several
/// kinds another one may be named: the loader looks at the whole file for one kind after the other.
public struct CSVRows: ~Copyable {
  private var blocks: CSVBlocks
  private let path: String
  private let target: String?
  private let task: PredictionTask
  private let options: CSVOptions
  private var cells: CSVCells?
  private var ragged = CSVProblems()

  /// Opens a file; the parameters are those of `CSVTableLoader.read`, without a column to split by.
  ///
  /// - Throws: `FileError` if the file cannot be read.
  public init(
    path: String, target: String?, task: PredictionTask, options: CSVOptions = CSVOptions(), blockSize: Int = 4 << 20
  ) throws {
    precondition(options.keyColumn == nil, "blocks of rows have no column to split by")
    (self.path, self.target, self.task, self.options) = (path, target, task, options)
    blocks = try CSVBlocks(path: path, blockSize: blockSize, dialect: options.dialect)
  }

  /// Bytes of the file, packed ones if it is packed.
  public var size: Int { blocks.size }
  /// How many of them were read.
  public var position: Int { blocks.position }
  /// The number of features; 0 before the first block.
  public var width: Int { cells?.layout.features.count ?? 0 }

  /// Some more rows that can be used, none or many: numbers as they are, categories as codes in the order in which they
  /// came after the given levels, a missing value as NaN. Nil at the end of the file; empty once the file is sure to be
  /// refused at its end.
  ///
  /// ## Shapes
  /// - returns: features `[n, d]`, and n targets, classes as numbers in the order in which they came; none without target
  ///
  /// - Throws: what `CSVTableLoader.read` throws.
  public mutating func next() throws -> (features: Matrix, targets: [Float])? {
    guard let block = try blocks.next() else {
      try finish()
      return nil
    }
    let isStart = cells == nil
    var reader = try CSVReader(
      block: block, firstLine: blocks.firstLine, isStart: isStart, dialect: options.dialect, path: path,
      namesOptions: options.isForModel)
    if isStart {
      let layout = try CSVLayout(&reader, target: target, options: options)
      cells = CSVCells(path: path, options: options, layout: layout, task: task)
    }
    return try rows(&reader)
  }

  private mutating func rows(_ reader: inout CSVReader) throws -> (features: Matrix, targets: [Float]) {
    guard var current = cells.take() else { preconditionFailure("no header was read") }
    let names = current.layout.names.count, width = current.layout.features.count
    let keepsBlankLines = names == 1 && options.dialect.missing.contains("")
    var found: [CSVReader.Cell] = [], row = [Float](repeating: 0, count: width), values: [Float] = []
    values.reserveCapacity(reader.bytes.count / 8)
    while keepsBlankLines || !reader.isAtTrailingLines, try reader.next(into: &found) {
      if found.count != names, options.badRows == .fail {
        ragged.note(CSVLayout.ragged(found, names, current.rows + 1, reader), .ragged)
      }
      let kept = current.kept
      row.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { current.readRow(found, reader, into: base) }
      }
      if current.kept > kept { values += row }
    }
    let targets = current.takeTargets()
    defer { cells = current }
    guard !current.isRefused else { return (Matrix(rows: 0, columns: width), []) }
    return (Matrix(rows: values.count / width, columns: width, values), targets)
  }

  private func finish() throws {
    guard let cells else { throw CSVReader.emptyFile(path) }
    guard ragged.count == 0 else { throw ragged.error(path, options) }
    guard cells.rows > 0 else { throw CSVTableLoader.noRows(path) }
    try cells.finish()
  }

  /// The rows that were left out so far; nil where there are none.
  public var skipped: SkippedRows? { cells.flatMap { $0.skippedRows(of: $0.rows) } }

  /// What is known of the columns, whose layout was read.
  func withCells<Result>(_ body: (CSVCells) throws -> Result) rethrows -> Result {
    guard let cells else { preconditionFailure("no header was read") }
    return try body(cells)
  }
}
