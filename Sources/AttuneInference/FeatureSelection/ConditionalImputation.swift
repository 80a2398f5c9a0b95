internal import AttuneCore

/// Replaces some features by their expectation given the others, under a Gaussian with the source's moments.
///
/// `E[x_b | x_t] = μ_b + Σ_bt (Σ_tt + λ·D)⁻¹ (x_t − μ_t)` for broken features b and trusted features t. D is the diagonal of
/// Σ_tt, so that λ makes the system solvable where features are collinear, whatever their units; a constant feature has a
/// tiny variance instead of none.
struct ConditionalImputation: Codable, Sendable {
  /// The features that are replaced.
  let broken: [Int]
  private let trusted: [Int]
  private let coefficients: Matrix  // [broken, trusted]
  private let offset: Matrix  // [1, broken]

  /// - Throws: `FactorizationError` where the covariance of the trusted features is not positive definite even with λ.
  init(
    replacing broken: [Int], source: SourceStatistics, covariance: DoubleMatrix, shrinkage: Double
  ) throws(FactorizationError) {
    self.broken = broken
    let excluded = Set(broken)
    trusted = source.mean.indices.filter { !excluded.contains($0) }
    let t = trusted, ridge = source.deviations.map { shrinkage * $0 * $0 }
    let inner = DoubleMatrix(
      rows: t.count, columns: t.count,
      t.indices.flatMap { i in t.indices.map { j in covariance[t[i], t[j]] + (i == j ? ridge[t[i]] : 0) } })
    let cross = DoubleMatrix(
      rows: t.count, columns: broken.count,
      t.flatMap { i in broken.map { j in covariance[i, j] } })
    let solution = try Cholesky(inner).solve(cross)  // [trusted, broken]
    OperationCounter.add(t.count * t.count * (t.count / 3 + 2 * broken.count))
    coefficients = Matrix(
      rows: broken.count, columns: t.count,
      broken.indices.flatMap { b in t.indices.map { Float(solution[$0, b]) } })
    let means = broken.indices.map { b in
      source.mean[broken[b]] - t.indices.reduce(0) { $0 + solution[$1, b] * source.mean[t[$1]] }
    }
    offset = Matrix(row: means.map { Float($0) })
  }

  /// The batch with the broken features replaced; the others keep every bit.
  func callAsFunction(_ batch: Matrix) -> Matrix {
    let expected = batch.columns(at: trusted).linear(weight: coefficients, bias: offset)  // [n, broken]
    var result = batch
    result.withMutableElements { out in
      expected.withElements { values in
        for i in 0..<batch.rows {
          for (b, j) in broken.enumerated() { out[i * batch.columns + j] = values[i * broken.count + b] }
        }
      }
    }
    return result
  }
}
