internal import AttuneCore

/// The expectation of the inputs that a row leaves out given those that it keeps, under a Gaussian with the source's
/// moments; which inputs are kept differs from row to row.
///
/// `E[x_b | x_t] = μ_b + Σ_bt (Σ_tt + λ·D)⁻¹ (x_t − μ_t)`, D the diagonal of Σ_tt: a system of the size of what is kept.
///
/// - Source: Bishop (2006), Pattern recognition and machine learning, eq. (2.81).
struct GaussianCompletion: Sendable {
  private let scale: [Double]
  private let correlation: DoubleMatrix
  private let shrinkage: Double

  init(_ source: SourceStatistics, covariance: DoubleMatrix, shrinkage: Double) {
    // A constant input deviates from nothing: 1 keeps its row of zeros.
    scale = source.variance.map { $0 > 0 ? $0.squareRoot() : 1 }
    self.shrinkage = shrinkage
    let d = scale.count
    var correlation = covariance
    for i in 0..<d {
      for j in 0..<d { correlation[i, j] /= scale[i] * scale[j] }
    }
    OperationCounter.add(2 * d * d)
    self.correlation = correlation
  }

  /// Rows with what is expected in the place of what they do not hold.
  ///
  /// - Parameters:
  ///   - kept: differences from the source's mean.
  ///   - mean: the source's mean, `[1, d]`.
  /// - Throws: `FactorizationError` where the covariance of what a row keeps is not positive definite even with λ.
  func callAsFunction(_ kept: SparseRows, mean: Matrix) throws(FactorizationError) -> Matrix {
    var rows = kept.dense(addingTo: mean)
    for i in 0..<kept.rows {
      let elements = kept.elements(ofRow: i), t = elements.map(\.column)
      guard !t.isEmpty else { continue }
      var system = DoubleMatrix(rows: t.count, columns: t.count)
      for (a, i) in t.enumerated() {
        for (b, j) in t.enumerated() { system[a, b] = correlation[i, j] + (a == b ? shrinkage : 0) }
      }
      let deviations = elements.map { Double($0.value) / scale[$0.column] }
      let solved = try Cholesky(system).solve(DoubleMatrix(rows: t.count, columns: 1, deviations))
      var isKept = [Bool](repeating: false, count: kept.columns)
      for j in t { isKept[j] = true }
      for b in 0..<kept.columns where !isKept[b] {
        let expected = t.indices.reduce(0.0) { $0 + correlation[b, t[$1]] * solved.elements[$1] }
        rows[i, b] += Float(expected * scale[b])
      }
      OperationCounter.add((kept.columns - t.count) * (2 * t.count + 2))
    }
    return rows
  }
}
