public import AttuneCore

/// Adam: a step of about `learningRate` per element, from running means of the gradient and of its square.
///
/// With `g = gradient + weightDecay·θ` and `t` the number of the step, from 1:
/// `m ← beta1·m + (1 − beta1)·g`, `v ← beta2·v + (1 − beta2)·g²`,
/// `θ ← θ − learningRate · m̂ / (√v̂ + epsilon)` with `m̂ = m / (1 − beta1ᵗ)`, `v̂ = v / (1 − beta2ᵗ)`.
///
/// The first step is `learningRate·g / (|g| + epsilon)`, whatever the scale of the gradient.
/// With AMSGrad, the largest `v` of each element so far stands for `v`, so that no step size ever grows again:
/// `n ← max(n, v)`, `v̂ = n / (1 − beta2ᵗ)`.
///
/// ## Shapes
/// - parameter, gradient, both moments: `[rows, columns]`, any
///
/// - Complexity: O(parameters), no allocation after the first step.
/// - Source: Kingma, Ba (2015), Adam: A Method for Stochastic Optimization, arXiv:1412.6980, Algorithm 1, in the form
///   of PyTorch's `torch.optim.Adam`. AMSGrad: Reddi, Kale, Kumar (2018), On the Convergence of Adam and Beyond,
///   arXiv:1904.09237, Algorithm 2.
/// - Note: Differs from the source: `weightDecay` is added. It goes through both moments, so that it is not the same as
///   an L2 penalty of that weight on every parameter; `AdamW` decays outside of them. AMSGrad corrects for the start at
///   zero, which its source leaves out; the maximum is of the uncorrected `v`, as in PyTorch.
/// - Note: river's `Adam` and `AMSGrad` add epsilon to the root of the uncorrected `v` and multiply the quotient by
///   `√(1 − beta2ᵗ)`: an epsilon that shrinks as training goes on.
public struct Adam: Optimizer {
  /// `adam` in config files.
  public static let name = "adam"
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

  /// Whether the largest second moment so far stands for the present one.
  public let amsgrad: Bool

  /// What Adam remembers of one parameter.
  public struct State: OptimizerState, Equatable {
    /// The running mean of the gradient, not corrected for its start at zero.
    public var firstMoment: Matrix
    /// The running mean of the squared gradient, not corrected for its start at zero.
    public var secondMoment: Matrix
    /// The largest second moment of each element so far; nil but for AMSGrad.
    public var maximum: Matrix?
    /// Steps taken.
    public var steps = 0

    /// What a checkpoint keeps.
    public static var fields: [OptimizerStateField<State>] {
      [
        .matrix("firstMoment", \.firstMoment), .matrix("secondMoment", \.secondMoment),
        .optionalMatrix("maximum", \.maximum), .count("steps", \.steps),
      ]
    }

    /// The state before the first step, for a parameter of the given shape.
    init(for parameter: Matrix, amsgrad: Bool) {
      firstMoment = Matrix(rows: parameter.rows, columns: parameter.columns)
      secondMoment = firstMoment
      maximum = amsgrad ? firstMoment : nil
    }
  }

  /// Adam with PyTorch's defaults.
  ///
  /// - Throws: `HyperparameterError` if the learning rate, epsilon or the decay is negative or not finite, or a beta is
  ///   outside `0..<1`.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, amsgrad: Bool = false
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
      coupledDecay: weightDecay, decoupledDecay: 0)
  }
}
