internal import AttuneCore
internal import Foundation

/// Information and answers under classes that are Gaussians of one covariance (linear discriminant analysis).
///
/// The answer is `ln p(y | x_S)`. Given what a row has, an input is a mixture of Gaussians of one variance; its
/// information on the class is at most that of one Gaussian of the mixture's variance, `½ ln(1 + between / within)`,
/// and at most the entropy of the class. The smaller of the two bounds is the score.
struct GaussianClasses: AcquisitionPolicy {
  private let means: [[Double]]
  private let logShares: [Double]
  private let start: ConditionedCovariance

  let givesInformation = true

  /// What knowing some inputs does to all others, whatever their values.
  private struct Known {
    var inputs: [Int] = []
    var slopes: [[Double]] = []
    var variances: [Double] = []
    var state: ConditionedCovariance
  }

  /// - Parameter shrinkage: added to each variance, as a share of it.
  init(_ training: LabeledRows, shrinkage: Double) {
    let x = DoubleMatrix(training.inputs), labels = training.targets.rowArgmax
    let d = x.columns, k = training.targets.columns, n = Double(x.rows)
    var sums = Array(repeating: [Double](repeating: 0, count: d), count: k), counts = [Double](repeating: 0, count: k)
    for (row, label) in labels.enumerated() {
      counts[label] += 1
      for j in 0..<d { sums[label][j] += x[row, j] }
    }
    // A class without rows lies at the middle of all: nothing speaks for or against it but its share.
    let middle = (0..<d).map { j in sums.reduce(0) { $0 + $1[j] } / n }
    let means = sums.enumerated().map { label, sum in
      counts[label] > 0 ? sum.map { $0 / counts[label] } : middle
    }
    var centered = x
    for (row, label) in labels.enumerated() { for j in 0..<d { centered[row, j] -= means[label][j] } }
    var covariance = DoubleMatrix(rows: d, columns: d, centered.gram.elements.map { $0 / n })
    for j in 0..<d {
      // An input that the class determines varies within no class, and tells everything: it is given a little variance.
      let between = means.enumerated().reduce(0) { sum, mean in
        let distance = mean.element[j] - middle[j]
        return sum + counts[mean.offset] / n * distance * distance
      }
      covariance[j, j] = max(covariance[j, j] * (1 + shrinkage), 1e-6 * between)
    }
    self.means = means
    logShares = counts.map { log(($0 + 1 / Double(k)) / (n + 1)) }
    start = ConditionedCovariance(covariance, inputs: d)
  }

  func answers(_ rows: MaskedRows) throws -> Matrix {
    var found: [[Float]: Known] = [:]
    return Matrix(rows: rows.mask.rows, columns: logShares.count) { out in
      for row in 0..<rows.mask.rows {
        let logs = posterior(rows, row, known(rows.mask.row(row), &found)).logs
        for (label, value) in logs.enumerated() { out[row * logs.count + label] = Float(value) }
      }
    }
  }

  func scores(_ rows: MaskedRows, answering: Bool) throws -> (scores: Matrix, answers: Matrix?) {
    var found: [[Float]: Known] = [:], answers = Matrix(rows: rows.mask.rows, columns: logShares.count)
    let d = rows.mask.columns
    let scores = Matrix(rows: rows.mask.rows, columns: d) { out in
      for row in 0..<rows.mask.rows {
        let known = known(rows.mask.row(row), &found), (logs, expected) = posterior(rows, row, known)
        for (label, value) in logs.enumerated() { answers[row, label] = Float(value) }
        let shares = logs.map { exp($0) }, entropy = -zip(shares, logs).reduce(0) { $0 + $1.0 * $1.1 }
        OperationCounter.add(5 * d * shares.count)
        for j in 0..<d {
          let information = known.state.varies(j) ? min(entropy, spread(expected, shares, j, known.state)) : 0
          out[row * d + j] = information > 1e-9 ? Float(information) : -1
        }
      }
    }
    return (scores, answers)
  }

  private func spread(_ expected: [[Double]], _ shares: [Double], _ j: Int, _ state: ConditionedCovariance) -> Double {
    let mean = zip(shares, expected).reduce(0) { $0 + $1.0 * $1.1[j] }
    let between = zip(shares, expected).reduce(0) { $0 + $1.0 * ($1.1[j] - mean) * ($1.1[j] - mean) }
    return 0.5 * log(1 + between / state.covariance[j, j])
  }

  private func known(_ mask: [Float], _ found: inout [[Float]: Known]) -> Known {
    if let known = found[mask] { return known }
    var known = Known(state: start)
    for input in mask.indices where mask[input] > 0 && known.state.varies(input) {
      known.inputs.append(input)
      known.slopes.append(known.state.slopes(input))
      known.variances.append(known.state.covariance[input, input])
      known.state.condition(on: input)
    }
    found[mask] = known
    return known
  }

  /// Logarithms of the class probabilities of a row, and the expectations of its inputs in each class.
  private func posterior(_ rows: MaskedRows, _ row: Int, _ known: Known) -> (logs: [Double], expected: [[Double]]) {
    var logs = logShares, expected = means
    OperationCounter.add(3 * known.inputs.count * logs.count * rows.mask.columns)
    for (step, input) in known.inputs.enumerated() {
      for label in logs.indices {
        let surprise = Double(rows.known[row, input]) - expected[label][input]
        logs[label] -= 0.5 * surprise * surprise / known.variances[step]
        for j in expected[label].indices { expected[label][j] += known.slopes[step][j] * surprise }
      }
    }
    let highest = logs.max() ?? 0
    let sum = highest + log(logs.reduce(0) { $0 + exp($1 - highest) })
    return (logs.map { max($0 - sum, -700) }, expected)
  }
}
