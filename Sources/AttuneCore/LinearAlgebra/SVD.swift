internal import COpenBLAS

/// The thin singular value decomposition of a matrix of any rank, `A = U·diag(σ)·Vᵀ`.
///
/// ## Shapes
/// - matrix: `[n, d]`; with r = min(n, d) left: `[n, r]`, singularValues: r, rightTransposed: `[r, d]`
///
/// - Complexity: O(n·d·r).
/// - Source: Anderson et al. (1999), LAPACK Users' Guide, third edition, `dgesdd`.
public struct SVD: Sendable {
  /// `U`: orthonormal columns, one a singular value.
  public let left: DoubleMatrix
  /// `σ`: at least 0, the largest first.
  public let singularValues: [Double]
  /// `Vᵀ`: orthonormal rows, one a singular value.
  public let rightTransposed: DoubleMatrix

  /// Decomposes a matrix.
  ///
  /// - Throws: `FactorizationError` if the matrix holds NaN or infinity, or the iteration did not converge.
  public init(_ matrix: DoubleMatrix) throws(FactorizationError) {
    guard matrix.isFinite else { throw .notFinite(operation: "SVD", argument: "elements") }
    let (n, d) = (matrix.rows, matrix.columns)
    let r = min(n, d)
    var values = [Double](repeating: 0, count: r)
    var u = DoubleMatrix(rows: n, columns: r), v = DoubleMatrix(rows: r, columns: d)
    if r > 0 {
      _ = OpenBLAS.prepared
      OperationCounter.add(14 * n * d * r + 8 * r * r * r)
      // Row-major A is column-major Aᵀ = V·diag(σ)·Uᵀ: the factors change places, and nothing is transposed.
      var elements = matrix.elements
      var info: Int32 = 0
      var integers = [Int32](repeating: 0, count: 8 * r)
      func decompose(_ workspace: inout [Double], length: Int32) {
        info = LAPACKE_dgesdd_work(
          LAPACK_COL_MAJOR, CChar(UInt8(ascii: "S")), Int32(d), Int32(n), &elements, Int32(d), &values, &v.elements,
          Int32(d), &u.elements, Int32(r), &workspace, length, &integers)
      }
      var workspace = [0.0]
      decompose(&workspace, length: -1)  // asks for the best length
      guard info == 0 else { throw .failed(routine: "dgesdd", info: Int(info)) }
      workspace = Array(repeating: 0, count: Int(workspace[0]))
      decompose(&workspace, length: Int32(workspace.count))
      guard info <= 0 else { throw .notConverged(routine: "dgesdd") }
      guard info == 0 else { throw .failed(routine: "dgesdd", info: Int(info)) }
    }
    (left, singularValues, rightTransposed) = (u, values, v)
  }

  /// The number of singular values above `tolerance · σ₁`.
  ///
  /// - Parameter tolerance: by default what rounding in Double can leave of zero, `max(n, d)` units in the last place.
  public func rank(tolerance: Double? = nil) -> Int {
    let size = max(left.rows, rightTransposed.columns)
    let limit = (tolerance ?? Double(size) * Double.ulpOfOne) * (singularValues.first ?? 0)
    return singularValues.prefix { $0 > limit }.count
  }

  /// Of all `x` that minimize `‖A·x − right‖²`, the one of least norm, column by column.
  ///
  /// ## Shapes
  /// - right: `[n, k]`; returns: `[d, k]`
  ///
  /// - Parameter tolerance: singular values of at most `tolerance · σ₁` count as zero; by default as for `rank`.
  /// - Complexity: O((n + d)·r·k).
  /// - Source: Golub, Van Loan (2013), Matrix Computations, fourth edition, theorem 5.5.1.
  public func leastSquares(_ right: DoubleMatrix, tolerance: Double? = nil) throws(FactorizationError) -> DoubleMatrix {
    precondition(right.rows == left.rows, "SVD: a right side of \(right.shape) does not fit \(left.rows) rows")
    guard right.isFinite else { throw .notFinite(operation: "SVD", argument: "right side's elements") }
    let rank = rank(tolerance: tolerance)
    var coordinates = left.transposedProduct(with: right)  // [r, k]
    OperationCounter.add(rank * right.columns)
    for i in 0..<coordinates.rows {
      for t in 0..<right.columns { coordinates[i, t] = i < rank ? coordinates[i, t] / singularValues[i] : 0 }
    }
    return rightTransposed.transposedProduct(with: coordinates)
  }
}
