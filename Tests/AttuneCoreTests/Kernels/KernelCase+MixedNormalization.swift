import AttuneCore
import CKernels

extension KernelCase {
  /// Running statistics alone, a mixture, and the batch's with its unbiased variance.
  private static func mixtures(_ samples: Int) -> [(weight: Float, correction: Float)] {
    [(0, 1), (0.25, 1), (1, samples > 1 ? Float(samples) / Float(samples - 1) : 1), (0.75, 1.5)]
  }

  /// Batch norm with a share of the running statistics; rows are features, columns are samples.
  static let mixedNormalization: [KernelCase] = [
    KernelCase("attune_panels_normalize_mixed") { r, c, g in
      guard c > 0 else { return [] }
      return mixtures(c).flatMap { mixedForward(r, c, $0.weight, $0.correction, &g) }
    },
    KernelCase("attune_panels_normalize_mixed_backward") { r, c, g in
      guard c > 0 else { return [] }
      return mixtures(c).flatMap { mixedBackward(r, c, $0.weight, $0.correction, &g) }
    },
  ]

  private static func mixedForward(
    _ r: Int, _ c: Int, _ weight: Float, _ correction: Float, _ g: inout Philox
  ) -> [Comparison] {
    let x = g.vector(r * c), gamma = g.vector(r), beta = g.vector(r), epsilon: Float = 1e-2
    let runningMean = g.vector(r), runningVariance = g.vector(r).map { abs($0) }
    var found: [[Double]] = []
    let (y, operations) = counting({ weight == 0 ? r * (3 * c + 3) : r * (7 * c + 10) }) {
      output(inPanels(x, r, c).count) { y in
        found = outputs(5, of: r) { s in
          attune_panels_normalize_mixed(
            0, r, r, c, epsilon, weight, correction, inPanels(x, r, c), gamma, beta, runningMean, runningVariance, s[0],
            s[1], s[2], s[3], s[4], y)
        }
      }
    }
    var expected = [[Twin]](repeating: [], count: 5), results: [Twin] = []
    let share = Double(weight), kept = 1 - share
    for i in 0..<r {
      let row = (0..<c).map { Double(x[i * c + $0]) }, source = (Double(runningMean[i]), Double(runningVariance[i]))
      var center = Twin(sumOf: row.map { $0 / Double(c) })
      let spread = row.reduce(0) { $0 + ($1 - center.value) * ($1 - center.value) / Double(c) }
      var squares = Twin(spread, scale: spread + center.scale * center.scale)
      if weight == 0 { (center, squares) = (Twin(source.0), Twin(source.1)) }
      let factor = weight == 0 ? 1 : Double(correction)
      let mean = Twin(
        kept * source.0 + share * center.value, scale: kept * abs(source.0) + share * center.scale)
      let variance = Twin(
        kept * source.1 + share * factor * squares.value, scale: kept * source.1 + share * factor * squares.scale)
      let root = 1 / (variance.value + Double(epsilon)).squareRoot()
      let inverse = Twin(root, scale: root * (1 + variance.scale * root * root))
      for (index, twin) in [center, squares, mean, variance, inverse].enumerated() { expected[index].append(twin) }
      for value in row {
        let terms = [(value - mean.value) * root * Double(gamma[i]), Double(beta[i])]
        let scale = (abs(value) + mean.scale) * inverse.scale * abs(Double(gamma[i])) + abs(terms[1])
        results.append(Twin(terms[0] + terms[1], scale: scale))
      }
    }
    let allowed = roundings(ofSum: c) + 3, names = ["batch mean", "batch variance", "mean", "variance", "inverse"]
    return names.indices.map { Comparison(names[$0], found[$0], expected[$0], roundings: allowed) } + [
      Comparison("y", (0..<r).flatMap { i in (0..<c).map { y[place(i, $0, r)] } }, results, roundings: 2 * allowed),
      operations,
    ]
  }

  private static func mixedBackward(
    _ r: Int, _ c: Int, _ weight: Float, _ correction: Float, _ g: inout Philox
  ) -> [Comparison] {
    let x = g.vector(r * c), m = g.vector(r), batchMean = g.vector(r), inverse = g.vector(r), gamma = g.vector(r)
    let dy = g.vector(r * c)
    var found: [[Double]] = []
    let (dx, operations) = counting({ r * (9 * c + 2) }) {
      output(inPanels(x, r, c).count, from: inPanels(dy, r, c)) { dx in
        found = outputs(2, of: r) { d in
          attune_panels_normalize_mixed_backward(
            0, r, r, c, weight, correction, inPanels(x, r, c), batchMean, m, inverse, gamma, d[0], d[1], dx, dx)
        }
      }
    }
    var gammas: [Twin] = [], betas: [Twin] = [], expected: [Twin] = []
    let share = Double(weight) / Double(c)
    for i in 0..<r {
      let root = Double(inverse[i]), scale = Double(gamma[i]) * root, values = (0..<c).map { Double(x[i * c + $0]) }
      let slopes = (0..<c).map { Double(dy[i * c + $0]) }, center = Double(m[i]), middle = Double(batchMean[i])
      let fromBeta = Twin(sumOf: slopes)
      let product = zip(slopes, values).reduce(0) { $0 + $1.0 * ($1.1 - center) } * root
      let size = zip(slopes, values).reduce(0) { $0 + abs($1.0) * (abs($1.1) + abs(center)) } * abs(root)
      gammas.append(Twin(product, scale: size))
      betas.append(fromBeta)
      let slope = share * Double(correction) * root
      for j in 0..<c {
        let value = slopes[j] - share * fromBeta.value - slope * product * (values[j] - middle)
        let terms = abs(slopes[j]) + share * fromBeta.scale + abs(slope) * size * (abs(values[j]) + abs(middle))
        expected.append(Twin(scale * value, scale: abs(scale) * terms))
      }
    }
    let allowed = 2 * roundings(ofSum: c) + 2
    return [
      Comparison("dgamma", found[0], gammas, roundings: allowed),
      Comparison("dbeta", found[1], betas, roundings: allowed),
      Comparison("dx", (0..<r).flatMap { i in (0..<c).map { dx[place(i, $0, r)] } }, expected, roundings: allowed),
      operations,
    ]
  }

  /// What a kernel writes to several vectors of a length.
  private static func outputs(
    _ number: Int, of count: Int, _ pointers: [UnsafeMutablePointer<Float>] = [],
    _ kernel: ([UnsafeMutablePointer<Float>]) -> Void
  ) -> [[Double]] {
    guard pointers.count < number else {
      kernel(pointers)
      return []
    }
    var others: [[Double]] = []
    let found = output(count) { others = outputs(number, of: count, pointers + [$0], kernel) }
    return [found] + others
  }
}
