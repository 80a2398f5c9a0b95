public import AttuneCore

/// Stochastic gradient descent, with momentum, Nesterov's momentum and weight decay as options.
///
/// With `g = gradient + weightDecay·θ`:
/// - without momentum `θ ← θ − learningRate·g`;
/// - with momentum `b ← momentum·b + (1 − dampening)·g`, at the first step `b = g`, and `θ ← θ − learningRate·b`;
/// - with Nesterov's `θ ← θ − learningRate·(g + momentum·b)`.
///
/// ## Shapes
/// - parameter, gradient, momentum buffer: `[rows, columns]`, any
///
/// - Complexity: O(parameters), no allocation after the first step.
/// - Source: Sutskever, Martens, Dahl, Hinton (2013), On the importance of initialization and momentum in deep
///   learning, ICML, eq. (1)–(4), in the form of PyTorch's `torch.optim.SGD`.
/// - Note: Differs from the source: the learning rate multiplies the buffer, not the gradient that enters it, so that a
///   schedule acts on the whole step at once.
public struct SGD: Optimizer {
  /// `sgd` in config files.
  public static let name = "sgd"
  /// The step size; set between steps it is not checked again.
  public var learningRate: Double
  /// Weight of the velocity kept from step to step; 0 keeps none and needs no buffer.
  public let momentum: Double
  /// Part of each gradient after the first that does not enter the velocity.
  public let dampening: Double
  /// L2 penalty, added to the gradient as `weightDecay·θ`.
  public var weightDecay: Double
  /// Whether to step from where the velocity leads.
  public let nesterov: Bool

  /// What SGD remembers of one parameter.
  public struct State: OptimizerState, Equatable {
    /// The velocity, of the parameter's shape; nil without momentum.
    public var momentumBuffer: Matrix?
    /// Steps taken.
    public var steps = 0

    /// What a checkpoint keeps.
    public static var fields: [OptimizerStateField<State>] {
      [.optionalMatrix("momentumBuffer", \.momentumBuffer), .count("steps", \.steps)]
    }
  }

  /// Stochastic gradient descent with PyTorch's defaults.
  ///
  /// - Throws: `HyperparameterError` if the learning rate, the momentum or the decay is negative, if a number is not
  ///   finite, or if `nesterov` comes without momentum or with dampening.
  public init(
    learningRate: Double = 1e-3, momentum: Double = 0, dampening: Double = 0, weightDecay: Double = 0,
    nesterov: Bool = false
  ) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: Self.name)
    try check.isNotNegative(learningRate, "learningRate")
    try check.isNotNegative(momentum, "momentum")
    try check.isFinite(dampening, "dampening")
    try check.isNotNegative(weightDecay, "weightDecay")
    if nesterov && momentum == 0 {
      throw HyperparameterError(
        method: Self.name, problem: "nesterov without momentum", advice: "give a momentum, for example 0.9")
    }
    if nesterov && dampening != 0 {
      throw HyperparameterError(
        method: Self.name, problem: "nesterov with dampening \(dampening)", advice: "set dampening to 0")
    }
    self.learningRate = learningRate
    self.momentum = momentum
    self.dampening = dampening
    self.weightDecay = weightDecay
    self.nesterov = nesterov
  }

  /// No steps taken, and a velocity of zero if there is momentum.
  public func initialState(for parameter: Matrix) -> State {
    State(momentumBuffer: momentum == 0 ? nil : Matrix(rows: parameter.rows, columns: parameter.columns))
  }

  /// One step, in place.
  public func update(_ parameter: inout Matrix, along gradient: Matrix, _ state: inout State) {
    step(of: &parameter, &state).apply(along: gradient)
  }

  /// One step, part by part.
  public func elementwiseUpdate(of parameter: inout Matrix, _ state: inout State) -> ElementwiseUpdate? {
    step(of: &parameter, &state)
  }

  private func step(of parameter: inout Matrix, _ state: inout State) -> ElementwiseUpdate {
    defer { state.steps += 1 }
    return .sgd(
      &parameter, buffer: &state.momentumBuffer, learningRate: learningRate, momentum: momentum, dampening: dampening,
      weightDecay: weightDecay, nesterov: nesterov, isFirstStep: state.steps == 0)
  }
}
