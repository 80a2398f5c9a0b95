public import AttuneCore

/// Ridge regression with the errors it makes on each row when it is fitted to all the others.
public struct LeaveOneOut: Sendable, Equatable {
  /// The model of all rows.
  public let solution: LinearSolution
  /// The penalty.
  public let l2: Double
  /// `y − prediction` of each row by the model of the other rows; `[n, targets]`.
  public let residuals: DoubleMatrix
  /// The mean of the squared residuals, over rows and targets: in the square of the targets' unit.
  public let meanSquaredError: Double
}

/// A penalty chosen by leave-one-out error.
public struct RidgeSelection: Sendable, Equatable {
  /// The model of the penalty with the least error.
  public let best: LeaveOneOut
  /// The mean squared leave-one-out error of each penalty, in the order they were given.
  public let errors: [Double]
}

/// A row without which a model is not determined, so that it has no leave-one-out error.
public struct DecisiveRowError: Error, Equatable, CustomStringConvertible {
  /// The row, from 0.
  public let row: Int
  /// The penalty.
  public let l2: Double

  /// An error of a row and a penalty.
  public init(row: Int, l2: Double) {
    self.row = row
    self.l2 = l2
  }

  /// What happened and what to do.
  public var description: String {
    "leave-one-out: without row \(row) (from 0) the weights are not determined at l2 \(l2); "
      + "use a larger l2, or give more rows"
  }
}

extension LeastSquares {
  /// Ridge regression and its leave-one-out errors, all from one Cholesky factorization.
  ///
  /// `residual[i] = (y[i] − ŷ[i]) / (1 − h[i])` with the leverage `h[i] = 1/n + x[i]ᵀ·(XᵀX + l2·I)⁻¹·x[i]` of centered
  /// rows; `1/n` is the share of the intercept, which each of the n models fits anew. This is exact.
  ///
  /// ## Shapes
  /// - features: `[n, d]`, n ≥ 2; targets: `[n, targets]`
  ///
  /// - Parameter l2: strength of the penalty as in `ridge`, at least 0; at 0 features must be independent.
  /// - Throws: `HyperparameterError`, `FactorizationError` and `ShapeError` as `ridge`; `DecisiveRowError` if the model
  ///   without a row is not determined.
  /// - Complexity: O(n·d² + d³), where fitting n times would take n times as long.
  /// - Source: Hastie, Tibshirani, Friedman (2009), The Elements of Statistical Learning, second edition,
  ///   doi:10.1007/978-0-387-84858-7, eq. (7.64).
  public static func leaveOneOut(features: Matrix, targets: Matrix, l2: Double) throws -> LeaveOneOut {
    try HyperparameterCheck(method: "leave-one-out").isNotNegative(l2, "l2")
    let problem = try CenteredProblem(features: features, targets: targets)
    return try leaveOneOut(problem, normal: problem.features.gram, l2: l2)
  }

  /// Ridge regression with the penalty of a grid that has the least leave-one-out error; of equals, the first.
  ///
  /// - Parameters:
  ///   - features: `[n, d]`, n ≥ 2.
  ///   - targets: `[n, targets]`; they share one penalty, and their squared errors count as they are.
  ///   - candidates: penalties, at least one.
  /// - Throws: `HyperparameterError` if there is no candidate or one is negative or not finite; otherwise as
  ///   `leaveOneOut`.
  /// - Complexity: O(n·d² + d³) for each candidate; the products `XᵀX` are formed once.
  public static func ridge(
    features: Matrix, targets: Matrix, choosingFrom candidates: [Double]
  ) throws -> RidgeSelection {
    guard !candidates.isEmpty else {
      throw HyperparameterError(
        method: "ridge", problem: "there is no l2 to choose from", advice: "give at least one candidate")
    }
    for l2 in candidates { try HyperparameterCheck(method: "ridge").isNotNegative(l2, "l2") }
    let problem = try CenteredProblem(features: features, targets: targets)
    let normal = problem.features.gram
    let fits = try candidates.map { try leaveOneOut(problem, normal: normal, l2: $0) }
    var best = fits[0]
    for fit in fits where fit.meanSquaredError < best.meanSquaredError { best = fit }
    return RidgeSelection(best: best, errors: fits.map(\.meanSquaredError))
  }

  private static func leaveOneOut(_ problem: CenteredProblem, normal: DoubleMatrix, l2: Double) throws -> LeaveOneOut {
    var penalized = normal
    for j in 0..<penalized.columns { penalized[j, j] += l2 }
    let factor = try CenteredProblem.factor(penalized)
    let weights = try factor.solve(problem.features.transposedProduct(with: problem.targets))
    let (n, k) = (problem.targets.rows, problem.targets.columns)
    let share = 1 / Double(n)
    let freedom = factor.inverseQuadraticForms(of: problem.features).map { 1 - share - $0 }
    // Rounding of the leverage, which is at most 1: below this nothing is left of the difference.
    if let row = freedom.firstIndex(where: { $0 < 1e-10 }) { throw DecisiveRowError(row: row, l2: l2) }
    var residuals = problem.residuals(weights: weights)
    OperationCounter.add(3 * n * k + 2 * n)
    for i in 0..<n {
      for t in 0..<k { residuals[i, t] /= freedom[i] }
    }
    let total = residuals.elements.reduce(0) { $0 + $1 * $1 }
    return LeaveOneOut(
      solution: problem.solution(weights: weights, rank: normal.columns), l2: l2, residuals: residuals,
      meanSquaredError: total / Double(max(1, n * k)))
  }
}
