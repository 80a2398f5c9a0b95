internal import AttuneCore

/// Mean and population deviation of columns that come in blocks, in double precision and in the order of the rows: first
/// all blocks for the means, then all again for the squares.
struct ColumnMoments {
  /// What counts in place of a missing value; nil leaves it out.
  private let fills: [Double?]
  private var sums: [Double]
  private var squares: [Double]
  private var counts: [Int]
  private var firsts: [Double]
  private var isConstant: [Bool]
  private(set) var means: [Double] = []

  init(fills: [Double?]) {
    self.fills = fills
    sums = Array(repeating: 0, count: fills.count)
    (squares, firsts) = (sums, sums)
    counts = Array(repeating: 0, count: fills.count)
    isConstant = Array(repeating: true, count: fills.count)
  }

  /// Takes the moments of blocks that `forEachBlock` gives twice.
  init(fills: [Double?], forEachBlock: ((Matrix) -> Void) throws -> Void) rethrows {
    var moments = ColumnMoments(fills: fills)
    try forEachBlock { moments.addValues($0) }
    moments.finishMeans()
    try forEachBlock { moments.addSquares($0) }
    self = moments
  }

  private mutating func addValues(_ block: Matrix) {
    forEachValue(block) { moments, column, value in
      if moments.counts[column] == 0 { moments.firsts[column] = value }
      if value != moments.firsts[column] { moments.isConstant[column] = false }
      moments.counts[column] += 1
      moments.sums[column] += value
    }
  }

  private mutating func finishMeans() {
    // The mean of equal values may be off by a rounding; only equal values make a column constant.
    means = sums.indices.map { isConstant[$0] ? firsts[$0] : sums[$0] / Double(counts[$0]) }
  }

  private mutating func addSquares(_ block: Matrix) {
    forEachValue(block) { moments, column, value in
      let difference = value - moments.means[column]
      moments.squares[column] += difference * difference
    }
  }

  @inline(__always)
  private mutating func forEachValue(_ block: Matrix, _ body: (inout ColumnMoments, Int, Double) -> Void) {
    let d = fills.count
    precondition(block.columns == d, "\(block.columns) columns, expected \(d)")
    block.withElements { x in
      for start in stride(from: 0, to: x.count, by: max(1, d)) {
        for j in 0..<d {
          var value = Double(x[start + j])
          if value.isNaN {
            guard let fill = fills[j] else { continue }
            value = fill
          }
          body(&self, j, value)
        }
      }
    }
  }

  /// The population variance of each column; 0 where its values are equal.
  var variances: [Double] {
    squares.indices.map { isConstant[$0] ? 0 : squares[$0] / Double(counts[$0]) }
  }

  /// The population deviation of each column; 1 where its values are equal, so that it can be divided by.
  var deviations: [Double] {
    squares.indices.map { isConstant[$0] ? 1 : (squares[$0] / Double(counts[$0])).squareRoot() }
  }
}
