internal import AttuneCore

/// The source's inputs as a Gaussian, in units of their deviations: what to expect of some inputs given the others.
///
/// Its covariance is the source's plus a share λ of each variance, so that collinear inputs do no harm; or, of many inputs,
/// that of a factor model.
struct SourceGaussian: Sendable {
  let mean: [Double]
  let scale: [Double]
  private let form: Form

  private enum Form: Sendable {
    /// `(R + λ·I)⁻¹`, and R, `[d, d]`.
    case dense(precision: DoubleMatrix, correlation: DoubleMatrix)
    case factors(FactorModel)
  }

  /// - Parameter factors: number of factors; nil keeps the whole covariance.
  /// - Throws: `FactorizationError` where the covariance is not positive definite even with λ.
  init(_ source: SourceStatistics, covariance: DoubleMatrix, shrinkage: Double, factors: Int?)
    throws(FactorizationError)
  {
    mean = source.mean
    scale = source.deviations
    let d = mean.count
    var correlation = DoubleMatrix(rows: d, columns: d)
    for i in 0..<d {
      for j in 0..<d { correlation[i, j] = covariance[i, j] / (scale[i] * scale[j]) }
    }
    OperationCounter.add(2 * d * d)
    if let factors {
      form = .factors(try FactorModel(correlation, factors: factors, shrinkage: shrinkage))
      return
    }
    var ridged = correlation
    // An input that is constant in the source has no variance; 1 there leaves it independent of the others.
    for j in 0..<d { ridged[j, j] = correlation[j, j] > 0.5 ? correlation[j, j] + shrinkage : 1 }
    form = .dense(precision: try Cholesky(ridged).inverse, correlation: correlation)
  }

  /// Expectation of some inputs given all others.
  func imputation(replacing broken: [Int]) throws(FactorizationError) -> ConditionalImputation {
    let excluded = Set(broken)
    let kept = mean.indices.filter { !excluded.contains($0) }
    let coefficients: DoubleMatrix  // [broken, kept], of deviations
    switch form {
    case .dense(let precision, _):
      // P_BB⁻¹·P_BT = −Σ_BT·(Σ_TT + λ)⁻¹: a system of the size of what broke.
      let inner = precision.part(broken, broken), cross = precision.part(broken, kept)
      let solved = try Cholesky(inner).solve(cross)
      coefficients = DoubleMatrix(rows: broken.count, columns: kept.count, solved.elements.map { -$0 })
    case .factors(let model):
      coefficients = try model.coefficients(of: broken, given: kept)
    }
    return ConditionalImputation(broken, kept: kept, coefficients: coefficients, mean: mean, scale: scale)
  }

  /// How far each mean lies from what the others' means make of it, given all deviations, in source deviations.
  func residuals(of deviations: [Double]) throws(FactorizationError) -> [Double] {
    switch form {
    case .dense(let precision, _):
      let d = deviations.count, product = precision * DoubleMatrix(rows: d, columns: 1, deviations)
      return deviations.indices.map { product.elements[$0] / precision[$0, $0] }
    case .factors(let model):
      let (product, diagonal) = try model.precision(times: deviations)
      return deviations.indices.map { product[$0] / diagonal[$0] }
    }
  }

  /// `R` of some inputs; nil for a factor model.
  func correlation(of inputs: [Int]) -> DoubleMatrix? {
    guard case .dense(_, let correlation) = form else { return nil }
    return correlation.part(inputs, inputs)
  }

  /// `(R + λ·I)⁻¹` of all inputs; nil for a factor model.
  var precision: DoubleMatrix? {
    guard case .dense(let precision, _) = form else { return nil }
    return precision
  }

  /// The share of each input's variance that the kept ones explain, given how they do.
  func explainedShare(_ imputation: ConditionalImputation) -> [Double] {
    imputation.broken.indices.map { b in
      let r: (Int, Int) -> Double
      switch form {
      case .dense(_, let correlation): r = { correlation[$0, $1] }
      case .factors(let model): r = { model.correlation($0, $1) }
      }
      // Cov(x_b, its expectation) over the variance of x_b.
      var share = 0.0
      for (t, j) in imputation.kept.enumerated() {
        share += imputation.coefficient(b, t) * r(imputation.broken[b], j)
      }
      return min(max(share, 0), 1)
    }
  }
}

extension DoubleMatrix {
  /// The elements at some rows and columns.
  func part(_ rows: [Int], _ columns: [Int]) -> DoubleMatrix {
    DoubleMatrix(rows: rows.count, columns: columns.count, rows.flatMap { i in columns.map { self[i, $0] } })
  }
}
