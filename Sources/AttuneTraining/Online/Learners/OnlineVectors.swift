internal import Foundation

/// Sums and functions that the online learners share.
enum OnlineVectors {
  /// Gradients beyond this have squares that no optimizer can keep.
  static let largestGradient = 1e150

  @inline(__always)
  static func product(_ weights: [Double], _ row: UnsafeBufferPointer<Double>) -> Double {
    weights.withUnsafeBufferPointer { weights in
      // Four sums, so that additions need not wait for each other.
      var sums = SIMD4<Double>(), j = 0
      while j + 4 <= row.count {
        let part = SIMD4<Double>(weights[j], weights[j + 1], weights[j + 2], weights[j + 3])
        sums += part * SIMD4<Double>(row[j], row[j + 1], row[j + 2], row[j + 3])
        j += 4
      }
      var sum = sums.sum()
      while j < row.count {
        sum += weights[j] * row[j]
        j += 1
      }
      return sum
    }
  }

  static func squaredLength(_ row: UnsafeBufferPointer<Double>) -> Double { row.reduce(0) { $0 + $1 * $1 } }

  /// `1 / (1 + e^−x)`, exactly 0 and 1 beyond 30 as in river.
  static func sigmoid(_ x: Double) -> Double { x < -30 ? 0 : x > 30 ? 1 : 1 / (1 + exp(-x)) }

  /// Scores of two classes from the logit of the second.
  @inline(__always)
  static func write(logit: Double, into output: UnsafeMutableBufferPointer<Double>) {
    let share = sigmoid(logit)
    (output[0], output[1]) = (1 - share, share)
  }
}
