internal import AttuneCore
internal import Foundation

/// A correlation matrix as a low rank plus a diagonal, `R ≈ Λ·Λᵀ + Ψ`: what many inputs need instead of an inverse.
///
/// Λ is that of probabilistic principal components (the leading eigenvectors, each scaled by the root of its eigenvalue less
/// the mean of the rest), Ψ what is missing on the diagonal. All that is solved is of the number of factors k (Woodbury).
///
/// - Source: Tipping and Bishop (1999), Probabilistic principal component analysis, JRSS B 61, eq. (15); eigenvectors by
///   subspace iteration, Halko, Martinsson, Tropp (2011), arXiv:0909.4061, algorithm 4.4.
/// - Note: Differs from the first source: Ψ is a value for each input, as in factor analysis, so that variances are exact.
struct FactorModel: Sendable {
  private let loadings: DoubleMatrix  // [d, k]
  private let noise: [Double]

  init(_ correlation: DoubleMatrix, factors k: Int, shrinkage: Double) throws(FactorizationError) {
    let d = correlation.rows, width = min(d, k + 8)
    var generator = Philox(seed: 0).fork("factors")
    var basis = DoubleMatrix(generator.normal(rows: d, columns: width))
    for _ in 0..<6 { basis = try SVD(correlation * basis).left }
    // Rayleigh and Ritz: the eigenvectors within the subspace.
    let inner = try SVD(basis.transposedProduct(with: correlation * basis))
    let vectors = basis * inner.left, values = inner.singularValues
    let count = min(k, values.count)
    let trace = (0..<d).reduce(0) { $0 + correlation[$1, $1] }
    let rest = max(0, trace - values.prefix(count).reduce(0, +)) / Double(max(1, d - count))
    var loadings = DoubleMatrix(rows: d, columns: count)
    for f in 0..<count {
      let size = max(0, values[f] - rest).squareRoot()
      for j in 0..<d { loadings[j, f] = vectors[j, f] * size }
    }
    self.loadings = loadings
    noise = (0..<d).map { j in
      let common = (0..<count).reduce(0) { $0 + loadings[j, $1] * loadings[j, $1] }
      return max(correlation[j, j] - common, 0) + max(shrinkage, 1e-6)
    }
  }

  func correlation(_ i: Int, _ j: Int) -> Double {
    let common = (0..<loadings.columns).reduce(0) { $0 + loadings[i, $1] * loadings[j, $1] }
    return i == j ? common + noise[i] : common
  }

  /// `Λ_B·(I + Λ_Tᵀ·Ψ_T⁻¹·Λ_T)⁻¹·Λ_Tᵀ·Ψ_T⁻¹`, `[B, T]`.
  func coefficients(of broken: [Int], given kept: [Int]) throws(FactorizationError) -> DoubleMatrix {
    let columns = Array(0..<loadings.columns)
    let weighted = weighted(kept)  // [T, k]
    let inner = try capacitance(kept, weighted)
    let scores = try inner.solve(weighted.transposed)  // [k, T]
    return loadings.part(broken, columns) * scores
  }

  /// `R⁻¹·x` and the diagonal of `R⁻¹`.
  func precision(times x: [Double]) throws(FactorizationError) -> (product: [Double], diagonal: [Double]) {
    let all = Array(noise.indices), weighted = weighted(all)
    let inner = try capacitance(all, weighted)
    let projected = try inner.solve(weighted.transposedProduct(with: DoubleMatrix(rows: x.count, columns: 1, x)))
    let correction = weighted * projected
    let forms = inner.inverseQuadraticForms(of: weighted)
    return (x.indices.map { x[$0] / noise[$0] - correction.elements[$0] }, x.indices.map { 1 / noise[$0] - forms[$0] })
  }

  /// `Ψ⁻¹·Λ` of some inputs.
  private func weighted(_ inputs: [Int]) -> DoubleMatrix {
    var result = loadings.part(inputs, Array(0..<loadings.columns))
    for (row, j) in inputs.enumerated() {
      for f in 0..<loadings.columns { result[row, f] /= noise[j] }
    }
    return result
  }

  private func capacitance(_ inputs: [Int], _ weighted: DoubleMatrix) throws(FactorizationError) -> Cholesky {
    var inner = loadings.part(inputs, Array(0..<loadings.columns)).transposedProduct(with: weighted)
    for f in 0..<inner.rows { inner[f, f] += 1 }
    return try Cholesky(inner)
  }
}
