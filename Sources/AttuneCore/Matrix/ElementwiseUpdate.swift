internal import CKernels
internal import Foundation

/// One step of an optimizer on one parameter, ready to be made part by part.
///
/// A rule that treats every element alike may be applied to a part of a parameter as soon as the gradient of that part is
/// known, while it is still in the cache, and by several threads at once: each element is changed exactly as by a step as
/// a whole.
///
/// It holds the addresses of the parameter and of its state: it must be used before one of them is copied, changed or
/// released.
public struct ElementwiseUpdate: @unchecked Sendable {
  private enum Rule {
    case sgd(attune_sgd_settings)
    case adam(attune_adam_settings)
  }

  private let rule: Rule
  private let count: Int
  private let parameter: UnsafeMutablePointer<Float>
  /// Velocity, or first moment.
  private let first: UnsafeMutablePointer<Float>?
  private let second: UnsafeMutablePointer<Float>?
  private let maximum: UnsafeMutablePointer<Float>?

  /// One step of stochastic gradient descent: `b ← momentum·b + (1 − dampening)·g`, `θ ← θ − learningRate·b`, where
  /// `g = gradient + weightDecay·θ`.
  ///
  /// - Parameters:
  ///   - buffer: the velocity `b`, of the parameter's shape; nil steps along `g` alone.
  ///   - isFirstStep: whether the buffer is set to `g`, undamped.
  public static func sgd(
    _ parameter: inout Matrix, buffer: inout Matrix?, learningRate: Double, momentum: Double, dampening: Double,
    weightDecay: Double, nesterov: Bool, isFirstStep: Bool
  ) -> ElementwiseUpdate {
    parameter.requireShape(of: buffer, "buffer")
    let settings = attune_sgd_settings(
      learning_rate: Float(learningRate), momentum: Float(momentum), weight_decay: Float(weightDecay),
      gradient_weight: Float(1 - dampening), nesterov: nesterov ? 1 : 0, first_step: isFirstStep ? 1 : 0)
    return ElementwiseUpdate(
      rule: .sgd(settings), count: parameter.count, parameter: parameter.uniqueBase, first: buffer?.uniqueBase,
      second: nil, maximum: nil)
  }

  /// One step of Adam: `m ← lerp(m, g, 1 − beta1)`, `v ← beta2·v + (1 − beta2)·g²`,
  /// `θ ← θ − learningRate / (1 − beta1ᵗ) · m / (√v / √(1 − beta2ᵗ) + epsilon)`.
  ///
  /// - Parameters:
  ///   - firstMoment: the running mean `m` of the gradient, of the parameter's shape.
  ///   - secondMoment: the running mean `v` of its square.
  ///   - maximum: the largest `v` of each element so far, which then stands for `v` (AMSGrad); nil uses `v` itself.
  ///   - step: `t`, 1 at the first step.
  ///   - coupledDecay: times `θ`, is added to the gradient (Adam).
  ///   - decoupledDecay: `θ` is first multiplied by `1 − learningRate · decoupledDecay` (AdamW).
  public static func adam(
    _ parameter: inout Matrix, firstMoment: inout Matrix, secondMoment: inout Matrix, maximum: inout Matrix?,
    step: Int, learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, coupledDecay: Double,
    decoupledDecay: Double
  ) -> ElementwiseUpdate {
    precondition(step >= 1, "steps count from 1, not \(step)")
    parameter.requireShape(of: firstMoment, "first moment")
    parameter.requireShape(of: secondMoment, "second moment")
    parameter.requireShape(of: maximum, "maximum")
    let correction1 = 1 - pow(beta1, Double(step))
    let correction2 = 1 - pow(beta2, Double(step))
    let settings = attune_adam_settings(
      weight1: Float(1 - beta1), beta2: Float(beta2), weight2: Float(1 - beta2), epsilon: Float(epsilon),
      coupled_decay: Float(coupledDecay), shrink: Float(1 - learningRate * decoupledDecay),
      step_size: Float(learningRate / correction1), inverse_correction: Float(1 / correction2.squareRoot()))
    return ElementwiseUpdate(
      rule: .adam(settings), count: parameter.count, parameter: parameter.uniqueBase, first: firstMoment.uniqueBase,
      second: secondMoment.uniqueBase, maximum: maximum?.uniqueBase)
  }

  /// Makes the step on `count` elements from `offset` on; `gradient` is theirs alone.
  func apply(from offset: Int, count: Int, along gradient: UnsafePointer<Float>) {
    precondition(offset >= 0 && count >= 0 && offset + count <= self.count, "\(count) elements from \(offset) on")
    switch rule {
    case .sgd(var settings):
      attune_sgd(count, &settings, gradient, parameter + offset, first.map { $0 + offset })
    case .adam(var settings):
      guard let first, let second else { preconditionFailure("Adam without moments") }
      attune_adam(
        count, &settings, gradient, parameter + offset, first + offset, second + offset, maximum.map { $0 + offset })
    }
  }

  /// Makes the whole step.
  public func apply(along gradient: Matrix) {
    precondition(gradient.count == count, "a gradient \(gradient.shape) for \(count) elements")
    gradient.withElements { apply(from: 0, count: count, along: $0.base) }
  }
}
