internal import AttuneCore

/// What replaces missing values, found in few passes over rows that come in blocks.
struct ColumnFills {
  /// Different values that are counted at most, over all columns, where the rows are not in memory.
  static let countedValues = 4_000_000
  /// Medians that are looked for in one pass: each takes a megabyte.
  private static let mediansPerPass = 32

  private let columns: [Column]
  private let choices: [Imputation]
  /// For each column the first row, from 0, whose value is missing.
  private(set) var firstMissing: [Int?]
  private var sums: [Double]
  private var counts: [Int]
  private var frequencies: [Int: [Float: Int]] = [:]
  private var medians: [Int: Double] = [:]

  /// Goes through the rows.
  ///
  /// - Throws: `ConfigValueError` where the values of rows in a file are too many to count; what reading throws.
  init(_ columns: [Column], _ imputation: ImputationSettings, of rows: some TableRows) throws {
    self.columns = columns
    choices = columns.map { imputation.imputation(of: $0.name, isCategorical: $0.levels != nil) }
    firstMissing = columns.map { _ in nil }
    sums = columns.map { _ in 0 }
    counts = columns.map { _ in 0 }
    for column in choices.indices where choices[column] == .mostFrequent { frequencies[column] = [:] }
    let isInMemory = rows is Table
    try rows.forEachBlock { block, range in
      count(block.features, from: range.lowerBound)
      guard isInMemory || frequencies.values.reduce(0, { $0 + $1.count }) <= Self.countedValues else {
        throw ConfigValueError(
          "imputation: most-frequent meets more than \(Self.countedValues) different values, too many to count in a "
            + "streamed file; take mean, median or a constant for columns of many values", key: "data")
      }
    }
    let wanted = choices.indices.filter { choices[$0] == .median && counts[$0] > 0 }
    for start in stride(from: 0, to: wanted.count, by: Self.mediansPerPass) {
      try findMedians(of: Array(wanted[start..<min(start + Self.mediansPerPass, wanted.count)]), in: rows)
    }
  }

  private mutating func count(_ block: Matrix, from first: Int) {
    let d = columns.count, counted = Set(frequencies.keys)
    block.withElements { x in
      for row in 0..<block.rows {
        for j in 0..<d {
          let value = x[row * d + j]
          if value.isNaN {
            if firstMissing[j] == nil { firstMissing[j] = first + row }
            continue
          }
          counts[j] += 1
          sums[j] += Double(value)
        }
        for j in counted where !x[row * d + j].isNaN { frequencies[j]?[x[row * d + j], default: 0] += 1 }
      }
    }
  }

  /// What replaces a missing value of a column; nil where nothing does, or nothing is known because all are missing.
  func fill(of column: Int) -> Double? {
    switch choices[column] {
    case .none: nil
    case .constant(let settings): settings.value
    case .category: Double(columns[column].levels?.count ?? 0)
    case .mean: counts[column] == 0 ? nil : sums[column] / Double(counts[column])
    case .median: medians[column]
    case .mostFrequent:
      frequencies[column]?.max { ($0.value, -$0.key) < ($1.value, -$1.key) }.map { Double($0.key) }
    }
  }

  /// Whether a value is wanted and none is known.
  func knowsNothing(of column: Int) -> Bool { choices[column] != .none && fill(of: column) == nil }

  /// Exact medians in two passes: the upper halves of the bits are counted first, then the lower halves of those values
  /// that have the upper half of the median.
  private mutating func findMedians(of places: [Int], in rows: some TableRows) throws {
    var upper = places.map { _ in [Int](repeating: 0, count: 1 << 16) }
    func forEachKey(_ body: (_ index: Int, _ key: UInt32) -> Void) throws {
      try rows.forEachBlock { block, _ in
        let d = columns.count
        block.features.withElements { x in
          for start in stride(from: 0, to: x.count, by: d) {
            for (index, place) in places.enumerated() where !x[start + place].isNaN {
              body(index, Self.key(x[start + place]))
            }
          }
        }
      }
    }
    try forEachKey { upper[$0][Int($1 >> 16)] += 1 }
    // The two values in the middle, which are one where their number is odd, may have different upper halves.
    let ranks = places.map { [(counts[$0] - 1) / 2, counts[$0] / 2] }
    let found = places.indices.map { index in ranks[index].map { Self.locate($0, in: upper[index]) } }
    var lower = places.map { _ in [[Int](repeating: 0, count: 1 << 16), [Int](repeating: 0, count: 1 << 16)] }
    try forEachKey { index, key in
      for side in 0..<2 where Int(key >> 16) == found[index][side].bucket {
        lower[index][side][Int(key & 0xFFFF)] += 1
      }
    }
    for (index, place) in places.enumerated() {
      let middle = (0..<2).map { side in
        let low = Self.locate(found[index][side].rest, in: lower[index][side]).bucket
        return Double(Self.value(UInt32(found[index][side].bucket) << 16 | UInt32(low)))
      }
      medians[place] = counts[place] % 2 == 1 ? middle[0] : (middle[0] + middle[1]) / 2
    }
  }

  /// The bucket that holds the value of a rank, and its rank within.
  private static func locate(_ rank: Int, in buckets: [Int]) -> (bucket: Int, rest: Int) {
    var rest = rank
    for (bucket, count) in buckets.enumerated() {
      if rest < count { return (bucket, rest) }
      rest -= count
    }
    preconditionFailure("rank \(rank) is past the values")
  }

  /// Bits that are ordered as the numbers are.
  private static func key(_ value: Float) -> UInt32 {
    // Both zeros are one number.
    let bits = (value + 0).bitPattern
    return bits >> 31 == 1 ? ~bits : bits | 1 << 31
  }

  private static func value(_ key: UInt32) -> Float {
    Float(bitPattern: key >> 31 == 1 ? key & ~(1 << 31) : ~key)
  }
}
