public import AttuneCore

/// Bayesian linear regression: the distribution of the weights given the data, in closed form.
///
/// Noise `N(0, 1/β)`, prior `N(0, I/α)` on the weights and a flat one on the intercept. With centered features and
/// targets the weights are `N(m, S)` with `S⁻¹ = α·I + β·XᵀX` and `m = β·S·Xᵀy`; the intercept at `x̄`, independent of
/// them, is `N(ȳ, 1/(n·β))`.
///
/// - Source: Bishop (2006), Pattern Recognition and Machine Learning, section 3.3.1, eq. (3.53), (3.54), (3.59).
/// - Note: Differs from the source, where the intercept has the prior of the weights; and from scikit-learn's
///   `BayesianRidge` in that the variance of a prediction includes that of the intercept.
public struct BayesianRegression: Sendable {
  /// The precision `α` of the prior of each weight: 1 / variance.
  public let weightPrecision: Double
  /// The precision `β` of the noise: 1 / variance, in the targets' unit to the power −2.
  public let noisePrecision: Double
  /// Posterior means: of the weights `m`, and of the intercept at `x = 0`.
  public let mean: LinearSolution
  /// `S`, the posterior covariance of the weights, the same for each target; `[d, d]`.
  public let covariance: DoubleMatrix
  private let factor: Cholesky  // of S⁻¹
  private let featureMeans: [Double]
  private let rows: Int

  /// The posterior given features and targets.
  ///
  /// ## Shapes
  /// - features: `[n, d]`, n ≥ 1; targets: `[n, targets]`, which share both precisions
  ///
  /// - Parameters:
  ///   - features: the rows.
  ///   - targets: their answers.
  ///   - weightPrecision: `α`, above 0.
  ///   - noisePrecision: `β`, above 0.
  /// - Throws: `HyperparameterError` if a precision is not above 0 or not finite; `FactorizationError` if a value is NaN
  ///   or infinite; `ShapeError` if the numbers of rows differ or are zero.
  /// - Complexity: O(n·d² + d³).
  public init(features: Matrix, targets: Matrix, weightPrecision: Double, noisePrecision: Double) throws {
    let check = HyperparameterCheck(method: "Bayesian regression")
    try check.isPositive(weightPrecision, "weightPrecision")
    try check.isPositive(noisePrecision, "noisePrecision")
    let problem = try CenteredProblem(features: features, targets: targets)
    let (a, b) = (weightPrecision, noisePrecision)
    let (normal, d) = (problem.features.gram, features.columns)
    OperationCounter.add(d * d + d)
    var precision = DoubleMatrix(rows: d, columns: d, normal.elements.map { b * $0 })
    for j in 0..<d { precision[j, j] += a }
    factor = try Cholesky(precision)
    covariance = try factor.inverse
    let right = problem.features.transposedProduct(with: problem.targets)
    let weights = try factor.solve(DoubleMatrix(rows: d, columns: right.columns, right.elements.map { b * $0 }))
    mean = problem.solution(weights: weights, rank: d)
    (self.weightPrecision, self.noisePrecision) = (a, b)
    featureMeans = problem.featureMeans
    rows = features.rows
  }

  /// The distribution of the answer to each row: normal, with these means and this variance.
  ///
  /// `variance = 1/β + 1/(n·β) + (x − x̄)ᵀ·S·(x − x̄)`: of the noise, the intercept and the weights.
  ///
  /// ## Shapes
  /// - features: `[m, d]`; means: `[m, targets]`; variances: m, the same for each target
  ///
  /// - Throws: `ShapeError` if the rows do not have `d` columns.
  /// - Complexity: O(m·d²).
  public func predict(_ features: Matrix) throws -> (means: DoubleMatrix, variances: [Double]) {
    let x = DoubleMatrix(features)
    guard x.columns == featureMeans.count else {
      throw ShapeError(
        operation: "Bayesian regression", expected: "\(featureMeans.count) features", found: "\(features.shape)")
    }
    let (m, k) = (x.rows, mean.weights.count)
    var means = x * DoubleMatrix(rows: k, columns: x.columns, mean.weights.flatMap { $0 }).transposed
    OperationCounter.add(m * (k + 1))
    for i in 0..<m {
      for t in 0..<k { means[i, t] += mean.intercepts[t] }
    }
    let known = (1 + 1 / Double(rows)) / noisePrecision
    return (means, factor.inverseQuadraticForms(of: x.subtractingRow(featureMeans)).map { known + $0 })
  }
}
