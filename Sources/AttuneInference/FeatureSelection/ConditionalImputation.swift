internal import AttuneCore

/// Replaces some features by their expectation given the others, under a Gaussian with the source's moments.
///
/// `E[x_b | x_t] = μ_b + Σ_bt (Σ_tt + λ·D)⁻¹ (x_t − μ_t)` for broken features b and trusted features t. D is the diagonal of
/// Σ_tt, so that λ makes the system solvable where features are collinear, whatever their units; a constant feature has a
/// tiny variance instead of none.
///
/// - Source: Bishop (2006), Pattern recognition and machine learning, eq. (2.81), and (2.73) for the form with the precision.
struct ConditionalImputation: Sendable {
  /// The features that are replaced.
  let broken: [Int]
  /// The features that they are replaced by.
  let kept: [Int]
  private let standardized: DoubleMatrix  // [broken, kept]
  private let coefficients: Matrix  // [broken, kept]
  private let offset: Matrix  // [1, broken]

  /// - Parameter coefficients: of deviations in units of their scales, `[broken, kept]`.
  init(_ broken: [Int], kept: [Int], coefficients: DoubleMatrix, mean: [Double], scale: [Double]) {
    (self.broken, self.kept, standardized) = (broken, kept, coefficients)
    var own = coefficients
    for b in broken.indices {
      for t in kept.indices { own[b, t] *= scale[broken[b]] / scale[kept[t]] }
    }
    let means = broken.indices.map { b in
      kept.indices.reduce(mean[broken[b]]) { $0 - own[b, $1] * mean[kept[$1]] }
    }
    OperationCounter.add(4 * broken.count * kept.count)
    self.coefficients = Matrix(rows: broken.count, columns: kept.count, own.elements.map(Float.init))
    offset = Matrix(row: means.map(Float.init))
  }

  /// The means alone.
  init(means: [Double], of broken: [Int]) {
    self.init(
      broken, kept: [], coefficients: DoubleMatrix(rows: broken.count, columns: 0), mean: means,
      scale: Array(repeating: 1, count: means.count))
  }

  /// Of deviations in units of their scales.
  func coefficient(_ broken: Int, _ kept: Int) -> Double { standardized[broken, kept] }

  /// What is expected, `[n, broken]`.
  func expectation(_ batch: Matrix) -> Matrix {
    guard !kept.isEmpty else {
      return Matrix.concatenatingRows(Array(repeating: offset, count: batch.rows))
    }
    return batch.columns(at: kept).linear(weight: coefficients, bias: offset)
  }

  /// The batch with the broken features replaced; the others keep every bit.
  func callAsFunction(_ batch: Matrix) -> Matrix {
    guard batch.rows > 0 else { return batch }
    let expected = expectation(batch)  // [n, broken]
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
