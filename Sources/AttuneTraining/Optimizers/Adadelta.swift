public import AttuneCore

/// Adadelta: steps as large as the last ones were, along the gradient divided by its recent size.
///
/// With `g = gradient + weightDecay·θ`: `v ← rho·v + (1 − rho)·g²`, `d = √(a + epsilon) / √(v + epsilon) · g`,
/// `a ← rho·a + (1 − rho)·d²`, `θ ← θ − learningRate·d`.
///
/// The step has the unit of the parameter; epsilon sets the size of the first ones.
///
/// ## Shapes
/// - parameter, gradient, both averages: `[rows, columns]`, any
///
/// - Complexity: O(parameters), no allocation after the first step.
/// - Source: Zeiler (2012), ADADELTA: An Adaptive Learning Rate Method, arXiv:1212.5701, Algorithm 1, in the form of
///   PyTorch's `torch.optim.Adadelta`.
/// - Note: Differs from the source: `learningRate` (1 is the source) and `weightDecay` are added; from PyTorch: `rho` = 1,
///   which never learns the scale, is refused.
/// - Note: river's `AdaDelta` is this rule without a learning rate, with the defaults rho 0.95 and epsilon 1e-8.
public struct Adadelta: Optimizer {
  /// `adadelta` in config files.
  public static let name = "adadelta"
  /// The step size; set between steps it is not checked again.
  public var learningRate: Double
  /// Decay of both running means, in `0..<1`.
  public let rho: Double
  /// Added to both averages under the root.
  public let epsilon: Double
  /// L2 penalty, added to the gradient as `weightDecay·θ`.
  public var weightDecay: Double

  /// The hyperparameters in a config file, with PyTorch's defaults.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 1.0
    /// Decay of both running means.
    public var rho = 0.9
    /// Added to both averages under the root.
    public var epsilon = 1e-6
    /// L2 penalty, added to the gradient.
    public var weightDecay = 0.0

    /// All defaults.
    public init() {}
  }

  /// What Adadelta remembers of one parameter.
  public struct State: OptimizerState, Equatable {
    /// The running mean of the squared gradient.
    public var squareAverage: Matrix
    /// The running mean of the squared step.
    public var stepAverage: Matrix

    /// What a checkpoint keeps.
    public static var fields: [OptimizerStateField<State>] {
      [.matrix("squareAverage", \.squareAverage), .matrix("stepAverage", \.stepAverage)]
    }
  }

  /// Adadelta with PyTorch's defaults.
  ///
  /// - Throws: `HyperparameterError` if the learning rate, epsilon or the decay is negative or not finite, or rho is outside
  ///   `0..<1`.
  public init(
    learningRate: Double = 1.0, rho: Double = 0.9, epsilon: Double = 1e-6, weightDecay: Double = 0
  ) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: Self.name)
    try check.isNotNegative(learningRate, "learningRate")
    try check.isDecay(rho, "rho")
    try check.isNotNegative(epsilon, "epsilon")
    try check.isNotNegative(weightDecay, "weightDecay")
    self.learningRate = learningRate
    self.rho = rho
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// Adadelta as a config file describes it.
  ///
  /// - Throws: `HyperparameterError` as the other initializer.
  public init(_ configuration: Configuration) throws(HyperparameterError) {
    try self.init(
      learningRate: configuration.learningRate, rho: configuration.rho, epsilon: configuration.epsilon,
      weightDecay: configuration.weightDecay)
  }

  /// Both averages zero.
  public func initialState(for parameter: Matrix) -> State {
    let zero = Matrix(rows: parameter.rows, columns: parameter.columns)
    return State(squareAverage: zero, stepAverage: zero)
  }

  /// One step, in place.
  public func update(_ parameter: inout Matrix, along gradient: Matrix, _ state: inout State) {
    parameter.stepAdadelta(
      along: gradient, squareAverage: &state.squareAverage, stepAverage: &state.stepAverage,
      learningRate: learningRate, rho: rho, epsilon: epsilon, weightDecay: weightDecay)
  }
}
