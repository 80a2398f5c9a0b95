internal import AttuneCore

/// Features and targets in Double without their column means, so that the intercept is fitted and never penalized.
struct CenteredProblem {
  let features: DoubleMatrix
  let targets: DoubleMatrix
  let featureMeans: [Double]
  let targetMeans: [Double]

  /// Throws where the rows differ or are none, or a value is not finite.
  ///
  /// - Parameter intercept: whether there is one; without, nothing is centered.
  init(features: Matrix, targets: Matrix, intercept: Bool = true) throws {
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
    featureMeans = intercept ? x.columnMeans : Array(repeating: 0, count: x.columns)
    targetMeans = intercept ? y.columnMeans : Array(repeating: 0, count: y.columns)
    self.features = x.subtractingRow(featureMeans)
    self.targets = y.subtractingRow(targetMeans)
  }

  /// Adds the intercepts to weights `[d, targets]`.
  func solution(weights: DoubleMatrix, rank: Int, dependentFeatures: [Int] = []) -> LinearSolution {
    let perTarget = (0..<weights.columns).map { target in (0..<weights.rows).map { weights[$0, target] } }
    let intercepts = zip(targetMeans, perTarget).map { mean, weights in
      mean - zip(featureMeans, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return LinearSolution(
      weights: perTarget, intercepts: intercepts, rank: rank, dependentFeatures: dependentFeatures)
  }

  /// `y − x·w` of the centered values, which is that of the raw ones with the intercept; `[n, targets]`.
  func residuals(weights: DoubleMatrix) -> DoubleMatrix {
    let predicted = features * weights
    OperationCounter.add(targets.elements.count)
    return DoubleMatrix(
      rows: targets.rows, columns: targets.columns, zip(targets.elements, predicted.elements).map { $0 - $1 })
  }

  /// The Cholesky factor of `XᵀX + l2·I`.
  ///
  /// A pivot is what is left of its diagonal element once the columns before explain the rest. Where that is a share below
  /// 1e-10, rounding (1e-16) has taken six of the solution's digits: refused, whatever the units of the columns.
  ///
  /// - Throws: `FactorizationError` where a column depends on those before it, up to rounding.
  static func factor(_ penalized: DoubleMatrix) throws(FactorizationError) -> Cholesky {
    let factor = try Cholesky(penalized)
    for j in 0..<penalized.columns where factor.lower[j, j] * factor.lower[j, j] < 1e-10 * penalized[j, j] {
      throw .notPositiveDefinite(minor: j + 1, size: penalized.columns)
    }
    return factor
  }

  /// `XᵀX + l2·I` of the centered features.
  func penalizedGram(l2: Double) -> DoubleMatrix {
    var normal = features.gram
    for j in 0..<normal.columns { normal[j, j] += l2 }
    return normal
  }
}
