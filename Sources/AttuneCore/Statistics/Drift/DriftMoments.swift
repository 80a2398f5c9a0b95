internal import Foundation

/// Mean and variance of the finite values of each feature, in units of the source's deviations from its mean.
struct DriftMoments {
  let counts: [Int]
  let shift: [Double]
  let variance: [Double]

  init(_ counts: [Float], sums: [Float], squares: [Float]) {
    self.counts = counts.map { Int($0) }
    let shift = zip(sums, counts).map { Double($0) / Double(max($1, 1)) }
    variance = counts.indices.map { j in
      let mean = Double(squares[j]) / Double(max(counts[j], 1))
      return max(0, mean - shift[j] * shift[j])
    }
    self.shift = shift
  }

  /// The larger standardized distance of mean and log variance from the source's, and its p-value for both together.
  ///
  /// - Parameter ratio: the source's variance in the same units.
  static func test(_ moments: DriftMoments, _ j: Int, sourceRows: Int, ratio: Double) -> (statistic: Double, p: Double)
  {
    test(
      rows: Double(moments.counts[j]), shift: moments.shift[j], variance: moments.variance[j], sourceRows: sourceRows,
      ratio: ratio)
  }

  static func test(
    rows n: Double, shift: Double, variance: Double, sourceRows: Int, ratio: Double
  ) -> (statistic: Double, p: Double) {
    guard n > 0 else { return (0, 1) }
    let error = (1 / n + 1 / Double(sourceRows)).squareRoot()
    let mean = abs(shift) / error
    // A variance of few rows says nothing, and its logarithm is far from normal.
    guard n >= 8 else { return (mean, min(1, 2 * TailProbability.normal(mean))) }
    let spread: Double
    switch (variance > 0, ratio > 0) {
    case (true, true): spread = abs(log(variance / ratio)) / (error * 2.0.squareRoot())
    case (false, false): spread = 0
    default: spread = .infinity
    }
    let larger = max(mean, spread)
    return (larger, min(1, 2 * TailProbability.normal(larger)))
  }
}

extension SourceStatistics {
  /// The deviation of each input. One that is constant in the source has none of its own and gets one near the rounding of
  /// its value, so that any movement of it is a break. Each is of its own feature alone: units do not matter.
  public var deviations: [Double] {
    zip(mean, variance).map { max($1, 1e-12 * $0 * $0, 1e-30).squareRoot() }
  }
}
