public import AttuneCore
internal import Foundation

/// RAdam: Adam whose first steps do not divide by a second moment that too few gradients have shaped.
///
/// With `g = gradient + weightDecay·θ`, `m` and `v` as in `Adam`, `t` the number of the step, from 1, `m̂ = m / (1 − beta1ᵗ)`,
/// `ρ∞ = 2 / (1 − beta2) − 1` and `ρₜ = ρ∞ − 2t·beta2ᵗ / (1 − beta2ᵗ)`:
/// - while `ρₜ ≤ 5` (5 steps at the default beta2) `θ ← θ − learningRate·m̂`, the size of which the gradient decides;
/// - then `θ ← θ − learningRate·r·m̂·√(1 − beta2ᵗ) / (√v + epsilon)`,
///   `r = √((ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ))`.
///
/// ## Shapes
/// - parameter, gradient, both moments: `[rows, columns]`, any
///
/// - Complexity: O(parameters), no allocation after the first step.
/// - Source: Liu, Jiang, He, Chen, Liu, Gao, Han (2020), On the Variance of the Adaptive Learning Rate and Beyond,
///   arXiv:1908.03265, Algorithm 2, in the form of PyTorch's `torch.optim.RAdam`.
/// - Note: Differs from the source: rectified from `ρₜ > 5` on, where the source has 4; epsilon, which it leaves out, is
///   added to the uncorrected root; `weightDecay` is added. PyTorch's option to decay outside of the moments is left out.
public struct RAdam: Optimizer {
  /// `radam` in config files.
  public static let name = "radam"
  /// The step size; set between steps it is not checked again.
  public var learningRate: Double
  /// Decay of the running mean of the gradient, in `0..<1`.
  public let beta1: Double
  /// Decay of the running mean of the squared gradient, in `0..<1`.
  public let beta2: Double
  /// Added to the root, so that a gradient of zero does not divide by zero.
  public let epsilon: Double
  /// L2 penalty, added to the gradient as `weightDecay·θ`.
  public var weightDecay: Double

  /// The hyperparameters in a config file, with PyTorch's defaults.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 1e-3
    /// Decay of the first moment.
    public var beta1 = 0.9
    /// Decay of the second moment.
    public var beta2 = 0.999
    /// Added to the root.
    public var epsilon = 1e-8
    /// L2 penalty, added to the gradient.
    public var weightDecay = 0.0

    /// All defaults.
    public init() {}
  }

  /// What RAdam remembers of one parameter.
  public struct State: OptimizerState, Equatable {
    /// The running mean of the gradient, not corrected for its start at zero.
    public var firstMoment: Matrix
    /// The running mean of the squared gradient, not corrected for its start at zero.
    public var secondMoment: Matrix
    /// Steps taken.
    public var steps = 0

    /// What a checkpoint keeps.
    public static var fields: [OptimizerStateField<State>] {
      [.matrix("firstMoment", \.firstMoment), .matrix("secondMoment", \.secondMoment), .count("steps", \.steps)]
    }
  }

  /// RAdam with PyTorch's defaults.
  ///
  /// - Throws: `HyperparameterError` if the learning rate, epsilon or the decay is negative or not finite, or a beta is
  ///   outside `0..<1`.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0
  ) throws(HyperparameterError) {
    try HyperparameterCheck(method: Self.name).areOfMoments(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// RAdam as a config file describes it.
  ///
  /// - Throws: `HyperparameterError` as the other initializer.
  public init(_ configuration: Configuration) throws(HyperparameterError) {
    try self.init(
      learningRate: configuration.learningRate, beta1: configuration.beta1, beta2: configuration.beta2,
      epsilon: configuration.epsilon, weightDecay: configuration.weightDecay)
  }

  /// Both moments zero, no steps taken.
  public func initialState(for parameter: Matrix) -> State {
    let zero = Matrix(rows: parameter.rows, columns: parameter.columns)
    return State(firstMoment: zero, secondMoment: zero)
  }

  /// One step, in place.
  public func update(_ parameter: inout Matrix, along gradient: Matrix, _ state: inout State) {
    state.steps += 1
    let correction1 = 1 - pow(beta1, Double(state.steps))
    let rectification = rectification(at: state.steps)
    parameter.stepRAdam(
      along: gradient, firstMoment: &state.firstMoment, secondMoment: &state.secondMoment, beta1: beta1, beta2: beta2,
      epsilon: epsilon, weightDecay: weightDecay, stepSize: learningRate / correction1 * (rectification ?? 1),
      isRectified: rectification != nil)
  }

  /// `r·√(1 − beta2ᵗ)`; nil while `ρₜ ≤ 5`.
  func rectification(at step: Int) -> Double? {
    let t = Double(step), power = pow(beta2, t)
    let limit = 2 / (1 - beta2) - 1
    let length = limit - 2 * t * power / (1 - power)
    guard length > 5 else { return nil }
    let rectifier = (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)
    return (rectifier * (1 - power)).squareRoot()
  }
}
