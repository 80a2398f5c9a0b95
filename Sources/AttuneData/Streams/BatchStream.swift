public import AttuneCore

/// A run of rows that arrive together.
public struct Batch: Sendable, Equatable {
  /// The features as the stream's table has them, `[b, d]`.
  public let features: Matrix
  /// The answers of these rows, for evaluation and for feedback that comes late.
  public let targets: Targets
  /// Which rows of the stream these are, in the order of arrival.
  public let range: Range<Int>
}

/// A table that arrives in batches, in order; the last batch may be smaller.
public struct BatchStream: Sendable, Sequence {
  /// All rows in the order of arrival.
  public let table: Table
  /// Rows a batch, 1 or more.
  public let batchSize: Int

  /// A stream of a table in its own order.
  public init(_ table: Table, batchSize: Int) {
    precondition(batchSize >= 1, "a batch cannot have \(batchSize) rows")
    self.table = table
    self.batchSize = batchSize
  }

  /// A stream of a table in another order.
  ///
  /// - Parameter generator: draws what of the order is random.
  /// - Throws: `StreamError` where the table does not allow the order.
  public init(
    _ table: Table, batchSize: Int, ordering: StreamOrdering, using generator: inout Philox
  ) throws(StreamError) {
    let rows = try ordering.rows(of: table, using: &generator)
    self.init(ordering == .asGiven ? table : table.rows(at: rows), batchSize: batchSize)
  }

  /// The number of batches.
  public var batchCount: Int { table.count == 0 ? 0 : (table.count - 1) / batchSize + 1 }

  /// The batch with number `index`, from 0.
  public func batch(_ index: Int) -> Batch {
    precondition((0..<batchCount).contains(index), "batch \(index) of \(batchCount)")
    let start = index * batchSize, range = start..<start + Swift.min(batchSize, table.count - start)
    return Batch(features: table.features.rows(range), targets: table.targets.rows(at: range), range: range)
  }

  /// An iterator over the batches in order.
  public func makeIterator() -> AnyIterator<Batch> {
    var index = 0
    return AnyIterator {
      guard index < batchCount else { return nil }
      defer { index += 1 }
      return batch(index)
    }
  }
}
