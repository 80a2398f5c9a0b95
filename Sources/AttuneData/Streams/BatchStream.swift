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

/// In which order the rows of a table arrive.
public enum StreamOrdering: String, Codable, Sendable, CaseIterable {
  /// In the table's order, for example by time.
  case asGiven
  /// In random order.
  case shuffled
  /// All rows of class 0, then of class 1, and so on, each class in the table's order.
  case sortedByClass
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
  /// - Parameter generator: draws the order of `shuffled`; the others leave it alone.
  /// - Throws: `StreamError` if the rows are to be sorted by class and have none.
  public init(
    _ table: Table, batchSize: Int, ordering: StreamOrdering, using generator: inout Philox
  ) throws(StreamError) {
    switch ordering {
    case .asGiven: self.init(table, batchSize: batchSize)
    case .shuffled: self.init(table.rows(at: generator.permutation(table.count)), batchSize: batchSize)
    case .sortedByClass:
      guard case .classes(let labels, _) = table.targets else { throw StreamError.noClasses }
      let order = labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
      self.init(table.rows(at: order), batchSize: batchSize)
    }
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

/// A stream that its table does not allow.
public enum StreamError: Error, Equatable, CustomStringConvertible {
  /// The rows are to be sorted by class, and the table has no classes.
  case noClasses

  /// What does not fit, and what to do.
  public var description: String {
    "the stream cannot be sorted by class: the table has no classes; choose the ordering asGiven or shuffled"
  }
}
