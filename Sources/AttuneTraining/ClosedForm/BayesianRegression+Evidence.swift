public import AttuneCore

/// Data for which no precisions have the largest evidence.
public enum EvidenceError: Error, Equatable, CustomStringConvertible {
  /// The precision of the weights grows without end: the features explain nothing.
  case weightPrecision
  /// The precision of the noise grows without end: the features explain everything.
  case noisePrecision
  /// The precisions still change.
  case notConverged(iterations: Int)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .weightPrecision:
      "evidence: the features explain nothing of the targets, so the precision of the weights grows without end; "
        + "give both precisions, or predict the mean"
    case .noisePrecision:
      "evidence: the features explain the targets without an error, so the precision of the noise grows without end; "
        + "give both precisions, or use ordinary least squares"
    case .notConverged(let iterations):
      "evidence: the precisions still change after \(iterations) iterations; give both precisions"
    }
  }
}

extension BayesianRegression {
  /// The posterior with the precisions under which the data are likeliest.
  ///
  /// With the singular values `s` of the centered features, repeats `γ = Σ β·s² / (α + β·s²)`, `α ← γ / ‖m‖²`,
  /// `β ← (n − γ) / ‖y − X·m‖²` until both change by less than 10⁻¹⁰ of themselves. With several targets, both norms are
  /// the means over them.
  ///
  /// ## Shapes
  /// - features: `[n, d]`, n ≥ 2, d ≥ 1; targets: `[n, targets]`
  ///
  /// - Throws: `EvidenceError` if the data have no such precisions; otherwise as `init`.
  /// - Complexity: O(n·d²), and O(d·targets) for each repetition.
  /// - Source: Bishop (2006), Pattern Recognition and Machine Learning, eq. (3.91), (3.92), (3.95); MacKay (1992),
  ///   Bayesian Interpolation, doi:10.1162/neco.1992.4.3.415.
  /// - Note: As in scikit-learn's `BayesianRidge` the intercept takes no degree of freedom of the n. Differs from it in
  ///   that there is no prior on the precisions, its `alpha_1` to `lambda_2`.
  public static func maximizingEvidence(features: Matrix, targets: Matrix) throws -> BayesianRegression {
    let problem = try CenteredProblem(features: features, targets: targets)
    let factors = try SVD(problem.features)
    let spectrum = Spectrum(factors, targets: problem.targets)
    guard spectrum.total > 0, (factors.singularValues.first ?? 0) > 0 else { throw EvidenceError.weightPrecision }
    var (alpha, beta) = (1.0, Double(features.rows) / spectrum.total)
    for _ in 0..<maximumIterations {
      let next = spectrum.improved(alpha: alpha, beta: beta, rows: Double(features.rows))
      let change = max(abs(next.alpha / alpha - 1), abs(next.beta / beta - 1))
      (alpha, beta) = next
      // Beyond these, weights or noise are below the rounding of what they are compared with.
      let largest = factors.singularValues[0] * factors.singularValues[0]
      guard alpha < 1e14 * beta * largest else { throw EvidenceError.weightPrecision }
      guard beta * spectrum.total < 1e14 * Double(features.rows) else { throw EvidenceError.noisePrecision }
      if change < 1e-10 {
        return try BayesianRegression(
          features: features, targets: targets, weightPrecision: alpha, noisePrecision: beta)
      }
    }
    throw EvidenceError.notConverged(iterations: maximumIterations)
  }

  private static let maximumIterations = 10_000

  /// What the evidence needs of the data, in the coordinates of the singular vectors; sums are means over targets.
  private struct Spectrum {
    let squares: [Double]  // s²
    let projections: [Double]  // mean of (uᵀy)²
    let rest: Double  // mean of ‖y − U·Uᵀ·y‖²
    var total: Double { projections.reduce(rest, +) }  // mean of ‖y‖²

    init(_ factors: SVD, targets: DoubleMatrix) {
      let (n, k) = (targets.rows, targets.columns)
      let projected = factors.left.transposedProduct(with: targets)  // [min(n, d), k]
      let explained = factors.left * projected
      OperationCounter.add(3 * n * k + 2 * projected.elements.count)
      squares = factors.singularValues.map { $0 * $0 }
      projections = (0..<projected.rows).map { i in
        (0..<k).reduce(0) { $0 + projected[i, $1] * projected[i, $1] } / Double(max(1, k))
      }
      rest =
        zip(targets.elements, explained.elements).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        / Double(max(1, k))
    }

    func improved(alpha: Double, beta: Double, rows: Double) -> (alpha: Double, beta: Double) {
      var gamma = 0.0, weights = 0.0, errors = rest
      OperationCounter.add(12 * squares.count)
      for (square, projection) in zip(squares, projections) {
        let precision = alpha + beta * square
        gamma += beta * square / precision
        weights += square * projection * (beta / precision) * (beta / precision)
        errors += projection * (alpha / precision) * (alpha / precision)
      }
      return (gamma / weights, (rows - gamma) / errors)
    }
  }
}
