import AttuneCore
import CKernels

extension KernelCase {
  /// Rows are features, columns are samples.
  static let panelNormalization: [KernelCase] = [
    KernelCase("attune_panels_normalize") { r, c, g in
      guard c > 0 else { return [] }  // a batch has a sample
      let x = g.vector(r * c), gamma = g.vector(r), beta = g.vector(r), epsilon: Float = 1e-2
      let size = inPanels(x, r, c).count
      var mean: [Double] = [], variance: [Double] = [], inverse: [Double] = []
      let (y, operations) = counting({ r * (7 * c + 3) }) {
        output(size) { y in
          mean = output(r) { mean in
            variance = output(r) { variance in
              inverse = output(r) {
                attune_panels_normalize(
                  0, r, r, c, epsilon, inPanels(x, r, c), gamma, beta, mean, variance, $0, y)
              }
            }
          }
        }
      }
      var means: [Twin] = [], variances: [Twin] = [], inverses: [Twin] = [], outputs: [Twin] = []
      for i in 0..<r {
        let row = (0..<c).map { Double(x[i * c + $0]) }, center = Twin(sumOf: row.map { $0 / Double(c) })
        let squares = row.reduce(0) { $0 + ($1 - center.value) * ($1 - center.value) / Double(c) }
        let root = 1 / (squares + Double(epsilon)).squareRoot()
        means.append(center)
        variances.append(Twin(squares, scale: squares + center.scale * center.scale))
        inverses.append(Twin(root, scale: root * (1 + center.scale * center.scale * root * root)))
        for value in row {
          let terms = [(value - center.value) * root * Double(gamma[i]), Double(beta[i])]
          let scale = (abs(value) + center.scale) * inverses[i].scale * abs(Double(gamma[i])) + abs(terms[1])
          outputs.append(Twin(terms[0] + terms[1], scale: scale))
        }
      }
      let allowed = roundings(ofSum: c)
      return [
        Comparison("mean", mean, means, roundings: allowed),
        Comparison("variance", variance, variances, roundings: allowed),
        Comparison("inverse", inverse, inverses, roundings: allowed),
        Comparison("y", (0..<r).flatMap { i in (0..<c).map { y[place(i, $0, r)] } }, outputs, roundings: 2 * allowed),
        operations,
      ]
    },
    KernelCase("attune_panels_normalize_backward") { r, c, g in
      guard c > 0 else { return [] }
      let x = g.vector(r * c), m = g.vector(r), inverse = g.vector(r), gamma = g.vector(r), dy = g.vector(r * c)
      var gammas: [Double] = [], betas: [Double] = []
      let (dx, operations) = counting({ r * (9 * c + 1) }) {
        output(inPanels(x, r, c).count, from: inPanels(dy, r, c)) { dx in
          gammas = output(r) { dgamma in
            betas = output(r) {
              attune_panels_normalize_backward(0, r, r, c, inPanels(x, r, c), m, inverse, gamma, dgamma, $0, dx, dx)
            }
          }
        }
      }
      var expectedGammas: [Twin] = [], expectedBetas: [Twin] = [], expected: [Twin] = []
      for i in 0..<r {
        let root = Double(inverse[i]), center = Double(m[i]), scale = Double(gamma[i]) * root
        let slopes = (0..<c).map { Double(dy[i * c + $0]) }, deviations = (0..<c).map { Double(x[i * c + $0]) - center }
        let sizes = (0..<c).map { abs(Double(x[i * c + $0])) + abs(center) }
        let fromBeta = Twin(sumOf: slopes), product = zip(slopes, deviations).reduce(0) { $0 + $1.0 * $1.1 } * root
        let size = zip(slopes, sizes).reduce(0) { $0 + abs($1.0) * $1.1 } * abs(root)
        expectedGammas.append(Twin(product, scale: size))
        expectedBetas.append(fromBeta)
        for j in 0..<c {
          let value = slopes[j] - fromBeta.value / Double(c) - root * product * deviations[j] / Double(c)
          let terms = abs(slopes[j]) + fromBeta.scale / Double(c) + abs(root) * size * sizes[j] / Double(c)
          expected.append(Twin(scale * value, scale: abs(scale) * terms))
        }
      }
      let allowed = 2 * roundings(ofSum: c)
      return [
        Comparison("dgamma", gammas, expectedGammas, roundings: allowed),
        Comparison("dbeta", betas, expectedBetas, roundings: allowed),
        Comparison("dx", (0..<r).flatMap { i in (0..<c).map { dx[place(i, $0, r)] } }, expected, roundings: allowed),
        operations,
      ]
    },
    KernelCase("attune_online_regression") { r, c, g in
      let x = g.vector(r * c).map(Double.init), y = g.vector(r).map(Double.init)
      var state = attune_online_state(learning_rate: 0.01, intercept_rate: 0.1, intercept: 0.5, count: 0)
      var mean = [Double](repeating: 0, count: c), variance = mean, inverse = mean, weight = mean
      var found = [Double](repeating: 0, count: r)
      let (_, operations) = counting({ r * (21 * c + 7) }) {
        attune_online_regression(r, c, x, y, &state, &mean, &variance, &inverse, &weight, &found)
      }
      // The moments by their definition, over all rows so far.
      var weights = [Double](repeating: 0, count: c), intercept = 0.5, expected: [Twin] = []
      func standardized(_ row: Int, by rows: Int) -> [Double] {
        (0..<c).map { j in
          let column = (0..<rows).map { x[$0 * c + j] }, center = column.reduce(0, +) / Double(max(1, rows))
          let spread = column.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(max(1, rows))
          return spread > 0 ? (x[row * c + j] - center) / spread.squareRoot() : 0
        }
      }
      for row in 0..<min(r, 20) {
        expected.append(Twin(zip(weights, standardized(row, by: row)).reduce(intercept) { $0 + $1.0 * $1.1 }, scale: 1))
        let z = standardized(row, by: row + 1)
        let slope = 2 * (zip(weights, z).reduce(intercept) { $0 + $1.0 * $1.1 } - y[row])
        intercept -= 0.1 * slope
        for j in 0..<c { weights[j] -= 0.01 * slope * z[j] }
      }
      return [Comparison("predictions", Array(found.prefix(20)), expected, roundings: 1), operations]
    },
  ]
}
