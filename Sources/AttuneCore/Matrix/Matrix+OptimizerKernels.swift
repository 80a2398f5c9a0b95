internal import CKernels
internal import Foundation

/// The loops of the optimizers: each changes a parameter and its state in place, in one pass.
///
/// Hyperparameters come in Double, and what the loops need of them (`1 − beta2`, bias corrections) is computed in
/// Double before it is rounded once: `1 − 0.999` in Float would be off by 5e-5. The rules and their sources are with
/// the optimizers that call these; a scalar Double twin of each is its test.
extension Matrix {
  /// One step of RMSprop: `v ← alpha·v + (1 − alpha)·g²`, `θ ← θ − learningRate · g / (√v + epsilon)`, where
  /// `g = gradient + weightDecay·θ`.
  ///
  /// - Parameters:
  ///   - gradient: of the parameter's shape, as is the state.
  ///   - squareAverage: the running mean `v` of the squared gradient.
  ///   - gradientAverage: the running mean of the gradient, whose square is taken off `v`; nil unless centered.
  ///   - buffer: the velocity; nil without momentum.
  public mutating func stepRMSprop(
    along gradient: Matrix, squareAverage: inout Matrix, gradientAverage: inout Matrix?, buffer: inout Matrix?,
    learningRate: Double, alpha: Double, epsilon: Double, weightDecay: Double, momentum: Double
  ) {
    requireShape(of: gradient, "gradient")
    requireShape(of: squareAverage, "square average")
    requireShape(of: gradientAverage, "gradient average")
    requireShape(of: buffer, "buffer")
    var settings = attune_rmsprop_settings(
      learning_rate: Float(learningRate), epsilon: Float(epsilon), weight_decay: Float(weightDecay),
      momentum: Float(momentum), alpha: Float(alpha), weight: Float(1 - alpha))
    let n = count
    withMutableElements { parameter in
      gradient.withElements { gradient in
        squareAverage.withMutableElements { square in
          gradientAverage.withMutableBase { average in
            buffer.withMutableBase { buffer in
              attune_rmsprop(n, &settings, gradient.base, parameter.base, square.base, average, buffer)
            }
          }
        }
      }
    }
  }

  /// Stops where a gradient or state is not of the parameter's shape.
  func requireShape(of other: Matrix?, _ role: String) {
    guard let other else { return }
    precondition(other.shape == shape, "the \(role) is \(other.shape), the parameter \(shape)")
  }
}

extension Optional<Matrix> {
  /// Calls `body` with the base address of the elements, to change them in place, or with nil where there is no matrix.
  mutating func withMutableBase(_ body: (UnsafeMutablePointer<Float>?) -> Void) {
    guard self != nil else { return body(nil) }
    self?.withMutableElements { body($0.base) }
  }
}
