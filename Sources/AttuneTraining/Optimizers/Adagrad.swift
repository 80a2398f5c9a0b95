public import AttuneCore

/// Adagrad: the gradient divided by the root of the sum of all its squares so far.
///
/// With `g = gradient + weightDecay·θ` and `t` the number of the step, from 1: `v ← v + g²`,
/// `θ ← θ − learningRate / (1 + (t − 1)·learningRateDecay) · g / (√v + epsilon)`.
///
/// ## Shapes
/// - parameter, gradient, sum of squares: `[rows, columns]`, any
///
/// - Complexity: O(parameters), no allocation after the first step.
/// - Source: Duchi, Hazan, Singer (2011), Adaptive Subgradient Methods for Online Learning and Stochastic Optimization,
///   JMLR 12, 2121–2159, Figure 1 with diagonal matrices, in the form of PyTorch's `torch.optim.Adagrad`.
/// - Note: Differs from the source: the decays are added. PyTorch's initial value of the sum is left out: it is 0.
/// - Note: river's `AdaGrad` has epsilon inside the root, `g / √(v + epsilon)`, and 1e-8 and a learning rate of 0.1 as
///   defaults.
public struct Adagrad: Optimizer {
  /// `adagrad` in config files.
  public static let name = "adagrad"
  /// The step size; set between steps it is not checked again.
  public var learningRate: Double
  /// Lowers the learning rate as the inverse of the number of steps.
  public let learningRateDecay: Double
  /// Added to the root, so that a gradient of zero does not divide by zero.
  public let epsilon: Double
  /// L2 penalty, added to the gradient as `weightDecay·θ`.
  public var weightDecay: Double

  /// The hyperparameters in a config file, with PyTorch's defaults.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 1e-2
    /// Lowers the learning rate as the inverse of the number of steps.
    public var learningRateDecay = 0.0
    /// Added to the root.
    public var epsilon = 1e-10
    /// L2 penalty, added to the gradient.
    public var weightDecay = 0.0

    /// All defaults.
    public init() {}
  }

  /// What Adagrad remembers of one parameter.
  public struct State: OptimizerState, Equatable {
    /// The sum of the squared gradients.
    public var squareSum: Matrix
    /// Steps taken.
    public var steps = 0

    /// What a checkpoint keeps.
    public static var fields: [OptimizerStateField<State>] {
      [.matrix("squareSum", \.squareSum), .count("steps", \.steps)]
    }
  }

  /// Adagrad with PyTorch's defaults.
  ///
  /// - Throws: `HyperparameterError` if a hyperparameter is negative or not finite.
  public init(
    learningRate: Double = 1e-2, learningRateDecay: Double = 0.0, epsilon: Double = 1e-10, weightDecay: Double = 0
  ) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: Self.name)
    try check.isNotNegative(learningRate, "learningRate")
    try check.isNotNegative(learningRateDecay, "learningRateDecay")
    try check.isNotNegative(epsilon, "epsilon")
    try check.isNotNegative(weightDecay, "weightDecay")
    self.learningRate = learningRate
    self.learningRateDecay = learningRateDecay
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// Adagrad as a config file describes it.
  ///
  /// - Throws: `HyperparameterError` as the other initializer.
  public init(_ configuration: Configuration) throws(HyperparameterError) {
    try self.init(
      learningRate: configuration.learningRate, learningRateDecay: configuration.learningRateDecay,
      epsilon: configuration.epsilon, weightDecay: configuration.weightDecay)
  }

  /// A sum of zero, no steps taken.
  public func initialState(for parameter: Matrix) -> State {
    let zero = Matrix(rows: parameter.rows, columns: parameter.columns)
    return State(squareSum: zero)
  }

  /// One step, in place.
  public func update(_ parameter: inout Matrix, along gradient: Matrix, _ state: inout State) {
    parameter.stepAdagrad(
      along: gradient, squareSum: &state.squareSum,
      stepSize: learningRate / (1 + Double(state.steps) * learningRateDecay), epsilon: epsilon,
      weightDecay: weightDecay)
    state.steps += 1
  }
}
