internal import CKernels
internal import Foundation

/// The loops of the optimizers: each changes a parameter and its state in place, in one pass.
///
/// Hyperparameters come in Double, and what the loops need of them (`1 − beta2`, bias corrections) is computed in
/// Double before it is rounded once: `1 − 0.999` in Float would be off by 5e-5. The rules and their sources are with
/// the optimizers that call these; a scalar Double twin of each is its test.
extension Matrix {
  /// One step of stochastic gradient descent: `b ← momentum·b + (1 − dampening)·g`, `θ ← θ − learningRate·b`, where
  /// `g = gradient + weightDecay·θ`.
  ///
  /// - Parameters:
  ///   - gradient: of the parameter's shape, as is the buffer.
  ///   - buffer: the velocity `b`; nil steps along `g` alone.
  ///   - isFirstStep: whether the buffer is set to `g`, undamped.
  public mutating func stepSGD(
    along gradient: Matrix, buffer: inout Matrix?, learningRate: Double, momentum: Double, dampening: Double,
    weightDecay: Double, nesterov: Bool, isFirstStep: Bool
  ) {
    requireShape(of: gradient, "gradient")
    requireShape(of: buffer, "buffer")
    var settings = attune_sgd_settings(
      learning_rate: Float(learningRate), momentum: Float(momentum), weight_decay: Float(weightDecay),
      gradient_weight: Float(1 - dampening), nesterov: nesterov ? 1 : 0, first_step: isFirstStep ? 1 : 0)
    let n = count
    withMutableElements { parameter in
      gradient.withElements { gradient in
        buffer.withMutableBase { attune_sgd(n, &settings, gradient.base, parameter.base, $0) }
      }
    }
  }

  /// One step of Adam: `m ← lerp(m, g, 1 − beta1)`, `v ← beta2·v + (1 − beta2)·g²`,
  /// `θ ← θ − learningRate / (1 − beta1ᵗ) · m / (√v / √(1 − beta2ᵗ) + epsilon)`.
  ///
  /// - Parameters:
  ///   - gradient: of the parameter's shape, as are the moments.
  ///   - firstMoment: the running mean `m` of the gradient.
  ///   - secondMoment: the running mean `v` of its square.
  ///   - maximum: the largest `v` of each element so far, which then stands for `v` (AMSGrad); nil uses `v` itself.
  ///   - step: `t`, 1 at the first step.
  ///   - coupledDecay: times `θ`, is added to the gradient (Adam).
  ///   - decoupledDecay: `θ` is first multiplied by `1 − learningRate · decoupledDecay` (AdamW).
  public mutating func stepAdam(
    along gradient: Matrix, firstMoment: inout Matrix, secondMoment: inout Matrix, maximum: inout Matrix?, step: Int,
    learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, coupledDecay: Double, decoupledDecay: Double
  ) {
    precondition(step >= 1, "steps count from 1, not \(step)")
    requireShape(of: gradient, "gradient")
    requireShape(of: firstMoment, "first moment")
    requireShape(of: secondMoment, "second moment")
    requireShape(of: maximum, "maximum")
    let correction1 = 1 - pow(beta1, Double(step))
    let correction2 = 1 - pow(beta2, Double(step))
    var settings = attune_adam_settings(
      weight1: Float(1 - beta1), beta2: Float(beta2), weight2: Float(1 - beta2), epsilon: Float(epsilon),
      coupled_decay: Float(coupledDecay), shrink: Float(1 - learningRate * decoupledDecay),
      step_size: Float(learningRate / correction1), inverse_correction: Float(1 / correction2.squareRoot()))
    let n = count
    withMutableElements { parameter in
      gradient.withElements { gradient in
        firstMoment.withMutableElements { first in
          secondMoment.withMutableElements { second in
            maximum.withMutableBase {
              attune_adam(n, &settings, gradient.base, parameter.base, first.base, second.base, $0)
            }
          }
        }
      }
    }
  }

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
