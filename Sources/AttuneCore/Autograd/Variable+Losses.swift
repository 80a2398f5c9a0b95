internal import CKernels

extension Variable {
  /// The mean cross-entropy of logits against target distributions, `−1/n Σᵢ Σ_c tᵢ_c ln softmax(z)ᵢ_c`, in nats.
  ///
  /// ## Shapes
  /// - self: logits `[n, k]`, targets: `[n, k]` (rows need not sum to one), returns `[1, 1]`
  public func crossEntropy(targets: Matrix) -> Variable {
    precondition(value.shape == targets.shape, "logits \(value.shape) against targets \(targets.shape)")
    let (losses, gradient) = value.rowLosses { logits, losses, gradient in
      targets.withElements { attune_cross_entropy(value.rows, value.columns, logits, $0.base, losses, gradient) }
    }
    return tape.record(.crossEntropy, Matrix(row: [Float(losses.mean)]), from: [self]) {
      [x = operand] dy, gradients in
      gradients.add(gradient.scaled(by: dy[0, 0] / Float(x.value.rows)), to: x)
    }
  }

  /// The mean of squared differences over all elements, `[1, 1]`.
  public func meanSquaredError(targets: Matrix) -> Variable {
    let difference = value - targets
    let loss = Float(difference.elementwiseProduct(difference).mean)
    return tape.record(.meanSquaredError, Matrix(row: [loss]), from: [self]) { [x = operand] dy, gradients in
      gradients.add(difference.scaled(by: 2 * dy[0, 0] / Float(x.value.count)), to: x)
    }
  }

  /// The Shannon entropy of each row's softmax, `[n, 1]`, in nats.
  ///
  /// ## Shapes
  /// - self: logits `[n, k]`
  public func entropy() -> Variable {
    let (entropies, gradient) = value.rowLosses { logits, entropies, gradient in
      attune_entropy(value.rows, value.columns, logits, entropies, gradient)
    }
    return tape.record(.entropy, entropies, from: [self]) { [x = operand] dy, gradients in
      gradients.add(gradient.scalingRows(by: dy), to: x)
    }
  }
}

extension Matrix {
  /// The Shannon entropy of each row's softmax, `[n, 1]`, in nats.
  public func rowEntropies() -> Matrix {
    rowLosses { attune_entropy(rows, columns, $0, $1, $2) }.values
  }

  /// The mean cross-entropy of these logits, as `Variable.crossEntropy` gives it, and its gradient.
  public func crossEntropy(targets: Matrix) -> (loss: Float, gradient: Matrix) {
    precondition(shape == targets.shape, "logits \(shape) against targets \(targets.shape)")
    var (losses, gradient) = rowLosses { logits, losses, gradient in
      targets.withElements { attune_cross_entropy(rows, columns, logits, $0.base, losses, gradient) }
    }
    gradient.scale(by: 1 / Float(rows))
    return (Float(losses.mean), gradient)
  }

  /// One value a row, with its gradient of the matrix's shape.
  fileprivate func rowLosses(
    _ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> (values: Matrix, gradient: Matrix) {
    var gradient = Matrix(rows: rows, columns: columns)
    let values = Matrix(rows: rows, columns: 1) { values in
      gradient.withMutableElements { gradient in
        withElements {
          // The kernels read the first element of each row; a row without classes loses nothing.
          if columns > 0 { kernel($0.base, values.base, gradient.base) } else { values.update(repeating: 0) }
        }
      }
    }
    return (values, gradient)
  }
}
