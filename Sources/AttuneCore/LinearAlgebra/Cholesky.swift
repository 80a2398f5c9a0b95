internal import COpenBLAS

/// The Cholesky factor of a symmetric positive definite matrix, `A = L·Lᵀ`.
///
/// ## Shapes
/// - matrix, lower: `[d, d]`
///
/// - Complexity: O(d³).
/// - Source: Anderson et al. (1999), LAPACK Users' Guide, third edition, `dpotrf` and `dpotrs`.
public struct Cholesky: Sendable {
  /// The factor `L`, zero above its diagonal.
  public let lower: DoubleMatrix

  /// A factor that is known: lower triangular, its diagonal above 0.
  init(lower: DoubleMatrix) { self.lower = lower }

  /// Factorizes a matrix, of which only the lower triangle is read.
  ///
  /// - Throws: `FactorizationError` if the matrix is not positive definite, with the order of the leading minor where
  ///   that shows, or if it holds NaN or infinity.
  public init(_ matrix: DoubleMatrix) throws(FactorizationError) {
    precondition(matrix.rows == matrix.columns, "Cholesky: \(matrix.shape) is not square")
    guard matrix.isFinite else { throw .notFinite(operation: "Cholesky", argument: "elements") }
    let n = matrix.rows
    var factor = matrix
    _ = OpenBLAS.prepared
    OperationCounter.add(n * (n + 1) * (2 * n + 1) / 6)
    // A row-major lower triangle is a column-major upper one: no transposition, and 3.5 times as fast (n = 512).
    let info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, upper, Int32(n), &factor.elements, Int32(max(1, n)))
    guard info <= 0 else { throw .notPositiveDefinite(minor: Int(info), size: n) }
    guard info == 0 else { throw .failed(routine: "dpotrf", info: Int(info)) }
    for i in 0..<n {
      for j in i + 1..<max(i + 1, n) { factor.elements[i * n + j] = 0 }
    }
    lower = factor
  }

  /// The solution `x` of `A·x = right`.
  ///
  /// ## Shapes
  /// - right: `[d, k]`; returns: `[d, k]`
  ///
  /// - Complexity: O(d²·k).
  public func solve(_ right: DoubleMatrix) throws(FactorizationError) -> DoubleMatrix {
    let n = lower.rows
    precondition(right.rows == n, "Cholesky: a right side of \(right.shape) does not fit \(lower.shape)")
    guard right.isFinite else { throw .notFinite(operation: "Cholesky", argument: "right side's elements") }
    var columns = right.transposed  // [k, n]: column-major
    let stride = Int32(max(1, n))
    _ = OpenBLAS.prepared
    OperationCounter.add(2 * n * n * right.columns)
    let info = LAPACKE_dpotrs(
      LAPACK_COL_MAJOR, upper, Int32(n), Int32(right.columns), lower.elements, stride, &columns.elements, stride)
    guard info == 0 else { throw .failed(routine: "dpotrs", info: Int(info)) }
    return columns.transposed
  }

  /// `A⁻¹`, the covariance where `A` is a precision.
  ///
  /// - Complexity: O(d³).
  public var inverse: DoubleMatrix {
    get throws(FactorizationError) {
      var identity = DoubleMatrix(rows: lower.rows, columns: lower.rows)
      for j in 0..<lower.rows { identity[j, j] = 1 }
      return try solve(identity)
    }
  }

  /// `xᵀ·A⁻¹·x` for each row `x`, as the squared length of `L⁻¹·x`: never below 0.
  ///
  /// ## Shapes
  /// - vectors: `[n, d]`; returns: n values
  ///
  /// - Complexity: O(n·d²).
  public func inverseQuadraticForms(of vectors: DoubleMatrix) -> [Double] {
    let (n, d) = (vectors.rows, lower.rows)
    precondition(vectors.columns == d, "Cholesky: vectors of \(vectors.shape) do not fit \(lower.shape)")
    guard n > 0, d > 0 else { return Array(repeating: 0, count: n) }
    var whitened = vectors.elements  // becomes X·L⁻ᵀ
    _ = OpenBLAS.prepared
    OperationCounter.add(n * d * d + 2 * n * d)
    cblas_dtrsm(
      CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, Int32(n), Int32(d), 1, lower.elements, Int32(d),
      &whitened, Int32(d))
    return stride(from: 0, to: n * d, by: d).map { start in
      whitened[start..<start + d].reduce(0) { $0 + $1 * $1 }
    }
  }
}

private let upper = CChar(UInt8(ascii: "U"))
