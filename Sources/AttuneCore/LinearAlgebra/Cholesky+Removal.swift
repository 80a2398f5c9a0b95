extension Cholesky {
  /// The factor of the matrix without one row and column.
  ///
  /// What lies below and right of them takes up the column that goes: `L₃₃·L₃₃ᵀ + l₃₂·l₃₂ᵀ`, by rotations, so that nothing
  /// cancels.
  ///
  /// - Complexity: O(d²), where a factorization anew is O(d³).
  /// - Source: Golub and Van Loan (2013), Matrix computations, fourth edition, section 6.5.
  public func removing(_ index: Int) -> Cholesky {
    let n = lower.rows
    precondition(index >= 0 && index < n, "row \(index) of \(lower.shape)")
    var result = DoubleMatrix(rows: n - 1, columns: n - 1)
    for i in 0..<n where i != index {
      for j in 0...i where j != index {
        result[i < index ? i : i - 1, j < index ? j : j - 1] = lower[i, j]
      }
    }
    var column = (index + 1..<max(index + 1, n)).map { lower[$0, index] }
    for k in column.indices {
      let row = index + k, diagonal = result[row, row]
      let length = (diagonal * diagonal + column[k] * column[k]).squareRoot()
      let cosine = length / diagonal, sine = column[k] / diagonal
      result[row, row] = length
      for i in k + 1..<max(k + 1, column.count) {
        let value = (result[index + i, row] + sine * column[i]) / cosine
        column[i] = cosine * column[i] - sine * value
        result[index + i, row] = value
      }
    }
    OperationCounter.add(3 * column.count * column.count + 6 * column.count)
    return Cholesky(lower: result)
  }
}
