public import AttuneCore

/// Linear models in closed form, with an intercept unless asked otherwise, which is never penalized.
///
/// Features and targets are centered in Double, `x ← x − x̄`, `y ← y − ȳ`; the weights are fitted without intercept, and
/// `intercept = ȳ − x̄·w`.
public enum LeastSquares {
  /// What happens where features depend on each other, or rows are too few, so that many weights fit equally well.
  public enum Dependence: Sendable, Equatable {
    /// Of those weights the ones of least norm are returned, with the rank and a warning in the solution.
    case leastNorm
    /// An error names the dependent features.
    case refused
  }

  /// Distance from the others, relative to its size, at which a feature is dependent: as much is rounding in float32.
  static let dependence = Double(Float.ulpOfOne)

  /// Ordinary least squares: minimizes `Σ (y − x·w − b)²`, by a QR factorization of the centered features, and by
  /// singular values where they depend on each other.
  ///
  /// ## Shapes
  /// - features: `[n, d]`, n ≥ 1; targets: `[n, targets]`
  ///
  /// - Parameters:
  ///   - dependence: what happens where the weights are not unique; read `LinearSolution.warnings`.
  ///   - intercept: whether the model has one; without, nothing is centered and intercepts are 0.
  /// - Throws: `FactorizationError` if a value is NaN or infinite, and with `.refused` if features depend on each other
  ///   (a constant one does, on the intercept) or there are not more rows than features; `ShapeError` if the numbers of
  ///   rows differ or are zero.
  /// - Complexity: O(n·d²).
  /// - Source: Golub, Van Loan (2013), Matrix Computations, fourth edition, sections 5.3 and 5.5.
  /// - Note: Differs from scikit-learn's `LinearRegression`, which gives the same weights of least norm, in what counts
  ///   as dependent: a feature whose distance from the others is 1.2e-7 of its size or less, whatever its unit, because
  ///   that much is rounding in float32.
  public static func ordinary(
    features: Matrix, targets: Matrix, dependence: Dependence = .leastNorm, intercept: Bool = true
  ) throws -> LinearSolution {
    let problem = try CenteredProblem(features: features, targets: targets, intercept: intercept)
    let needed = features.columns + (intercept ? 1 : 0)
    guard features.rows >= needed else {
      guard dependence == .leastNorm else {
        throw FactorizationError.tooFewRows(rows: features.rows, needed: needed)
      }
      return try leastNorm(problem, dependentFeatures: [])
    }
    do {
      let factors = try QR(problem.features, tolerance: Self.dependence)
      return problem.solution(weights: try factors.leastSquares(problem.targets), rank: features.columns)
    } catch FactorizationError.rankDeficient(_, _, let dependent) where dependence == .leastNorm {
      return try leastNorm(problem, dependentFeatures: dependent)
    }
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
    let right = problem.features.transposedProduct(with: problem.targets)
    let weights = try CenteredProblem.factor(problem.penalizedGram(l2: l2)).solve(right)
    return problem.solution(weights: weights, rank: features.columns)
  }

  /// The weights of least norm.
  ///
  /// Columns of length 1, `X = Z·D`, make the rank independent of units: `Z ≈ U·Σ·Vᵀ` with `r` singular values. Then
  /// `w` is the shortest solution of `Vᵀ·D·w = Σ⁻¹·Uᵀ·y`, of which no row is dropped again.
  private static func leastNorm(_ problem: CenteredProblem, dependentFeatures: [Int]) throws -> LinearSolution {
    let x = problem.features, d = x.columns
    OperationCounter.add(3 * x.elements.count)
    let lengths = (0..<d).map { j in
      let length = (0..<x.rows).reduce(0) { $0 + x[$1, j] * x[$1, j] }.squareRoot()
      return length > 0 ? length : 1
    }
    let scaled = DoubleMatrix(
      rows: x.rows, columns: d, x.elements.indices.map { x.elements[$0] / lengths[$0 % d] })
    let factors = try SVD(scaled)
    let rank = factors.rank(tolerance: dependence)
    let projected = factors.left.transposedProduct(with: problem.targets)  // [min(n, d), targets]
    let coordinates = DoubleMatrix(
      (0..<rank).map { i in (0..<projected.columns).map { projected[i, $0] / factors.singularValues[i] } })
    guard rank > 0 else {
      let zeros = DoubleMatrix(rows: d, columns: problem.targets.columns)
      return problem.solution(weights: zeros, rank: 0, dependentFeatures: dependentFeatures)
    }
    let constraints = DoubleMatrix(
      (0..<rank).map { i in (0..<d).map { factors.rightTransposed[i, $0] * lengths[$0] } })
    let weights = try SVD(constraints).leastSquares(coordinates, tolerance: 0)
    return problem.solution(weights: weights, rank: rank, dependentFeatures: dependentFeatures)
  }
}
