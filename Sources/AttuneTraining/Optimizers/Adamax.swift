public import AttuneCore

/// Adamax: Adam with the decaying maximum of the gradient's size in place of the root of its mean square.
///
/// With `g = gradient + weightDecay·θ` and `t` the number of the step, from 1: `m` as in `Adam`,
/// `u ← max(beta2·u, |g| + epsilon)`, `θ ← θ − learningRate / (1 − beta1ᵗ) · m / u`.
///
/// ## Shapes
/// - parameter, gradient, first moment, norm: `[rows, columns]`, any
///
/// - Complexity: O(parameters), no allocation after the first step.
/// - Source: Kingma, Ba (2015), Adam: A Method for Stochastic Optimization, arXiv:1412.6980, Algorithm 2, in the form of
///   PyTorch's `torch.optim.Adamax`.
/// - Note: Differs from the source: epsilon inside the maximum keeps the norm above zero; `weightDecay` is added.
/// - Note: river's `AdaMax` adds epsilon to the norm after the maximum, `m / (max(beta2·u, |g|) + epsilon)`.
public struct Adamax: Optimizer {
  /// `adamax` in config files.
  public static let name = "adamax"
  /// The step size; set between steps it is not checked again.
  public var learningRate: Double
  /// Decay of the running mean of the gradient, in `0..<1`.
  public let beta1: Double
  /// Decay of the maximum, in `0..<1`.
  public let beta2: Double
  /// Added to the gradient's size, so that a gradient of zero does not divide by zero.
  public let epsilon: Double
  /// L2 penalty, added to the gradient as `weightDecay·θ`.
  public var weightDecay: Double

  /// The hyperparameters in a config file, with PyTorch's defaults.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 2e-3
    /// Decay of the first moment.
    public var beta1 = 0.9
    /// Decay of the maximum.
    public var beta2 = 0.999
    /// Added to the gradient's size.
    public var epsilon = 1e-8
    /// L2 penalty, added to the gradient.
    public var weightDecay = 0.0

    /// All defaults.
    public init() {}
  }

  /// What Adamax remembers of one parameter.
  public struct State: OptimizerState, Equatable {
    /// The running mean of the gradient, not corrected for its start at zero.
    public var firstMoment: Matrix
    /// The decaying maximum of the gradient's size.
    public var norm: Matrix
    /// Steps taken.
    public var steps = 0

    /// What a checkpoint keeps.
    public static var fields: [OptimizerStateField<State>] {
      [.matrix("firstMoment", \.firstMoment), .matrix("norm", \.norm), .count("steps", \.steps)]
    }
  }

  /// Adamax with PyTorch's defaults.
  ///
  /// - Throws: `HyperparameterError` if the learning rate, epsilon or the decay is negative or not finite, or a beta is
  ///   outside `0..<1`.
  public init(
    learningRate: Double = 2e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
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

  /// Adamax as a config file describes it.
  ///
  /// - Throws: `HyperparameterError` as the other initializer.
  public init(_ configuration: Configuration) throws(HyperparameterError) {
    try self.init(
      learningRate: configuration.learningRate, beta1: configuration.beta1, beta2: configuration.beta2,
      epsilon: configuration.epsilon, weightDecay: configuration.weightDecay)
  }

  /// Moment and norm zero, no steps taken.
  public func initialState(for parameter: Matrix) -> State {
    let zero = Matrix(rows: parameter.rows, columns: parameter.columns)
    return State(firstMoment: zero, norm: zero)
  }

  /// One step, in place.
  public func update(_ parameter: inout Matrix, along gradient: Matrix, _ state: inout State) {
    state.steps += 1
    parameter.stepAdamax(
      along: gradient, firstMoment: &state.firstMoment, norm: &state.norm, step: state.steps,
      learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
  }
}
