internal import AttuneCore

/// Cuts rows that come in blocks of any size into batches.
struct RowBatches {
  let size: Int
  private var pending: Matrix?

  init(size: Int) { self.size = size }

  /// Takes a block and calls `body` with each batch that is full.
  mutating func add(_ block: Matrix, _ body: (Matrix) throws -> Void) throws {
    guard block.rows > 0 else { return }
    let rows = pending.map { Matrix.concatenatingRows([$0, block]) } ?? block
    var start = 0
    while rows.rows - start >= size {
      try body(rows.rows(start..<start + size))
      start += size
    }
    pending = start == rows.rows ? nil : rows.rows(start..<rows.rows)
  }

  /// Calls `body` with the rows that are left, which may be fewer than a batch.
  mutating func finish(_ body: (Matrix) throws -> Void) throws {
    if let pending = pending.take() { try body(pending) }
  }
}
