public import AttuneCore

extension StoredTable {
  /// The table in a CSV file, read in one pass and kept in a scratch file, in memory that does not grow with the file.
  ///
  /// It holds what `CSVTableLoader.read` gives, bit by bit, and refuses what that refuses.
  ///
  /// - Parameters:
  ///   - path: a CSV file in UTF-8, which gzip may have packed.
  ///   - target: the column of the answers; nil loads features only.
  ///   - task: what the answers are; ignored without a target.
  ///   - options: how the file is written, and what its columns hold; no column to split by.
  ///   - folder: where the scratch file is made: four bytes for each number of the file.
  ///   - blockSize: bytes that are read at once.
  ///   - progress: called with the bytes that were read and those of the file; what it throws ends the reading.
  /// - Returns: the rows, and those that were left out because the options ask for that.
  /// - Throws: what `CSVTableLoader.read` throws; `FileError` where the scratch file cannot be written, for example
  ///   because the disk is full.
  public static func read(
    path: String, target: String?, task: PredictionTask, options: CSVOptions = CSVOptions(),
    scratchFolder folder: String,
    blockSize: Int = 4 << 20, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> (table: StoredTable, skipped: SkippedRows?) {
    var rows = try CSVRows(path: path, target: target, task: task, options: options, blockSize: blockSize)
    let file = try ScratchFile(in: folder)
    var count = 0
    while let (features, targets) = try rows.next() {
      try append(features, targets, to: file)
      count += features.rows
      try progress(rows.position, rows.size)
    }
    return rows.withCells { cells in
      let orders = cells.levelOrders(), classes = cells.classOrder()
      let answers: Answers =
        target == nil ? .none : task == .classification ? .classes(classes.names) : .values
      let width = orders.count + (target == nil ? 0 : 1)
      let table = StoredTable(
        store: RowStore(file, width: width, count: count), selection: RowSelection(0..<count), answers: answers,
        columns: zip(cells.layout.features, orders).map { name, order in
          Column(name, order.map { .categorical(levels: $0.names) } ?? .numeric)
        },
        codes: orders.map { $0.map { $0.codes.map { Float($0) } } }, labels: classes.codes)
      return (table, cells.skippedRows(of: cells.rows))
    }
  }

  /// Adds rows to the file: features, then the target.
  private static func append(_ features: Matrix, _ targets: [Float], to file: ScratchFile) throws {
    guard !targets.isEmpty else { return try features.withElements { try file.append(UnsafeRawBufferPointer($0)) } }
    precondition(targets.count == features.rows, "\(targets.count) targets for \(features.rows) rows")
    let d = features.columns
    let rows = Matrix(rows: features.rows, columns: d + 1) { out in
      features.withElements { x in
        for row in targets.indices {
          for j in 0..<d { out[row * (d + 1) + j] = x[row * d + j] }
          out[row * (d + 1) + d] = targets[row]
        }
      }
    }
    try rows.withElements { try file.append(UnsafeRawBufferPointer($0)) }
  }
}
