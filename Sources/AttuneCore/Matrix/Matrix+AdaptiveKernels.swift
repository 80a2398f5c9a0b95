internal import CKernels
internal import Foundation

/// The loops of the adaptive optimizers beyond Adam and RMSprop, as those: one pass, in place, what depends on the
/// hyperparameters alone computed in Double.
extension Matrix {
  /// One step of NAdam: `m` and `v` as Adam,
  /// `θ ← θ − learningRate · (gradientShare·g + momentShare·m) / (√v / √(1 − beta2ᵗ) + epsilon)`.
  ///
  /// - Parameters:
  ///   - gradient: of the parameter's shape, as are the moments.
  ///   - step: `t`, 1 at the first step.
  ///   - gradientShare: `(1 − μₜ) / (1 − μ₁ … μₜ)`.
  ///   - momentShare: `μₜ₊₁ / (1 − μ₁ … μₜ₊₁)`.
  public mutating func stepNAdam(
    along gradient: Matrix, firstMoment: inout Matrix, secondMoment: inout Matrix, step: Int, learningRate: Double,
    beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double, gradientShare: Double, momentShare: Double
  ) {
    precondition(step >= 1, "steps count from 1, not \(step)")
    var settings = attune_nadam_settings(
      weight1: Float(1 - beta1), beta2: Float(beta2), weight2: Float(1 - beta2), epsilon: Float(epsilon),
      weight_decay: Float(weightDecay), inverse_correction: Float(1 / (1 - pow(beta2, Double(step))).squareRoot()),
      gradient_step: Float(learningRate * gradientShare), moment_step: Float(learningRate * momentShare))
    self.step(along: gradient, &firstMoment, "first moment", &secondMoment, "second moment") {
      attune_nadam($0, &settings, $1, $2, $3, $4)
    }
  }

  /// One step of RAdam: `m` and `v` as Adam, then `θ ← θ − stepSize · m / (√v + epsilon)` where rectified, otherwise
  /// `θ ← θ − stepSize · m`.
  ///
  /// - Parameters:
  ///   - gradient: of the parameter's shape, as are the moments.
  ///   - stepSize: the learning rate with all corrections.
  ///   - isRectified: whether the step divides by the root of `v`.
  public mutating func stepRAdam(
    along gradient: Matrix, firstMoment: inout Matrix, secondMoment: inout Matrix, beta1: Double, beta2: Double,
    epsilon: Double, weightDecay: Double, stepSize: Double, isRectified: Bool
  ) {
    var settings = attune_radam_settings(
      weight1: Float(1 - beta1), beta2: Float(beta2), weight2: Float(1 - beta2), epsilon: Float(epsilon),
      weight_decay: Float(weightDecay), step_size: Float(stepSize), rectified: isRectified ? 1 : 0)
    step(along: gradient, &firstMoment, "first moment", &secondMoment, "second moment") {
      attune_radam($0, &settings, $1, $2, $3, $4)
    }
  }

  /// One step of Adagrad: `v ← v + g²`, `θ ← θ − stepSize · g / (√v + epsilon)`.
  ///
  /// - Parameters:
  ///   - gradient: of the parameter's shape, as is the state.
  ///   - squareSum: the sum `v` of all squared gradients.
  ///   - stepSize: the learning rate after its decay.
  public mutating func stepAdagrad(
    along gradient: Matrix, squareSum: inout Matrix, stepSize: Double, epsilon: Double, weightDecay: Double
  ) {
    requireShape(of: gradient, "gradient")
    requireShape(of: squareSum, "square sum")
    var settings = attune_adagrad_settings(
      step_size: Float(stepSize), epsilon: Float(epsilon), weight_decay: Float(weightDecay))
    let n = count
    withMutableElements { parameter in
      gradient.withElements { gradient in
        squareSum.withMutableElements { attune_adagrad(n, &settings, gradient.base, parameter.base, $0.base) }
      }
    }
  }

  /// One step of Adadelta: `v ← rho·v + (1 − rho)·g²`, `d = √(a + epsilon) / √(v + epsilon) · g`,
  /// `a ← rho·a + (1 − rho)·d²`, `θ ← θ − learningRate·d`.
  ///
  /// - Parameters:
  ///   - gradient: of the parameter's shape, as is the state.
  ///   - squareAverage: the running mean `v` of the squared gradient.
  ///   - stepAverage: the running mean `a` of the squared step.
  public mutating func stepAdadelta(
    along gradient: Matrix, squareAverage: inout Matrix, stepAverage: inout Matrix, learningRate: Double, rho: Double,
    epsilon: Double, weightDecay: Double
  ) {
    var settings = attune_adadelta_settings(
      learning_rate: Float(learningRate), rho: Float(rho), weight: Float(1 - rho), epsilon: Float(epsilon),
      weight_decay: Float(weightDecay))
    step(along: gradient, &squareAverage, "square average", &stepAverage, "step average") {
      attune_adadelta($0, &settings, $1, $2, $3, $4)
    }
  }

  /// One step of Adamax: `m` as Adam, `u ← max(beta2·u, |g| + epsilon)`,
  /// `θ ← θ − learningRate / (1 − beta1ᵗ) · m / u`.
  ///
  /// - Parameters:
  ///   - gradient: of the parameter's shape, as is the state.
  ///   - norm: the decaying maximum `u` of the gradient's size.
  ///   - step: `t`, 1 at the first step.
  public mutating func stepAdamax(
    along gradient: Matrix, firstMoment: inout Matrix, norm: inout Matrix, step: Int, learningRate: Double,
    beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double
  ) {
    precondition(step >= 1, "steps count from 1, not \(step)")
    var settings = attune_adamax_settings(
      weight1: Float(1 - beta1), beta2: Float(beta2), epsilon: Float(epsilon), weight_decay: Float(weightDecay),
      step_size: Float(learningRate / (1 - pow(beta1, Double(step)))))
    self.step(along: gradient, &firstMoment, "first moment", &norm, "norm") {
      attune_adamax($0, &settings, $1, $2, $3, $4)
    }
  }

  /// Calls a kernel with count, gradient, parameter and the two matrices of its state, once their shapes are checked.
  private mutating func step(
    along gradient: Matrix, _ first: inout Matrix, _ firstRole: String, _ second: inout Matrix, _ secondRole: String,
    _ kernel: (
      Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void
  ) {
    requireShape(of: gradient, "gradient")
    requireShape(of: first, firstRole)
    requireShape(of: second, secondRole)
    let n = count
    withMutableElements { parameter in
      gradient.withElements { gradient in
        first.withMutableElements { first in
          second.withMutableElements { second in kernel(n, gradient.base, parameter.base, first.base, second.base) }
        }
      }
    }
  }
}
