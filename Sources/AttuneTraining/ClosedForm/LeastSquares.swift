public import AttuneCore

/// Linear models in closed form, always with an intercept, which is never penalized.
///
/// Features and targets are centered in Double, `x ← x − x̄`, `y ← y − ȳ`; the weights are fitted without intercept, and
/// `intercept = ȳ − x̄·w`.
public enum LeastSquares {
  /// Ordinary least squares: minimizes `Σ (y − x·w − b)²`, by a QR factorization of the centered features.
  ///
  /// ## Shapes
  /// - features: `[n, d]`, n > d; targets: `[n, targets]`
  ///
  /// - Throws: `FactorizationError` if features depend on each other (a constant one does, on the intercept), if there
  ///   are not more rows than features, or if a value is NaN or infinite; `ShapeError` if the numbers of rows differ or
  ///   are zero.
  /// - Complexity: O(n·d²).
  /// - Source: Golub, Van Loan (2013), Matrix Computations, fourth edition, section 5.3.
  /// - Note: Differs from scikit-learn's `LinearRegression`: dependent features are an error, not a solution of least
  ///   norm. A feature whose distance from the others is 1.2e-7 of its size or less counts as dependent, because that
  ///   much is rounding in float32.
  public static func ordinary(features: Matrix, targets: Matrix) throws -> LinearSolution {
    let problem = try CenteredProblem(features: features, targets: targets)
    guard features.rows > features.columns else {
      throw FactorizationError.tooFewRows(rows: features.rows, needed: features.columns + 1)
    }
    let factors = try QR(problem.features, tolerance: Double(Float.ulpOfOne))
    return problem.solution(weights: try factors.leastSquares(problem.targets))
  }

  /// Ridge regression: minimizes `Σ (y − x·w − b)² + l2·‖w‖²`, by a Cholesky factorization of `XᵀX + l2·I`.
  ///
  /// ## Shapes
  /// - features: `[n, d]`, n ≥ 1; targets: `[n, targets]`
  ///
  /// - Parameter l2: strength of the penalty, at least 0; at 0 this is `ordinary`. It is not divided by the number of
  ///   rows, and features are not scaled.
  /// - Throws: `HyperparameterError` if `l2` is negative or not finite; `FactorizationError` if a value is NaN or
  ///   infinite, or `l2` is too small against rounding to make dependent features solvable; `ShapeError` if the numbers
  ///   of rows differ or are zero.
  /// - Complexity: O(n·d² + d³).
  /// - Source: Hoerl, Kennard (1970), Ridge Regression: Biased Estimation for Nonorthogonal Problems,
  ///   doi:10.1080/00401706.1970.10488634, eq. (2.1); the penalty is scaled as in scikit-learn's `Ridge`.
  public static func ridge(features: Matrix, targets: Matrix, l2: Double) throws -> LinearSolution {
    try HyperparameterCheck(method: "ridge").isNotNegative(l2, "l2")
    guard l2 > 0 else { return try ordinary(features: features, targets: targets) }
    let problem = try CenteredProblem(features: features, targets: targets)
    var normal = problem.features.gram
    for j in 0..<normal.columns { normal[j, j] += l2 }
    let right = problem.features.transposedProduct(with: problem.targets)
    return problem.solution(weights: try Cholesky(normal).solve(right))
  }
}

/// Features and targets in Double without their column means.
private struct CenteredProblem {
  let features: DoubleMatrix
  let targets: DoubleMatrix
  private let featureMeans: [Double]
  private let targetMeans: [Double]

  init(features: Matrix, targets: Matrix) throws {
    guard features.rows == targets.rows, features.rows > 0 else {
      throw ShapeError(
        operation: "least squares", expected: "as many rows of targets as of features, at least one",
        found: "features \(features.shape), targets \(targets.shape)")
    }
    guard features.isFinite else {
      throw FactorizationError.notFinite(operation: "least squares", argument: "features")
    }
    guard targets.isFinite else {
      throw FactorizationError.notFinite(operation: "least squares", argument: "targets")
    }
    let (x, y) = (DoubleMatrix(features), DoubleMatrix(targets))
    featureMeans = x.columnMeans
    targetMeans = y.columnMeans
    self.features = x.subtractingRow(featureMeans)
    self.targets = y.subtractingRow(targetMeans)
  }

  /// Adds the intercepts to weights `[features, targets]`.
  func solution(weights: DoubleMatrix) -> LinearSolution {
    let perTarget = (0..<weights.columns).map { target in (0..<weights.rows).map { weights[$0, target] } }
    let intercepts = zip(targetMeans, perTarget).map { mean, weights in
      mean - zip(featureMeans, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return LinearSolution(weights: perTarget, intercepts: intercepts)
  }
}
