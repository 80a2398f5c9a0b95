internal import CKernels

extension Matrix {
  /// The elementwise sum of two matrices of one shape.
  public static func + (left: Matrix, right: Matrix) -> Matrix { left.combined(right, attune_add) }
  /// The elementwise difference of two matrices of one shape.
  public static func - (left: Matrix, right: Matrix) -> Matrix { left.combined(right, attune_subtract) }
  /// The elementwise product of two matrices of one shape.
  public func elementwiseProduct(_ other: Matrix) -> Matrix { combined(other, attune_multiply) }

  private func combined(
    _ other: Matrix,
    _ kernel: (Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Matrix {
    precondition(shape == other.shape, "shapes \(shape) and \(other.shape) differ")
    return Matrix(rows: rows, columns: columns) { out in
      withElements { a in other.withElements { b in kernel(count, a.base, b.base, out.base) } }
    }
  }

  /// Every element times `factor`.
  public func scaled(by factor: Float) -> Matrix {
    mapped { attune_scale($0, factor, $1, $2) }
  }

  /// Adds `factor · other` in place.
  public mutating func add(_ other: Matrix, scaledBy factor: Float = 1) {
    precondition(shape == other.shape, "shapes \(shape) and \(other.shape) differ")
    let n = count
    withMutableElements { y in other.withElements { x in attune_axpy(n, factor, x.base, y.base) } }
  }

  /// Adds a vector `[1, columns]` to every row.
  public func addingRow(_ row: Matrix) -> Matrix {
    precondition(row.count == columns, "a row of \(row.count) does not fit \(shape)")
    return Matrix(rows: rows, columns: columns) { out in
      withElements { x in row.withElements { attune_add_row(rows, columns, x.base, $0.base, out.base) } }
    }
  }

  /// Multiplies every row elementwise by a vector `[1, columns]`.
  public func multiplyingRow(_ row: Matrix) -> Matrix {
    precondition(row.count == columns, "a row of \(row.count) does not fit \(shape)")
    return Matrix(rows: rows, columns: columns) { out in
      withElements { x in row.withElements { attune_multiply_row(rows, columns, x.base, $0.base, out.base) } }
    }
  }

  /// Multiplies row `i` by element `i` of `factors`, which has one element a row.
  public func scalingRows(by factors: Matrix) -> Matrix {
    precondition(factors.count == rows, "\(factors.count) factors do not fit \(shape)")
    return Matrix(rows: rows, columns: columns) { out in
      withElements { x in factors.withElements { attune_scale_rows(rows, columns, x.base, $0.base, out.base) } }
    }
  }

  /// `body` applied to every element.
  public func map(_ body: (Float) throws -> Float) rethrows -> Matrix {
    try Matrix(rows: rows, columns: columns) { out in
      try withElements { x in for i in 0..<count { out[i] = try body(x[i]) } }
    }
  }

  /// A kernel over all elements, `(count, input, output)`.
  func mapped(_ kernel: (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void) -> Matrix {
    Matrix(rows: rows, columns: columns) { out in withElements { kernel(count, $0.base, out.base) } }
  }

  /// The sum of all elements, in double precision.
  public var sum: Double { withElements { attune_sum(count, $0.base) } }
  /// The mean of all elements; NaN where there are none.
  public var mean: Double { sum / Double(count) }
  /// Whether no element is NaN or infinite.
  public var isFinite: Bool { withElements { attune_all_finite(count, $0.base) != 0 } }

  /// The sum of each column, `[1, columns]`.
  public var columnSums: Matrix {
    Matrix(rows: 1, columns: columns) { out in
      withElements { attune_column_sums(rows, columns, $0.base, out.base) }
    }
  }

  /// Mean and biased variance (division by the number of rows) of each column, both `[1, columns]`.
  public var columnMoments: (mean: Matrix, variance: Matrix) {
    precondition(rows > 0, "a matrix without rows has no moments")
    var mean = Matrix(rows: 1, columns: columns)
    let variance = Matrix(rows: 1, columns: columns) { variance in
      mean.withMutableElements { mean in
        withElements { attune_column_moments(rows, columns, $0.base, mean.base, variance.base) }
      }
    }
    return (mean, variance)
  }
}

extension UnsafeBufferPointer<Float> {
  /// The base address; storage always has one, also for no elements.
  var base: UnsafePointer<Float> { baseAddress.unsafelyUnwrapped }
}

extension UnsafeMutableBufferPointer<Float> {
  var base: UnsafeMutablePointer<Float> { baseAddress.unsafelyUnwrapped }
}
