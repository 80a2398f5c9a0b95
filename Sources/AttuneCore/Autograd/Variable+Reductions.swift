internal import CKernels

extension Variable {
  /// The sum of all elements, `[1, 1]`.
  public func sum() -> Variable {
    tape.record(.sum, Matrix(row: [Float(value.sum)]), from: [self]) { [x = operand] dy, gradients in
      gradients.add(Matrix(rows: x.value.rows, columns: x.value.columns, repeating: dy[0, 0]), to: x)
    }
  }

  /// The mean of all elements, `[1, 1]`.
  public func mean() -> Variable {
    tape.record(.mean, Matrix(row: [Float(value.mean)]), from: [self]) { [x = operand] dy, gradients in
      let share = dy[0, 0] / Float(x.value.count)
      gradients.add(Matrix(rows: x.value.rows, columns: x.value.columns, repeating: share), to: x)
    }
  }

  /// The sum of each row, `[n, 1]`.
  public func rowSums() -> Variable {
    let ones = Matrix(rows: value.columns, columns: 1, repeating: 1)
    return tape.record(.rowSums, Matrix.product(value, ones), from: [self]) { [x = operand] dy, gradients in
      gradients.add(Matrix.product(dy, ones, transposingRight: true), to: x)
    }
  }

  /// The mean of each column, `[1, d]`.
  public func columnMeans() -> Variable {
    let share = 1 / Float(value.rows)
    return tape.record(.columnMeans, value.columnSums.scaled(by: share), from: [self]) {
      [x = operand] dy, gradients in
      gradients.add(Matrix(rows: x.value.rows, columns: x.value.columns).addingRow(dy.scaled(by: share)), to: x)
    }
  }

  /// The softmax of each row.
  public func softmax() -> Variable {
    let p = value.softmax()
    return tape.record(.softmax, p, from: [self]) { [x = operand] dy, gradients in
      gradients.add(Variable.rowGradient(p, dy, attune_softmax_backward), to: x)
    }
  }

  /// The log-softmax of each row.
  public func logSoftmax() -> Variable {
    let logs = value.logSoftmax()
    return tape.record(.logSoftmax, logs, from: [self]) { [x = operand] dy, gradients in
      gradients.add(Variable.rowGradient(logs, dy, attune_log_softmax_backward), to: x)
    }
  }

  private static func rowGradient(
    _ output: Matrix, _ dy: Matrix,
    _ kernel: (Int, Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Matrix {
    Matrix(rows: dy.rows, columns: dy.columns) { dx in
      output.withElements { y in dy.withElements { kernel(dy.rows, dy.columns, y.base, $0.base, dx.base) } }
    }
  }
}
