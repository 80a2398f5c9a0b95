public import AttuneCore

/// What ordinary least squares says about its own weights, under independent noise of one variance a target.
public struct OrdinaryInference: Sendable, Equatable {
  /// The weights and intercepts.
  public let solution: LinearSolution
  /// For each target, the standard error of each weight, in the unit of the weight.
  public let weightErrors: [[Double]]
  /// For each target, the standard error of the intercept.
  public let interceptErrors: [Double]
  /// For each target, the unbiased estimate of the variance of the noise, `σ²`.
  public let noiseVariances: [Double]
  /// For each target, the share of its variance on these rows that the model explains; nil for a constant target.
  public let rSquared: [Double?]
  /// Rows minus features minus 1.
  public let degreesOfFreedom: Int
}

extension LeastSquares {
  /// Ordinary least squares with standard errors and R².
  ///
  /// `σ² = Σ (y − ŷ)² / (n − d − 1)`. The standard error of weight `j` is `(σ²·C[j, j])^½` with `C = (XᵀX)⁻¹` of the
  /// centered features, and that of the intercept `(σ²·(1/n + x̄ᵀ·C·x̄))^½`: together the diagonal of `σ²·(X̃ᵀX̃)⁻¹`, where
  /// `X̃` has a column of ones. `R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)²`.
  ///
  /// ## Shapes
  /// - features: `[n, d]`, n ≥ d + 2; targets: `[n, targets]`
  ///
  /// - Throws: `FactorizationError` if features depend on each other, rows are too few to estimate the noise, or a value
  ///   is NaN or infinite; `ShapeError` if the numbers of rows differ or are zero.
  /// - Complexity: O(n·d²).
  /// - Source: Hastie, Tibshirani, Friedman (2009), The Elements of Statistical Learning, second edition,
  ///   doi:10.1007/978-0-387-84858-7, eq. (3.8) and (3.10).
  public static func inference(features: Matrix, targets: Matrix) throws -> OrdinaryInference {
    let problem = try CenteredProblem(features: features, targets: targets)
    let (n, d, k) = (features.rows, features.columns, targets.columns)
    let freedom = n - d - 1
    guard freedom > 0 else { throw FactorizationError.tooFewRows(rows: n, needed: d + 2) }
    let factors = try QR(problem.features, tolerance: dependence)
    let weights = try factors.leastSquares(problem.targets)
    let inverse = try factors.inverseGram
    let means = DoubleMatrix([problem.featureMeans])
    let interceptFactor = d == 0 ? 0 : (means * inverse * means.transposed)[0, 0]
    let residuals = problem.residuals(weights: weights)
    OperationCounter.add(4 * n * k + 2 * d * k)
    var variances: [Double] = [], rSquared: [Double?] = []
    for t in 0..<k {
      let left = (0..<n).reduce(0) { $0 + residuals[$1, t] * residuals[$1, t] }
      let all = (0..<n).reduce(0) { $0 + problem.targets[$1, t] * problem.targets[$1, t] }
      variances.append(left / Double(freedom))
      rSquared.append(all > 0 ? 1 - left / all : nil)
    }
    return OrdinaryInference(
      solution: problem.solution(weights: weights, rank: d),
      weightErrors: variances.map { variance in (0..<d).map { (variance * inverse[$0, $0]).squareRoot() } },
      interceptErrors: variances.map { ($0 * (1 / Double(n) + interceptFactor)).squareRoot() },
      noiseVariances: variances, rSquared: rSquared, degreesOfFreedom: freedom)
  }
}
