import AttuneCore
import CKernels

extension KernelCase {
  static let normalization: [KernelCase] = [
    KernelCase("attune_column_moments") { r, c, g in
      guard r > 0 else { return [] }  // the mean of nothing is not defined; Matrix refuses it
      let x = g.vector(r * c)
      var variance: [Double] = []
      let mean = output(c) { mean in variance = output(c) { attune_column_moments(r, c, x, mean, $0) } }
      let columns = (0..<c).map { j in (0..<r).map { Double(x[$0 * c + j]) } }
      let means = columns.map { column in Twin(sumOf: column.map { $0 / Double(r) }) }
      let variances = zip(columns, means).map { column, mean in
        let squares = column.map { ($0 - mean.value) * ($0 - mean.value) / Double(r) }
        // The mean that the kernel subtracts is rounded to Float.
        return Twin(squares.reduce(0, +), scale: squares.reduce(0, +) + mean.scale * mean.scale)
      }
      return [
        Comparison("mean", mean, means, roundings: roundings(ofSum: r)),
        Comparison("variance", variance, variances, roundings: roundings(ofSum: r)),
      ]
    },
    KernelCase("attune_inverse_deviation") { r, c, g in
      let variance = g.vector(r * c).map { $0 * $0 }, epsilon: Float = 1e-5
      let found = output(r * c) { attune_inverse_deviation(r * c, variance, epsilon, $0) }
      let expected = variance.map { Twin(1 / (Double($0) + Double(epsilon)).squareRoot()) }
      return [Comparison("inverse", found, expected, roundings: 4)]
    },
    KernelCase("attune_normalize") { r, c, g in
      let x = g.vector(r * c), m = g.vector(c), i = g.vector(c), gamma = g.vector(c), beta = g.vector(c)
      let found = output(r * c) { attune_normalize(r, c, x, m, i, gamma, beta, $0) }
      let expected = twins(r, c) { _, j, k in
        let factor: Double = Double(i[j]) * Double(gamma[j])
        let terms: [Double] = [Double(x[k]) * factor, -Double(m[j]) * factor, Double(beta[j])]
        return Twin(sumOf: terms)
      }
      return [Comparison("y", found, expected, roundings: 5)]
    },
    KernelCase("attune_normalize_backward_affine") { r, c, g in
      let x = g.vector(r * c), m = g.vector(c), i = g.vector(c), dy = g.vector(r * c)
      var dbeta: [Double] = []
      let dgamma = output(c) { dgamma in
        dbeta = output(c) { attune_normalize_backward_affine(r, c, x, m, i, dy, dgamma, $0) }
      }
      let (xs, ms, slopes) = (x.map(Double.init), m.map(Double.init), dy.map(Double.init))
      var gammas: [Twin] = [], betas: [Twin] = []
      for j in 0..<c {
        let column: [Int] = (0..<r).map { $0 * c + j }
        let inverse = Double(i[j]), mean = ms[j]
        gammas.append(Twin(sumOf: column.map { k -> Double in slopes[k] * (xs[k] - mean) * inverse }))
        betas.append(Twin(sumOf: column.map { slopes[$0] }))
      }
      return [
        Comparison("dgamma", dgamma, gammas, roundings: 2 * roundings(ofSum: r)),
        Comparison("dbeta", dbeta, betas, roundings: roundings(ofSum: r)),
      ]
    },
    KernelCase("attune_normalize_backward_input") { r, c, g in
      let x = g.vector(r * c), m = g.vector(c), i = g.vector(c), gamma = g.vector(c), dgamma = g.vector(c)
      let dbeta = g.vector(c), dy = g.vector(r * c), weight: Float = 0.3, correction: Float = 1.25
      let found = output(r * c) {
        attune_normalize_backward_input(r, c, x, m, i, gamma, dgamma, dbeta, weight, correction, dy, $0)
      }
      let expected = twins(r, c) { _, j, k in
        let scale: Double = Double(gamma[j]) * Double(i[j]), share: Double = Double(weight) / Double(r)
        let variance: Double = share * Double(correction) * Double(i[j]) * Double(dgamma[j])
        let fromMean: Double = -scale * share * Double(dbeta[j])
        let terms: [Double] = [
          scale * Double(dy[k]), fromMean, -scale * variance * Double(x[k]), scale * variance * Double(m[j]),
        ]
        return Twin(sumOf: terms)
      }
      return [Comparison("dx", found, expected, roundings: 8)]
    },
  ]
}
