/// The running mean and population variance of each feature, which standardize a row.
///
/// A row is `(x − mean) / √variance`, 0 where the variance is.
///
/// - Source: Welford (1962), Note on a method for calculating corrected sums of squares and products,
///   doi:10.1080/00401706.1962.10490022, in the conventions of river's `StandardScaler`.
struct RunningMoments: Sendable, Codable, Equatable {
  private(set) var count = 0
  private(set) var means: [Double]
  private(set) var variances: [Double]
  private var inverses: [Double]

  init(features: Int) {
    means = Array(repeating: 0, count: features)
    (variances, inverses) = (means, means)
  }

  /// Writes the row as these moments standardize it.
  func standardize(_ row: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>) {
    means.withUnsafeBufferPointer { means in
      inverses.withUnsafeBufferPointer { inverses in
        for j in row.indices { result[j] = (row[j] - means[j]) * inverses[j] }
      }
    }
  }

  /// Writes the row as it is standardized once it is taken in, which only `commit` does.
  ///
  /// - Parameter memory: three times the row's length: the result, then what `commit` takes over.
  func standardizeAfterwards(_ row: UnsafeBufferPointer<Double>, into memory: UnsafeMutableBufferPointer<Double>) {
    let d = row.count, share = 1 / Double(count + 1)
    means.withUnsafeBufferPointer { means in
      variances.withUnsafeBufferPointer { variances in
        for j in 0..<d {
          let before = row[j] - means[j], mean = means[j] + before * share
          let variance = variances[j] + (before * (row[j] - mean) - variances[j]) * share
          memory[d + j] = mean
          memory[2 * d + j] = variance
          memory[j] = variance > 0 ? (row[j] - mean) / variance.squareRoot() : 0
        }
      }
    }
  }

  /// Takes in the row of which `standardizeAfterwards` has written the moments.
  mutating func commit(_ memory: UnsafeBufferPointer<Double>) {
    let d = means.count
    count += 1
    for j in 0..<d {
      means[j] = memory[d + j]
      variances[j] = memory[2 * d + j]
      inverses[j] = variances[j] > 0 ? 1 / variances[j].squareRoot() : 0
    }
  }
}
