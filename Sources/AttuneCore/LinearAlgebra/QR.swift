internal import COpenBLAS

/// The QR factors of a matrix of full column rank, for least squares: `A·P = Q·R`, with pivoting.
///
/// Columns are brought to length 1 and pivoted, so that `|R[k, k]|` is about the distance of a column from the span of
/// those before it, whatever its unit. One of at most `tolerance` counts as dependent.
///
/// ## Shapes
/// - matrix: `[n, d]`, n ≥ d
///
/// - Complexity: O(n·d²).
/// - Source: Anderson et al. (1999), LAPACK Users' Guide, third edition, `dgeqp3`, `dormqr`, `dtrtrs`,
///   `dtrtri`.
public struct QR: Sendable {
  private let rows: Int
  private let columns: Int
  /// Column-major `[n, d]`: R on and above the diagonal, below it the reflectors that make Q.
  private let factors: [Double]
  private let reflectorScales: [Double]
  /// At position `k` the column that went there.
  private let order: [Int]
  private let lengths: [Double]

  /// Factorizes a matrix.
  ///
  /// - Parameter tolerance: distance from the others' span, relative to a column's length, at which a column counts as
  ///   dependent; by default what rounding in Double can leave of zero.
  /// - Throws: `FactorizationError` if columns depend on each other, with their numbers; if there are fewer rows than
  ///   columns; or if the matrix holds NaN or infinity.
  public init(_ matrix: DoubleMatrix, tolerance: Double? = nil) throws(FactorizationError) {
    let (n, d) = (matrix.rows, matrix.columns)
    guard matrix.isFinite else { throw .notFinite(operation: "QR", argument: "elements") }
    guard n >= d else { throw .tooFewRows(rows: n, needed: d) }
    _ = OpenBLAS.prepared
    OperationCounter.add(3 * n * d + (6 * n - 2 * d) * d * d / 3)
    var factors = matrix.transposed.elements  // column-major
    let lengths = Self.normalizeColumns(of: &factors, length: n)
    var scales = [Double](repeating: 0, count: d)
    var pivots = [Int32](repeating: 0, count: d)
    if d > 0 {
      let info = LAPACKE_dgeqp3(
        LAPACK_COL_MAJOR, Int32(n), Int32(d), &factors, Int32(n), &pivots, &scales)
      guard info == 0 else { throw .failed(routine: "dgeqp3", info: Int(info)) }
    }
    order = pivots.map { Int($0) - 1 }
    let limit = tolerance ?? Double(n) * Double.ulpOfOne
    let rank = (0..<d).prefix { abs(factors[$0 * n + $0]) > limit }.count
    guard rank == d else { throw .rankDeficient(rank: rank, columns: d, dependent: order[rank...].sorted()) }
    (rows, columns, self.factors, reflectorScales, self.lengths) = (n, d, factors, scales, lengths)
  }

  /// The `x` that minimizes `‖A·x − right‖²`, column by column.
  ///
  /// ## Shapes
  /// - right: `[n, k]`; returns: `[d, k]`
  ///
  /// - Complexity: O(n·d·k).
  public func leastSquares(_ right: DoubleMatrix) throws(FactorizationError) -> DoubleMatrix {
    precondition(right.rows == rows, "QR: a right side of \(right.shape) does not fit \(rows) rows")
    guard right.isFinite else { throw .notFinite(operation: "QR", argument: "right side's elements") }
    var result = DoubleMatrix(rows: columns, columns: right.columns)
    guard columns > 0, right.columns > 0 else { return result }
    _ = OpenBLAS.prepared
    OperationCounter.add((4 * rows - columns + 1) * columns * right.columns)
    let (n, d, k) = (Int32(rows), Int32(columns), Int32(right.columns))
    var solution = right.transposed.elements  // column-major [n, k]
    var info = LAPACKE_dormqr(
      LAPACK_COL_MAJOR, letter("L"), letter("T"), n, k, d, factors, n, reflectorScales, &solution, n)
    guard info == 0 else { throw .failed(routine: "dormqr", info: Int(info)) }
    info = LAPACKE_dtrtrs(
      LAPACK_COL_MAJOR, letter("U"), letter("N"), letter("N"), d, k, factors, n, &solution, n)
    guard info == 0 else { throw .failed(routine: "dtrtrs", info: Int(info)) }
    for position in 0..<columns {
      let column = order[position]
      for target in 0..<right.columns {
        result[column, target] = solution[target * rows + position] / lengths[column]
      }
    }
    return result
  }

  /// `(Aᵀ·A)⁻¹ = P·R⁻¹·R⁻ᵀ·Pᵀ`, without the squared condition of forming `Aᵀ·A`.
  ///
  /// ## Shapes
  /// - returns: `[d, d]`
  ///
  /// - Complexity: O(d³).
  public var inverseGram: DoubleMatrix {
    get throws(FactorizationError) {
      var root = DoubleMatrix(rows: columns, columns: columns)  // row k: column k of P·R⁻¹, in the units of A
      guard columns > 0 else { return root }
      _ = OpenBLAS.prepared
      OperationCounter.add(columns * columns * columns / 3)
      var inverse = factors  // R⁻¹ in the place of R
      let info = LAPACKE_dtrtri(
        LAPACK_COL_MAJOR, letter("U"), letter("N"), Int32(columns), &inverse, Int32(rows))
      guard info == 0 else { throw .failed(routine: "dtrtri", info: Int(info)) }
      for k in 0..<columns {
        for i in 0...k { root[k, order[i]] = inverse[k * rows + i] / lengths[order[i]] }
      }
      return root.gram
    }
  }

  /// Divides each column by its length, and returns the lengths; a column of zeros stays, with length 1.
  private static func normalizeColumns(of elements: inout [Double], length n: Int) -> [Double] {
    guard n > 0 else { return [] }
    return stride(from: 0, to: elements.count, by: n).map { start in
      let norm = elements[start..<start + n].withUnsafeBufferPointer { cblas_dnrm2(Int32(n), $0.baseAddress, 1) }
      guard norm > 0 else { return 1 }
      for i in start..<start + n { elements[i] /= norm }
      return norm
    }
  }

  private func letter(_ scalar: Unicode.Scalar) -> CChar { CChar(UInt8(ascii: scalar)) }
}
