internal import COpenBLAS

extension DoubleMatrix {
  /// The matrix product `left · right`.
  ///
  /// ## Shapes
  /// - left: `[n, d]`, right: `[d, k]`; returns: `[n, k]`
  public static func * (left: DoubleMatrix, right: DoubleMatrix) -> DoubleMatrix {
    precondition(left.columns == right.rows, "\(left.shape) does not multiply \(right.shape)")
    return product(left, CblasNoTrans, right, rows: left.rows, inner: left.columns)
  }

  /// `selfᵀ · other`, without a transposed copy.
  ///
  /// ## Shapes
  /// - self: `[n, d]`, other: `[n, k]`; returns: `[d, k]`
  public func transposedProduct(with other: DoubleMatrix) -> DoubleMatrix {
    precondition(rows == other.rows, "the transpose of \(shape) does not multiply \(other.shape)")
    return Self.product(self, CblasTrans, other, rows: columns, inner: rows)
  }

  private static func product(
    _ left: DoubleMatrix, _ transpose: CBLAS_TRANSPOSE, _ right: DoubleMatrix, rows: Int, inner: Int
  ) -> DoubleMatrix {
    var result = DoubleMatrix(rows: rows, columns: right.columns)
    _ = OpenBLAS.prepared
    OperationCounter.add(2 * rows * inner * right.columns)
    let width = Int32(max(1, right.columns))  // BLAS wants strides of at least one, also for no columns
    cblas_dgemm(
      CblasRowMajor, transpose, CblasNoTrans, Int32(rows), Int32(right.columns), Int32(inner), 1, left.elements,
      Int32(max(1, left.columns)), right.elements, width, 0, &result.elements, width)
    return result
  }

  /// The Gram matrix `selfᵀ · self`, symmetric to the bit.
  ///
  /// ## Shapes
  /// - self: `[n, d]`; returns: `[d, d]`
  ///
  /// - Complexity: O(n·d²), half the work of a product.
  public var gram: DoubleMatrix {
    var result = DoubleMatrix(rows: columns, columns: columns)
    let d = Int32(columns)
    _ = OpenBLAS.prepared
    OperationCounter.add(rows * columns * (columns + 1))
    cblas_dsyrk(
      CblasRowMajor, CblasLower, CblasTrans, d, Int32(rows), 1, elements, max(1, d), 0, &result.elements, max(1, d))
    for i in 0..<columns {
      for j in 0..<i { result.elements[j * columns + i] = result.elements[i * columns + j] }
    }
    return result
  }
  /// `selfᵀ · diag(weights) · self`, with a weight a row, which may be negative; symmetric to the bit.
  ///
  /// ## Shapes
  /// - self: `[n, d]`, weights: n; returns: `[d, d]`
  ///
  /// - Complexity: O(n·d²).
  public func weightedGram(_ weights: [Double]) -> DoubleMatrix {
    precondition(weights.count == rows, "\(weights.count) weights do not fit \(shape)")
    var scaled = self
    OperationCounter.add(rows * columns)
    for i in 0..<rows {
      for j in 0..<columns { scaled.elements[i * columns + j] *= weights[i] }
    }
    var result = transposedProduct(with: scaled)
    for i in 0..<columns {
      for j in 0..<i { result.elements[j * columns + i] = result.elements[i * columns + j] }
    }
    return result
  }
}
