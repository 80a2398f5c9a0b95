public import AttuneCore

/// RMSprop: the gradient divided by the root of a running mean of its square.
///
/// With `g = gradient + weightDecay·θ`: `v ← alpha·v + (1 − alpha)·g²`, `u = g / (√v + epsilon)`,
/// `θ ← θ − learningRate·u`.
/// - Centered, `v − a²` stands for `v` under the root, with `a ← alpha·a + (1 − alpha)·g`: the variance, not the power.
/// - With momentum, `b ← momentum·b + u` and `θ ← θ − learningRate·b`.
///
/// ## Shapes
/// - parameter, gradient, each average: `[rows, columns]`, any
///
/// - Complexity: O(parameters), no allocation after the first step.
/// - Source: Tieleman, Hinton (2012), Lecture 6.5: RMSprop, Coursera; centered: Graves (2013), arXiv:1308.0850,
///   eq. (38)–(45). In the form of PyTorch's `torch.optim.RMSprop`: epsilon outside the root.
/// - Note: Differs from PyTorch: a centered variance that rounding leaves below zero counts as zero, where PyTorch's
///   root is NaN; `alpha` = 1, which never learns the scale, is refused.
public struct RMSprop: Optimizer {
  /// `rmsprop` in config files.
  public static let name = "rmsprop"
  /// The step size; set between steps it is not checked again.
  public var learningRate: Double
  /// Decay of the running means, in `0..<1`.
  public let alpha: Double
  /// Added to the root, so that a gradient of zero does not divide by zero.
  public let epsilon: Double
  /// L2 penalty, added to the gradient as `weightDecay·θ`.
  public var weightDecay: Double
  /// Weight of the velocity kept from step to step; 0 keeps none and needs no buffer.
  public let momentum: Double
  /// Whether to divide by the gradient's deviation from its mean instead of by its size.
  public let centered: Bool

  /// What RMSprop remembers of one parameter.
  public struct State: OptimizerState, Equatable {
    /// The running mean of the squared gradient.
    public var squareAverage: Matrix
    /// The running mean of the gradient; nil unless centered.
    public var gradientAverage: Matrix?
    /// The velocity; nil without momentum.
    public var momentumBuffer: Matrix?

    /// What a checkpoint keeps.
    public static var fields: [OptimizerStateField<State>] {
      [
        .matrix("squareAverage", \.squareAverage), .optionalMatrix("gradientAverage", \.gradientAverage),
        .optionalMatrix("momentumBuffer", \.momentumBuffer),
      ]
    }
  }

  /// RMSprop with PyTorch's defaults.
  ///
  /// - Throws: `HyperparameterError` if the learning rate, epsilon, the decay or the momentum is negative or not finite,
  ///   or alpha is outside `0..<1`.
  public init(
    learningRate: Double = 1e-2, alpha: Double = 0.99, epsilon: Double = 1e-8, weightDecay: Double = 0,
    momentum: Double = 0, centered: Bool = false
  ) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: Self.name)
    try check.isNotNegative(learningRate, "learningRate")
    try check.isDecay(alpha, "alpha")
    try check.isNotNegative(epsilon, "epsilon")
    try check.isNotNegative(weightDecay, "weightDecay")
    try check.isNotNegative(momentum, "momentum")
    self.learningRate = learningRate
    self.alpha = alpha
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.momentum = momentum
    self.centered = centered
  }

  /// All averages zero.
  public func initialState(for parameter: Matrix) -> State {
    let zero = Matrix(rows: parameter.rows, columns: parameter.columns)
    return State(
      squareAverage: zero, gradientAverage: centered ? zero : nil, momentumBuffer: momentum == 0 ? nil : zero)
  }

  /// One step, in place.
  public func update(_ parameter: inout Matrix, along gradient: Matrix, _ state: inout State) {
    parameter.stepRMSprop(
      along: gradient, squareAverage: &state.squareAverage, gradientAverage: &state.gradientAverage,
      buffer: &state.momentumBuffer, learningRate: learningRate, alpha: alpha, epsilon: epsilon,
      weightDecay: weightDecay, momentum: momentum)
  }
}
