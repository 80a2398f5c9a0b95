internal import AttuneCore
internal import Foundation

/// Information and answers under a joint Gaussian of inputs and regression targets.
///
/// `I(y; x_i | x_S) = ½ ln(|Var[y | x_S]| / |Var[y | x_S, x_i]|)`, and the answer is `E[y | x_S]`. Neither the
/// information nor the order of the inputs depends on values: every row acquires the same.
///
/// - Source: Cover, Thomas (2006), Elements of information theory, section 8.4, with Schur complements.
struct LinearInformation: AcquisitionPolicy {
  private let mean: [Double]
  private let start: ConditionedCovariance
  private let inputs: Int

  let givesInformation = true

  /// - Parameters:
  ///   - mean: of inputs and targets.
  ///   - covariance: of inputs and targets.
  init(mean: [Double], covariance: DoubleMatrix, inputs: Int) {
    (self.mean, self.inputs) = (mean, inputs)
    start = ConditionedCovariance(covariance, inputs: inputs)
  }

  func answers(_ rows: MaskedRows) throws -> Matrix {
    let targets = mean.count - inputs
    var found: [[Float]: [[Double]]] = [:]
    return Matrix(rows: rows.mask.rows, columns: targets) { out in
      for row in 0..<rows.mask.rows {
        let mask = rows.mask.row(row), slopes = found[mask] ?? slopes(mask)
        found[mask] = slopes
        // Each input in turn corrects the expectation of all that follow it.
        var expected = mean
        OperationCounter.add(2 * slopes.count * mean.count)
        for (input, slope) in zip(known(mask), slopes) {
          let surprise = Double(rows.known[row, input]) - expected[input]
          for place in expected.indices { expected[place] += slope[place] * surprise }
        }
        for target in 0..<targets { out[row * targets + target] = Float(expected[inputs + target]) }
      }
    }
  }

  private func known(_ mask: [Float]) -> [Int] { mask.indices.filter { mask[$0] > 0 } }

  private func slopes(_ mask: [Float]) -> [[Double]] {
    var state = start
    return known(mask).map { input in
      guard state.varies(input) else { return [Double](repeating: 0, count: mean.count) }
      defer { state.condition(on: input) }
      return state.slopes(input)
    }
  }

  func scores(_ rows: MaskedRows, answering: Bool) throws -> (scores: Matrix, answers: Matrix?) {
    var found: [[Float]: [Double]] = [:]
    let scores = Matrix(rows: rows.mask.rows, columns: inputs) { out in
      for row in 0..<rows.mask.rows {
        let mask = rows.mask.row(row), information = found[mask] ?? information(known(mask))
        found[mask] = information
        for input in 0..<inputs {
          out[row * inputs + input] = information[input] > 1e-9 ? Float(information[input]) : -1
        }
      }
    }
    return (scores, answering ? try answers(rows) : nil)
  }

  /// `I(y; x_i | x_S)` of every input, in nats; 0 for one that is known or does not vary.
  func information(_ known: [Int]) -> [Double] {
    var state = start
    for input in known { state.condition(on: input) }
    let before = logDeterminant(state)
    return (0..<inputs).map { input in
      guard !known.contains(input), state.varies(input) else { return 0 }
      var after = state
      after.condition(on: input)
      return max(0, 0.5 * (before - logDeterminant(after)))
    }
  }

  /// ln |Var[y]|, by Schur complements; variances below 1e-12 of the first ones count as that.
  private func logDeterminant(_ state: ConditionedCovariance) -> Double {
    let m = mean.count
    var block = DoubleMatrix(
      rows: m - inputs, columns: m - inputs,
      (inputs..<m).flatMap { i in (inputs..<m).map { state.covariance[i, $0] } })
    var sum = 0.0
    for k in 0..<block.rows {
      let floor = max(1e-12 * start.covariance[inputs + k, inputs + k], 1e-300), pivot = max(block[k, k], floor)
      sum += log(pivot)
      for i in k + 1..<max(k + 1, block.rows) {
        let factor = block[i, k] / pivot
        for j in k..<block.rows { block[i, j] -= factor * block[k, j] }
      }
    }
    return sum
  }
}
