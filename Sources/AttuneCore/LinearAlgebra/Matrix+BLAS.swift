internal import CKernels
internal import COpenBLAS

extension Matrix {
  /// The product of two matrices, either of which may enter transposed.
  ///
  /// ## Shapes
  /// - `op(left)`: `[n, k]`, `op(right)`: `[k, m]`, returns `[n, m]`
  public static func product(
    _ left: Matrix, _ right: Matrix, transposingLeft transposeLeft: Bool = false,
    transposingRight transposeRight: Bool = false
  ) -> Matrix {
    let n = transposeLeft ? left.columns : left.rows, m = transposeRight ? right.rows : right.columns
    return Matrix(rows: n, columns: m) { out in
      gemm(left, transposeLeft, right, transposeRight, scale: 0, into: out.base)
    }
  }

  /// Adds `op(left) · op(right)` in place.
  public mutating func addProduct(
    _ left: Matrix, _ right: Matrix, transposingLeft transposeLeft: Bool = false,
    transposingRight transposeRight: Bool = false
  ) {
    let n = transposeLeft ? left.columns : left.rows, m = transposeRight ? right.rows : right.columns
    precondition(rows == n && columns == m, "a product of \(n)×\(m) does not add to \(shape)")
    withMutableElements { Matrix.gemm(left, transposeLeft, right, transposeRight, scale: 1, into: $0.base) }
  }

  /// `x · Wᵀ + b`, the affine map of a layer: rows of `weight` are output features.
  ///
  /// ## Shapes
  /// - self: `[n, d]`, weight: `[h, d]`, bias: `[1, h]`, returns `[n, h]`
  public func linear(weight: Matrix, bias: Matrix?) -> Matrix {
    guard let bias else { return Matrix.product(self, weight, transposingRight: true) }
    precondition(bias.count == weight.rows, "a bias of \(bias.count) does not fit a weight of \(weight.shape)")
    return Matrix(rows: rows, columns: weight.rows) { out in
      bias.withElements { b in
        for i in 0..<rows { out.base.advanced(by: i * b.count).update(from: b.base, count: b.count) }
      }
      Matrix.gemm(self, false, weight, true, scale: 1, into: out.base)
    }
  }

  /// `out ← op(left) · op(right) + scale · out`.
  private static func gemm(
    _ left: Matrix, _ transposeLeft: Bool, _ right: Matrix, _ transposeRight: Bool, scale: Float,
    into out: UnsafeMutablePointer<Float>
  ) {
    let n = transposeLeft ? left.columns : left.rows, k = transposeLeft ? left.rows : left.columns
    let m = transposeRight ? right.rows : right.columns
    precondition(
      k == (transposeRight ? right.columns : right.rows),
      "inner sizes differ: \(left.shape)\(transposeLeft ? "ᵀ" : "") · \(right.shape)\(transposeRight ? "ᵀ" : "")")
    guard n > 0, m > 0 else { return }
    guard k > 0 else {
      if scale == 0 { out.update(repeating: 0, count: n * m) }
      return
    }
    _ = OpenBLAS.prepared
    attune_count_operations(2 * UInt64(n) * UInt64(m) * UInt64(k))
    left.withElements { a in
      right.withElements { b in
        cblas_sgemm(
          CblasRowMajor, transposeLeft ? CblasTrans : CblasNoTrans, transposeRight ? CblasTrans : CblasNoTrans,
          Int32(n), Int32(m), Int32(k), 1, a.base, Int32(left.columns), b.base, Int32(right.columns), scale, out,
          Int32(m))
      }
    }
  }
}
