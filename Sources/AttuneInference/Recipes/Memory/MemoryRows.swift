public import AttuneCore

/// How much a memory keeps, and how often it is learned from.
public struct MemorySettings: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// Rows that are kept at most, at least 1.
  public var capacity = 64
  /// Rows of the stream between two steps, at least 1; they count whether they are kept or not.
  public var every = 64

  /// 64 rows, a step every 64.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.range("capacity", capacity, atLeast: 1)
    try ConfigCheck.range("every", every, atLeast: 1)
  }
}

/// The rows that a memory keeps, in the order of their coming, and how many have come.
public struct MemoryRows: Codable, Sendable {
  var rows: [RememberedRow] = []
  var seen = 0

  /// Counts a row that has come.
  ///
  /// - Returns: whether it is time to learn from what is kept.
  mutating func count(every: Int) -> Bool {
    seen += 1
    return seen % every == 0 && !rows.isEmpty
  }

  /// The inputs, class by class and in the order of their coming, `[m, d]`.
  var inputsByClass: Matrix { inputs(in: orderByClass) }

  /// The inputs in an order, `[m, d]`.
  func inputs(in order: [Int]) -> Matrix { Matrix.concatenatingRows(order.map { rows[$0].input }) }

  /// The rows class by class, of one class in the order of their coming.
  var orderByClass: [Int] {
    rows.indices.sorted { (rows[$0].label, $0) < (rows[$1].label, $1) }
  }

  /// The rows of a class, in the order of their coming.
  func indices(of label: Int) -> [Int] { rows.indices.filter { rows[$0].label == label } }

  /// The classes of which most rows are kept, in order.
  var largestClasses: [Int] {
    var counts: [Int: Int] = [:]
    for row in rows { counts[row.label, default: 0] += 1 }
    let most = counts.values.max()
    return counts.filter { $0.value == most }.keys.sorted()
  }
}
