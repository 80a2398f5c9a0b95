import AttuneCore
import CKernels
import Testing

extension KernelCase {
  static let leastSquares = [
    // The recursion on P itself, a few rows of it, with two outputs and a 1 after each row.
    KernelCase("attune_least_squares_step") { r, c, g in
      let features = min(c, 30), d = features + 1, stride = (d + 7) / 8 * 8, rows = min(r, 6)
      var factors = [Double](repeating: 0, count: stride * stride), diagonal = [Double](repeating: 0, count: stride)
      for j in 0..<d { (factors[j * stride + j], diagonal[j]) = (1, 2) }
      var weights = [Double](repeating: 0, count: 2 * stride), errors = [0.0, 0.0]
      var work = [Double](repeating: 0, count: 6 * stride), floored = 0
      var covariance = (0..<d * d).map { $0 / d == $0 % d ? 2.0 : 0 }
      var twin = [Double](repeating: 0, count: 2 * d), comparisons: [Comparison] = []
      for _ in 0..<rows {
        let x = g.vector(features).map(Double.init), y = g.vector(2).map(Double.init), row = x + [1]
        var rule = attune_least_squares_rule(noise: 0.5, decay: 0.9, floor: 1e-250), total = 0.0
        let (_, operations) = counting({ 3 * d * d + d * 16 }) {
          total = attune_least_squares_step(
            d, features, x, 2, y, &rule, &factors, &diagonal, &weights, &errors, &work, &floored)
        }
        comparisons.append(operations)
        let projected = (0..<d).map { i in (0..<d).reduce(0) { $0 + covariance[i * d + $1] * row[$1] } }
        let denominator = 0.5 + zip(row, projected).reduce(0) { $0 + $1.0 * $1.1 }
        comparisons.append(Comparison("total", [total], [Twin(denominator)], roundings: 1))
        for output in 0..<2 {
          let error = y[output] - (0..<d).reduce(0) { $0 + twin[output * d + $1] * row[$1] }
          for j in 0..<d { twin[output * d + j] += projected[j] / denominator * error }
        }
        for i in 0..<d {
          for j in 0..<d {
            covariance[i * d + j] = (covariance[i * d + j] - projected[i] * projected[j] / denominator) / 0.9
          }
        }
      }
      let product = twins(d, d) { i, j, index in
        Twin(covariance[index], scale: 4)
      }
      let found = (0..<d * d).map { index in
        (0..<d).reduce(0) {
          $0 + factors[$1 * stride + index / d] * diagonal[$1] * factors[$1 * stride + index % d]
        }
      }
      let padding = (0..<d).flatMap { j in (j + 1..<stride).map { factors[j * stride + $0] } }
      return comparisons + [
        Comparison("P", found, product, roundings: 1),
        Comparison(
          "weights", (0..<2 * d).map { weights[$0 / d * stride + $0 % d] }, twin.map { Twin($0, scale: 4) },
          roundings: 1),
        Comparison("below the diagonal", padding, padding.map { _ in Twin(0) }, roundings: 0),
        Comparison("floored", [Double(floored)], [Twin(0)], roundings: 0),
      ]
    }
  ]
}
