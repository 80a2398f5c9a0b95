public import AttuneCore

/// Adam with weight decay outside of the moments.
///
/// `θ ← (1 − learningRate·weightDecay)·θ`, then a step of `Adam` without decay along the gradient, with AMSGrad if asked for.
///
/// ## Shapes
/// - parameter, gradient, both moments: `[rows, columns]`, any
///
/// - Complexity: O(parameters), no allocation after the first step.
/// - Source: Loshchilov, Hutter (2019), Decoupled Weight Decay Regularization, arXiv:1711.05101, Algorithm 2, in the
///   form of PyTorch's `torch.optim.AdamW`.
/// - Note: Differs from the source: the decay is multiplied by the learning rate, not by the schedule's factor alone,
///   and is taken before the step rather than with it.
public struct AdamW: Optimizer {
  /// `adamw` in config files.
  public static let name = "adamw"
  /// The step size; set between steps it is not checked again.
  public var learningRate: Double
  /// Decay of the running mean of the gradient, in `0..<1`.
  public let beta1: Double
  /// Decay of the running mean of the squared gradient, in `0..<1`.
  public let beta2: Double
  /// Added to the root, so that a gradient of zero does not divide by zero.
  public let epsilon: Double
  /// Times the learning rate, the part of each parameter that a step takes away.
  public var weightDecay: Double

  /// Whether the largest second moment so far stands for the present one.
  public let amsgrad: Bool

  /// What AdamW remembers of one parameter: the same as Adam.
  public typealias State = Adam.State

  /// AdamW with PyTorch's defaults.
  ///
  /// - Throws: `HyperparameterError` if the learning rate, epsilon or the decay is negative or not finite, or a beta is
  ///   outside `0..<1`.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 1e-2, amsgrad: Bool = false
  ) throws(HyperparameterError) {
    try HyperparameterCheck(method: Self.name).areOfMoments(
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.amsgrad = amsgrad
  }

  /// All moments zero, no steps taken.
  public func initialState(for parameter: Matrix) -> State { State(for: parameter, amsgrad: amsgrad) }

  /// One step, in place.
  public func update(_ parameter: inout Matrix, along gradient: Matrix, _ state: inout State) {
    step(of: &parameter, &state).apply(along: gradient)
  }

  /// One step, part by part.
  public func elementwiseUpdate(of parameter: inout Matrix, _ state: inout State) -> ElementwiseUpdate? {
    step(of: &parameter, &state)
  }

  private func step(of parameter: inout Matrix, _ state: inout State) -> ElementwiseUpdate {
    state.steps += 1
    return .adam(
      &parameter, firstMoment: &state.firstMoment, secondMoment: &state.secondMoment, maximum: &state.maximum,
      step: state.steps, learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
      coupledDecay: 0, decoupledDecay: weightDecay)
  }
}
