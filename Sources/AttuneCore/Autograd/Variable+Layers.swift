internal import CKernels

extension Variable {
  /// `x · Wᵀ + b`.
  ///
  /// ## Shapes
  /// - self: `[n, d]`, weight: `[h, d]`, bias: `[1, h]`, returns `[n, h]`
  public func linear(weight: Variable, bias: Variable?) -> Variable {
    let output = value.linear(weight: weight.value, bias: bias?.value)
    return tape.record(.linear, output, from: [self, weight] + (bias.map { [$0] } ?? [])) {
      [x = operand, weight = weight.operand, bias = bias?.operand] dy, gradients in
      gradients.add(Matrix.product(dy, weight.value), to: x)
      gradients.add(Matrix.product(dy, x.value, transposingLeft: true), to: weight)
      if let bias { gradients.add(dy.columnSums, to: bias) }
    }
  }

  /// The product of two matrices, `[n, k] · [k, m]`.
  public func matrixProduct(_ other: Variable) -> Variable {
    tape.record(.matrixProduct, Matrix.product(value, other.value), from: [self, other]) {
      [x = operand, other = other.operand] dy, gradients in
      gradients.add(Matrix.product(dy, other.value, transposingRight: true), to: x)
      gradients.add(Matrix.product(x.value, dy, transposingLeft: true), to: other)
    }
  }

  /// Batch normalization with given statistics: `(x − mean) / √(variance + ε) · γ + β`.
  ///
  /// The gradient flows through that share of the statistics which comes from the batch.
  ///
  /// ## Shapes
  /// - self: `[n, d]`, gamma and beta: `[1, d]`, returns `[n, d]`
  ///
  /// - Source: Ioffe, Szegedy (2015), Batch normalization, arXiv:1502.03167.
  public func batchNormalization(
    gamma: Variable, beta: Variable, statistics: NormalizationStatistics, epsilon: Float
  ) -> Variable {
    let inverse = statistics.inverseDeviation(epsilon: epsilon)
    let output = value.normalized(mean: statistics.mean, inverse: inverse, gamma: gamma.value, beta: beta.value)
    return tape.record(.batchNormalization, output, from: [self, gamma, beta]) {
      [x = operand, gamma = gamma.operand, beta = beta.operand] dy, gradients in
      let (dgamma, dbeta) = x.value.affineGradients(dy, mean: statistics.mean, inverse: inverse)
      gradients.add(
        x.value.inputGradient(dy, statistics, inverse: inverse, gamma: gamma.value, dgamma: dgamma, dbeta: dbeta),
        to: x)
      gradients.add(dgamma, to: gamma)
      gradients.add(dbeta, to: beta)
    }
  }

  /// `max(0, x)`.
  public func relu() -> Variable { activated(.relu, attune_relu, attune_relu_backward, fromOutput: true) }
  /// The hyperbolic tangent.
  public func tanh() -> Variable { activated(.tanh, attune_tanh, attune_tanh_backward, fromOutput: true) }
  /// `1 / (1 + exp(−x))`.
  public func sigmoid() -> Variable { activated(.sigmoid, attune_sigmoid, attune_sigmoid_backward, fromOutput: true) }
  /// `x · Φ(x)` with the standard normal distribution function.
  public func gelu() -> Variable { activated(.gelu, attune_gelu, attune_gelu_backward, fromOutput: false) }

  private func activated(
    _ operation: DifferentiableOperation, _ forward: (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void,
    _ backward: @escaping (Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void,
    fromOutput: Bool
  ) -> Variable {
    let output = value.mapped(forward)
    let kept = fromOutput ? output : value
    return tape.record(operation, output, from: [self]) { [x = operand] dy, gradients in
      let gradient = Matrix(rows: dy.rows, columns: dy.columns) { dx in
        kept.withElements { k in dy.withElements { backward(dy.count, k.base, $0.base, dx.base) } }
      }
      gradients.add(gradient, to: x)
    }
  }

  /// The elementwise product with a constant matrix of the same shape, for example a dropout mask.
  public func masked(by mask: Matrix) -> Variable {
    tape.record(.mask, value.elementwiseProduct(mask), from: [self]) { [x = operand] dy, gradients in
      gradients.add(dy.elementwiseProduct(mask), to: x)
    }
  }
}

extension Matrix {
  /// Each element through an activation function.
  func activated(by function: ActivationFunction) -> Matrix {
    switch function {
    case .relu: mapped(attune_relu)
    case .tanh: mapped(attune_tanh)
    case .sigmoid: mapped(attune_sigmoid)
    case .gelu: mapped(attune_gelu)
    }
  }

  func normalized(mean: Matrix, inverse: Matrix, gamma: Matrix, beta: Matrix) -> Matrix {
    precondition(
      [mean, inverse, gamma, beta].allSatisfy { $0.count == columns },
      "batch norm of \(mean.count), \(inverse.count), \(gamma.count), \(beta.count) features for \(shape)")
    return Matrix(rows: rows, columns: columns) { out in
      withElements { x in
        mean.withElements { m in
          inverse.withElements { i in
            gamma.withElements { g in
              beta.withElements { b in
                attune_normalize(rows, columns, x.base, m.base, i.base, g.base, b.base, out.base)
              }
            }
          }
        }
      }
    }
  }

  /// Gradients of batch norm's γ and β, `[1, d]` each.
  fileprivate func affineGradients(_ dy: Matrix, mean: Matrix, inverse: Matrix) -> (gamma: Matrix, beta: Matrix) {
    var dbeta = Matrix(rows: 1, columns: columns)
    let dgamma = Matrix(rows: 1, columns: columns) { dgamma in
      dbeta.withMutableElements { dbeta in
        withElements { x in
          mean.withElements { m in
            inverse.withElements { i in
              dy.withElements {
                attune_normalize_backward_affine(
                  rows, columns, x.base, m.base, i.base, $0.base, dgamma.base, dbeta.base)
              }
            }
          }
        }
      }
    }
    return (dgamma, dbeta)
  }

  fileprivate func inputGradient(
    _ dy: Matrix, _ statistics: NormalizationStatistics, inverse: Matrix, gamma: Matrix, dgamma: Matrix, dbeta: Matrix
  ) -> Matrix {
    Matrix(rows: rows, columns: columns) { dx in
      withElements { x in
        statistics.batchMean.withElements { batchMean in
          inverse.withElements { i in
            gamma.withElements { g in
              dgamma.withElements { dg in
                dbeta.withElements { db in
                  dy.withElements {
                    attune_normalize_backward_input(
                      rows, columns, x.base, batchMean.base, i.base, g.base, dg.base, db.base,
                      statistics.batchWeight, statistics.varianceCorrection, $0.base, dx.base)
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
