internal import CKernels

extension Matrix {
  /// The elements of one row, copied.
  public func row(_ index: Int) -> [Float] {
    precondition(index >= 0 && index < rows, "row \(index) in \(shape)")
    return withElements { Array($0[index * columns..<(index + 1) * columns]) }
  }

  /// A run of rows, in order.
  public func rows(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) in \(shape)")
    return Matrix(rows: range.count, columns: columns) { out in
      withElements { _ = out.update(fromContentsOf: $0[range.lowerBound * columns..<range.upperBound * columns]) }
    }
  }

  /// The rows at `indices`, in that order; an index may repeat.
  public func rows(at indices: some Collection<Int>) -> Matrix {
    // One loop over memory: a loop over any collection would cost more than the copies.
    indices.withContiguousStorageIfAvailable(gather) ?? Array(indices).withUnsafeBufferPointer(gather)
  }

  private func gather(_ indices: UnsafeBufferPointer<Int>) -> Matrix {
    Matrix(rows: indices.count, columns: columns) { out in
      withElements { x in
        for position in indices.indices {
          let index = indices[position]
          precondition(index >= 0 && index < rows, "row \(index) in \(shape)")
          out.base.advanced(by: position * columns).update(from: x.base + index * columns, count: columns)
        }
      }
    }
  }

  /// The columns at `indices`, in that order; an index may repeat.
  public func columns(at indices: [Int]) -> Matrix {
    precondition(indices.allSatisfy { $0 >= 0 && $0 < columns }, "columns \(indices) in \(shape)")
    return Matrix(rows: rows, columns: indices.count) { out in
      withElements { x in
        for i in 0..<rows {
          for (position, j) in indices.enumerated() { out[i * indices.count + position] = x[i * columns + j] }
        }
      }
    }
  }

  /// Matrices of equal width on top of each other.
  public static func concatenatingRows(_ parts: [Matrix]) -> Matrix {
    let columns = parts.first?.columns ?? 0
    precondition(parts.allSatisfy { $0.columns == columns }, "the parts differ in width")
    return Matrix(rows: parts.reduce(0) { $0 + $1.rows }, columns: columns) { out in
      var start = 0
      for part in parts {
        part.withElements { out.base.advanced(by: start).update(from: $0.base, count: $0.count) }
        start += part.count
      }
    }
  }

  /// The transpose.
  public var transposed: Matrix {
    Matrix(rows: columns, columns: rows) { out in
      withElements { x in
        for i in 0..<rows { for j in 0..<columns { out[j * rows + i] = x[i * columns + j] } }
      }
    }
  }

  /// For each row the column of its largest element; the first of equals.
  public var rowArgmax: [Int] {
    withElements { x in
      (0..<rows).map { i in
        var best = 0
        for j in 1..<max(1, columns) where x[i * columns + j] > x[i * columns + best] { best = j }
        return best
      }
    }
  }

  /// Each row's softmax: `exp(x) / Σ exp(x)`, shifted by the row's maximum.
  public func softmax() -> Matrix {
    guard columns > 0 else { return self }
    return Matrix(rows: rows, columns: columns) { out in
      withElements { attune_softmax(rows, columns, $0.base, out.base) }
    }
  }

  /// Each row's log-softmax, `x − ln Σ exp(x)`.
  public func logSoftmax() -> Matrix {
    guard columns > 0 else { return self }
    return Matrix(rows: rows, columns: columns) { out in
      withElements { attune_log_softmax(rows, columns, $0.base, out.base) }
    }
  }

  /// One row per label, 1 at the label's column and 0 elsewhere, `[labels, classes]`.
  public static func oneHot(_ labels: [Int], classes: Int) -> Matrix {
    Matrix(rows: labels.count, columns: classes) { out in
      out.update(repeating: 0)
      for (i, label) in labels.enumerated() {
        precondition(label >= 0 && label < classes, "label \(label) with \(classes) classes")
        out[i * classes + label] = 1
      }
    }
  }
}
