public import AttuneCore

/// The linear map that gives rows of one covariance another one: `A = (C + λI)^−½ · (D + λI)^½`, for rows `x·A`.
///
/// `Aᵀ·(C + λI)·A = D + λI`; with λ = 0 and C of full rank, rows of covariance C come out with covariance D. The roots are
/// symmetric; where an eigenvalue of `C + λI` is zero, its inverse root is taken as zero.
///
/// - Source: Sun, Feng, Saenko (2016), Return of frustratingly easy domain adaptation, arXiv:1511.05547, algorithm 1, which
///   has λ = 1.
public struct CorrelationAlignment: Codable, Sendable, Equatable {
  /// The map, `[d, d]`.
  public let matrix: DoubleMatrix

  /// The map between two covariances, `[d, d]` each.
  ///
  /// - Parameter ridge: λ, at least 0.
  /// - Throws: `FactorizationError` where a covariance holds NaN or infinity, or an iteration did not converge.
  /// - Complexity: O(d³).
  public init(from: DoubleMatrix, to: DoubleMatrix, ridge: Double) throws(FactorizationError) {
    matrix = try Self.root(of: from, ridge: ridge, isInverse: true) * Self.root(of: to, ridge: ridge, isInverse: false)
  }

  /// Rows as deviations from `mean`, mapped and moved to `goal`.
  ///
  /// ## Shapes
  /// - rows: `[n, d]`; mean, goal: d values; returns: `[n, d]`
  public func apply(_ rows: DoubleMatrix, from mean: [Double], to goal: [Double]) -> DoubleMatrix {
    (rows.subtractingRow(mean) * matrix).subtractingRow(goal.map { -$0 })
  }

  private static func root(
    of covariance: DoubleMatrix, ridge: Double, isInverse: Bool
  ) throws(FactorizationError) -> DoubleMatrix {
    var shifted = covariance
    for j in 0..<shifted.rows { shifted[j, j] += ridge }
    // Symmetric without negative eigenvalues: singular vectors are eigenvectors.
    let factors = try SVD(shifted), rank = factors.rank(), d = shifted.rows
    var scaled = factors.rightTransposed
    for i in 0..<d {
      let root = i < rank ? factors.singularValues[i].squareRoot() : 0
      let factor = isInverse ? (root > 0 ? 1 / root : 0) : root
      for j in 0..<d { scaled[i, j] *= factor }
    }
    return factors.rightTransposed.transposedProduct(with: scaled)
  }
}

/// Means and covariance of rows that come in batches.
struct RowMoments: Codable, Sendable {
  /// Finite rows that were added.
  private(set) var rows = 0
  /// Where deviations are taken from, which keeps digits: near the mean.
  private let center: [Double]
  private var sums: [Double], products: DoubleMatrix

  init(center: [Double]) {
    self.center = center
    sums = center.map { _ in 0 }
    products = DoubleMatrix(rows: center.count, columns: center.count)
  }

  /// Adds the rows without NaN or infinity.
  mutating func add(_ rows: DoubleMatrix) {
    let moved = rows.finiteRows.subtractingRow(center), gram = moved.gram
    guard moved.rows > 0 else { return }
    self.rows += moved.rows
    sums = zip(sums, moved.columnMeans).map { $0 + $1 * Double(moved.rows) }
    products = DoubleMatrix(
      rows: gram.rows, columns: gram.columns, zip(products.elements, gram.elements).map { $0 + $1 })
  }

  var mean: [Double] { zip(center, sums).map { $0 + $1 / Double(max(1, rows)) } }

  /// The covariance, divided by n − 1.
  var covariance: DoubleMatrix {
    var result = products
    let n = Double(rows)
    for i in 0..<result.rows {
      for j in 0..<result.columns { result[i, j] = (products[i, j] - sums[i] * sums[j] / n) / max(1, n - 1) }
    }
    return result
  }
}
