internal import AttuneCore
internal import Foundation

/// The objective of logistic regression on standardized features, divided by `c`: `Σ loss + ½·l2·‖w‖²`.
///
/// Parameters are `[lists, d + 1]`, the intercept last; a weight `v` of a standardized feature is `w·σ`, so that its
/// penalty is `l2/σ²`.
struct LogisticProblem {
  /// Lists of weights: 1 for two classes, else one a class.
  let lists: Int
  private let labels: [Int]
  private let design: DoubleMatrix  // [n, d + 1], standardized, with a column of ones
  private let means: [Double]
  private let deviations: [Double]
  private let penalties: [Double]  // d + 1, the intercept's is 0

  /// Objective and derivatives at some parameters.
  struct State {
    let objective: Double
    let logits: DoubleMatrix  // [n, lists]
    let probabilities: DoubleMatrix  // [n, lists]
    let gradient: DoubleMatrix  // [lists, d + 1]
  }

  init(features: Matrix, labels: [Int], classes: Int, l2: Double) {
    lists = classes == 2 ? 1 : classes
    self.labels = labels
    let raw = DoubleMatrix(features), (n, d) = (features.rows, features.columns)
    let means = raw.columnMeans
    let centered = raw.subtractingRow(means)
    OperationCounter.add(3 * n * d)
    let deviations = (0..<d).map { j in
      let variance = (0..<n).reduce(0) { $0 + centered[$1, j] * centered[$1, j] } / Double(n)
      return variance > 0 ? variance.squareRoot() : 1
    }
    design = DoubleMatrix(
      rows: n, columns: d + 1, (0..<n).flatMap { i in (0..<d).map { centered[i, $0] / deviations[$0] } + [1] })
    penalties = deviations.map { l2 / ($0 * $0) } + [0]
    (self.means, self.deviations) = (means, deviations)
  }

  /// Objective, probabilities and gradient.
  func state(at parameters: DoubleMatrix) -> State {
    let logits = design * parameters.transposed
    var probabilities = logits, residuals = logits
    var loss = 0.0
    OperationCounter.add(8 * logits.elements.count)
    for (i, label) in labels.enumerated() {
      if lists == 1 {
        let z = logits[i, 0]
        let small = exp(-abs(z))  // e^−|z|, which cannot overflow
        loss += max(label == 1 ? -z : z, 0) + log1p(small)
        probabilities[i, 0] = (z >= 0 ? 1 : small) / (1 + small)
        // 1 − p without cancellation.
        residuals[i, 0] = label == 0 ? probabilities[i, 0] : -(z >= 0 ? small : 1) / (1 + small)
      } else {
        let row = (0..<lists).map { logits[i, $0] }
        let largest = row.max() ?? 0
        let powers = row.map { exp($0 - largest) }
        let sum = powers.reduce(0, +)
        loss += log(sum) + largest - row[label]
        for c in 0..<lists {
          probabilities[i, c] = powers[c] / sum
          residuals[i, c] = probabilities[i, c] - (c == label ? 1 : 0)
        }
      }
    }
    var gradient = residuals.transposedProduct(with: design)  // [lists, d + 1]
    for a in 0..<lists {
      for j in 0..<design.columns {
        gradient[a, j] += penalties[j] * parameters[a, j]
        loss += 0.5 * penalties[j] * parameters[a, j] * parameters[a, j]
      }
    }
    return State(objective: loss, logits: logits, probabilities: probabilities, gradient: gradient)
  }

  /// `−H⁻¹·gradient`, `[lists, d + 1]`.
  ///
  /// Softmax does not change when all lists shift by the same, which leaves the intercepts, and with a weak penalty the
  /// weights, a direction without curvature. As the lists sum to zero from the start, the gradient has no part in that
  /// direction: curvature is added there, and does not change the step.
  func newtonStep(at state: State) throws -> DoubleMatrix {
    let (n, width) = (design.rows, design.columns)
    var hessian = DoubleMatrix(rows: lists * width, columns: lists * width)
    for a in 0..<lists {
      for b in 0...a {
        let weights = (0..<n).map { i in
          let p = state.probabilities[i, a]
          return a == b ? p * (1 - p) : -p * state.probabilities[i, b]
        }
        let block = design.weightedGram(weights)
        for i in 0..<width {
          for j in 0..<width { hessian[a * width + i, b * width + j] = block[i, j] }
          if a == b { hessian[a * width + i, b * width + i] += penalties[i] }
          if lists > 1 { hessian[a * width + i, b * width + i] += Double(n) }
        }
      }
    }
    let right = DoubleMatrix(rows: lists * width, columns: 1, state.gradient.elements.map { -$0 })
    let step = try Cholesky(hessian).solve(right)
    return DoubleMatrix(rows: lists, columns: width, step.elements)
  }

  /// The first of the steps 1, ½, ¼, … that decreases the objective enough; nil if none does.
  ///
  /// Enough is 10⁻⁴ of what the slope promises, or at the end, where rounding hides the decrease, not to increase it by
  /// more than rounding does.
  func lineSearch(
    from parameters: DoubleMatrix, _ state: State, along step: DoubleMatrix
  ) -> (parameters: DoubleMatrix, state: State)? {
    let slope = zip(state.gradient.elements, step.elements).reduce(0) { $0 + $1.0 * $1.1 }
    let rounding = 1e-14 * (abs(state.objective) + 1)
    var length = 1.0
    while length > 1e-10 {
      let moved = DoubleMatrix(
        rows: lists, columns: design.columns, zip(parameters.elements, step.elements).map { $0 + length * $1 })
      let next = self.state(at: moved)
      if next.objective <= state.objective + 1e-4 * length * slope + rounding { return (moved, next) }
      length /= 2
    }
    return nil
  }

  /// Whether every row's own class has the largest logit.
  func isSeparated(by state: State) -> Bool {
    labels.indices.allSatisfy { i in
      let label = labels[i]
      guard lists > 1 else { return label == 1 ? state.logits[i, 0] > 0 : state.logits[i, 0] < 0 }
      return (0..<lists).allSatisfy { $0 == label || state.logits[i, $0] < state.logits[i, label] }
    }
  }

  /// The parameters after a last step, which near the solution squares the error, in the units of the features.
  func solution(_ parameters: DoubleMatrix, iterations: Int, gradient: Double, last step: DoubleMatrix)
    -> LogisticSolution
  {
    let d = deviations.count
    let weights = (0..<lists).map { list in
      (0..<d).map { (parameters[list, $0] + step[list, $0]) / deviations[$0] }
    }
    let intercepts = (0..<lists).map { list in
      parameters[list, d] + step[list, d] - zip(weights[list], means).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return LogisticSolution(
      classes: lists == 1 ? 2 : lists, linear: LinearSolution(weights: weights, intercepts: intercepts),
      iterations: iterations + 1, gradient: gradient)
  }
}
