public import AttuneCore
internal import Foundation

/// NAdam: Adam with Nesterov's momentum, whose weight grows towards beta1 as training goes on.
///
/// With `g = gradient + weightDecay·θ`, `m` and `v` as in `Adam`, `t` the number of the step, from 1, and
/// `μₜ = beta1·(1 − 0.5·0.96^(momentumDecay·t))`, `Pₜ = μ₁ … μₜ`:
/// `θ ← θ − learningRate · ((1 − μₜ)/(1 − Pₜ)·g + μₜ₊₁/(1 − Pₜ₊₁)·m) / (√(v / (1 − beta2ᵗ)) + epsilon)`.
///
/// ## Shapes
/// - parameter, gradient, both moments: `[rows, columns]`, any
///
/// - Complexity: O(parameters), no allocation after the first step.
/// - Source: Dozat (2016), Incorporating Nesterov Momentum into Adam, ICLR workshop, with the schedule of μ that it
///   suggests, in the form of PyTorch's `torch.optim.NAdam`.
/// - Note: Differs from the source: `weightDecay` is added; `momentumDecay` is a parameter. PyTorch's option to decay
///   outside of the moments is left out.
/// - Note: river's `Nadam` has no schedule of μ: it steps along `(beta1·m + (1 − beta1)·g) / (1 − beta1ᵗ)`.
public struct NAdam: Optimizer {
  /// `nadam` in config files.
  public static let name = "nadam"
  /// The step size; set between steps it is not checked again.
  public var learningRate: Double
  /// Decay of the running mean of the gradient, in `0..<1`.
  public let beta1: Double
  /// Decay of the running mean of the squared gradient, in `0..<1`.
  public let beta2: Double
  /// Added to the root, so that a gradient of zero does not divide by zero.
  public let epsilon: Double
  /// How fast the weight of the momentum grows from half of beta1 to beta1.
  public let momentumDecay: Double
  /// L2 penalty, added to the gradient as `weightDecay·θ`.
  public var weightDecay: Double

  /// The hyperparameters in a config file, with PyTorch's defaults.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 2e-3
    /// Decay of the first moment.
    public var beta1 = 0.9
    /// Decay of the second moment.
    public var beta2 = 0.999
    /// Added to the root.
    public var epsilon = 1e-8
    /// How fast the weight of the momentum grows from half of beta1 to beta1.
    public var momentumDecay = 4e-3
    /// L2 penalty, added to the gradient.
    public var weightDecay = 0.0

    /// All defaults.
    public init() {}
  }

  /// What NAdam remembers of one parameter.
  public struct State: OptimizerState, Equatable {
    /// The running mean of the gradient, not corrected for its start at zero.
    public var firstMoment: Matrix
    /// The running mean of the squared gradient, not corrected for its start at zero.
    public var secondMoment: Matrix
    /// The product `μ₁ … μₜ` of all weights of the momentum so far.
    public var momentumProduct = 1.0
    /// Steps taken.
    public var steps = 0

    /// What a checkpoint keeps.
    public static var fields: [OptimizerStateField<State>] {
      [
        .matrix("firstMoment", \.firstMoment), .matrix("secondMoment", \.secondMoment),
        .number("momentumProduct", \.momentumProduct), .count("steps", \.steps),
      ]
    }
  }

  /// NAdam with PyTorch's defaults.
  ///
  /// - Throws: `HyperparameterError` if the learning rate, epsilon or a decay of momentum or weights is negative or not
  ///   finite, or a beta is outside `0..<1`.
  public init(
    learningRate: Double = 2e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    momentumDecay: Double = 4e-3, weightDecay: Double = 0
  ) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: Self.name)
    try check.isNotNegative(learningRate, "learningRate")
    try check.isDecay(beta1, "beta1")
    try check.isDecay(beta2, "beta2")
    try check.isNotNegative(epsilon, "epsilon")
    try check.isNotNegative(momentumDecay, "momentumDecay")
    try check.isNotNegative(weightDecay, "weightDecay")
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.momentumDecay = momentumDecay
    self.weightDecay = weightDecay
  }

  /// NAdam as a config file describes it.
  ///
  /// - Throws: `HyperparameterError` as the other initializer.
  public init(_ configuration: Configuration) throws(HyperparameterError) {
    try self.init(
      learningRate: configuration.learningRate, beta1: configuration.beta1, beta2: configuration.beta2,
      epsilon: configuration.epsilon, momentumDecay: configuration.momentumDecay,
      weightDecay: configuration.weightDecay)
  }

  /// Both moments zero, no steps taken.
  public func initialState(for parameter: Matrix) -> State {
    let zero = Matrix(rows: parameter.rows, columns: parameter.columns)
    return State(firstMoment: zero, secondMoment: zero)
  }

  /// One step, in place.
  public func update(_ parameter: inout Matrix, along gradient: Matrix, _ state: inout State) {
    state.steps += 1
    let shares = shares(at: state.steps, &state.momentumProduct)
    parameter.stepNAdam(
      along: gradient, firstMoment: &state.firstMoment, secondMoment: &state.secondMoment, step: state.steps,
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      gradientShare: shares.gradient, momentShare: shares.moment)
  }

  /// The factors of gradient and first moment at a step; `product` becomes `Pₜ`.
  func shares(at step: Int, _ product: inout Double) -> (gradient: Double, moment: Double) {
    let weight = { (step: Int) in beta1 * (1 - 0.5 * pow(0.96, Double(step) * momentumDecay)) }
    let present = weight(step), next = weight(step + 1)
    product *= present
    return ((1 - present) / (1 - product), next / (1 - product * next))
  }
}
