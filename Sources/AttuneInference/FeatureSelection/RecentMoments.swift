internal import AttuneCore
internal import Foundation

/// Mean and variance of every feature over the recent rows of a stream, older rows counting less and less.
struct RecentMoments: Codable, Sendable {
  private(set) var weight = 0.0
  private var sums: [Double]
  private var squares: [Double]
  /// Rows after which a row counts for 1/e.
  private let window: Double

  init(dimension: Int, window: Double) {
    sums = Array(repeating: 0, count: dimension)
    squares = sums
    self.window = window
  }

  /// Takes in a batch. `center` keeps the sums of squares small: deviations are taken from it, and limited to ±`bound`. A
  /// value that is no number counts as no deviation.
  mutating func add(_ batch: Matrix, center: [Double], scale: [Double], bound: Double) {
    let kept = exp(-Double(batch.rows) / window)
    weight = weight * kept + Double(batch.rows)
    batch.withElements { x in
      for j in sums.indices {
        var sum = 0.0, square = 0.0
        for i in 0..<batch.rows {
          let value = (Double(x[i * batch.columns + j]) - center[j]) / scale[j]
          let deviation = value.isNaN ? 0 : min(max(value, -bound), bound)
          sum += deviation
          square += deviation * deviation
        }
        sums[j] = sums[j] * kept + sum
        squares[j] = squares[j] * kept + square
      }
    }
    OperationCounter.add(5 * batch.count)
  }

  /// Mean deviation from the center, in scales.
  func shift(_ j: Int) -> Double { sums[j] / weight }
  /// Variance in squared scales.
  func variance(_ j: Int) -> Double { max(0, squares[j] / weight - shift(j) * shift(j)) }
}
