public import AttuneCore

/// The optimizer of an online learner in a config file: `optimizer: adam`, or a mapping with `kind` and its settings.
///
/// These are the rules of river, with its defaults, in double precision; `OptimizerConfiguration` has PyTorch's rules for
/// networks, which differ in details and in their defaults.
public enum StreamOptimizerConfiguration: Codable, Sendable, Equatable, ValidatedConfiguration {
  /// Gradient descent.
  case sgd(Rate)
  /// Gradient descent with momentum.
  case momentum(Momentum)
  /// The same with the gradient where the momentum leads.
  case nesterov(Momentum)
  /// A rate that falls with the sum of squared gradients.
  case adagrad(Accumulation)
  /// A rate that follows the mean of squared gradients.
  case rmsprop(Averaging)
  /// Adam.
  case adam(Moments)
  /// Adam with the largest second moment so far.
  case amsgrad(Moments)
  /// Adam with the largest gradient for the second moment.
  case adamax(Moments)
  /// Adam with Nesterov's momentum.
  case nadam(Moments)
  /// Steps as long as those before, without a rate.
  case adadelta(StepAveraging)

  /// Settings of plain descent.
  public struct Rate: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 0.01

    /// All defaults.
    public init() {}

    /// Another rate.
    public init(learningRate: Double) { self.learningRate = learningRate }
  }

  /// Settings of descent with momentum.
  public struct Momentum: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 0.1
    /// Weight of the velocity kept from step to step.
    public var momentum = 0.9

    /// All defaults.
    public init() {}
  }

  /// Settings of AdaGrad.
  public struct Accumulation: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 0.1
    /// Added to the sum of squares, under the root.
    public var epsilon = 1e-8

    /// All defaults.
    public init() {}
  }

  /// Settings of RMSProp.
  public struct Averaging: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 0.1
    /// Decay of the mean of squares.
    public var decay = 0.9
    /// Added to the mean of squares, under the root.
    public var epsilon = 1e-8

    /// All defaults.
    public init() {}
  }

  /// Settings of Adam and its kin.
  public struct Moments: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 0.1
    /// Decay of the first moment.
    public var beta1 = 0.9
    /// Decay of the second moment.
    public var beta2 = 0.999
    /// Added to the root of the second moment.
    public var epsilon = 1e-8

    /// All defaults.
    public init() {}

    /// Another rate.
    public init(learningRate: Double) { self.learningRate = learningRate }
  }

  /// Settings of AdaDelta.
  public struct StepAveraging: Codable, Sendable, Equatable, DefaultInitializable {
    /// Decay of both means of squares.
    public var decay = 0.95
    /// Added to both means, under the root.
    public var epsilon = 1e-8

    /// All defaults.
    public init() {}
  }

  /// The names of all rules.
  public static let kinds = [
    "sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "amsgrad", "adamax", "nadam", "adadelta",
  ]

  /// The name of the kind.
  public var kind: String {
    switch self {
    case .sgd: "sgd"
    case .momentum: "momentum"
    case .nesterov: "nesterov"
    case .adagrad: "adagrad"
    case .rmsprop: "rmsprop"
    case .adam: "adam"
    case .amsgrad: "amsgrad"
    case .adamax: "adamax"
    case .nadam: "nadam"
    case .adadelta: "adadelta"
    }
  }

  /// The rule of that name with its default settings; nil where there is none.
  public init?(kind: String) {
    switch kind {
    case "sgd": self = .sgd(Rate())
    case "momentum": self = .momentum(Momentum())
    case "nesterov": self = .nesterov(Momentum())
    case "adagrad": self = .adagrad(Accumulation())
    case "rmsprop": self = .rmsprop(Averaging())
    case "adam": self = .adam(Moments())
    case "amsgrad": self = .amsgrad(Moments())
    case "adamax": self = .adamax(Moments())
    case "nadam": self = .nadam(Moments())
    case "adadelta": self = .adadelta(StepAveraging())
    default: return nil
    }
  }

  /// Decodes from a config file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case "momentum": self = .momentum(try ChoiceCoding.settings(Momentum.self, from: decoder))
    case "nesterov": self = .nesterov(try ChoiceCoding.settings(Momentum.self, from: decoder))
    case "adagrad": self = .adagrad(try ChoiceCoding.settings(Accumulation.self, from: decoder))
    case "rmsprop": self = .rmsprop(try ChoiceCoding.settings(Averaging.self, from: decoder))
    case "adam": self = .adam(try ChoiceCoding.settings(Moments.self, from: decoder))
    case "amsgrad": self = .amsgrad(try ChoiceCoding.settings(Moments.self, from: decoder))
    case "adamax": self = .adamax(try ChoiceCoding.settings(Moments.self, from: decoder))
    case "nadam": self = .nadam(try ChoiceCoding.settings(Moments.self, from: decoder))
    case "adadelta": self = .adadelta(try ChoiceCoding.settings(StepAveraging.self, from: decoder))
    default: self = .sgd(try ChoiceCoding.settings(Rate.self, from: decoder))
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .sgd(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .momentum(let settings), .nesterov(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .adagrad(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .rmsprop(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .adam(let settings), .amsgrad(let settings), .adamax(let settings), .nadam(let settings):
      try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .adadelta(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    }
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    do { try check() } catch {
      throw ConfigValueError("\(error.problem); \(error.advice)")
    }
  }

  func check() throws(HyperparameterError) {
    let check = HyperparameterCheck(method: kind)
    switch self {
    case .sgd(let c): try check.isNotNegative(c.learningRate, "learningRate")
    case .momentum(let c), .nesterov(let c):
      try check.isNotNegative(c.learningRate, "learningRate")
      try check.isDecay(c.momentum, "momentum")
    case .adagrad(let c):
      try check.isNotNegative(c.learningRate, "learningRate")
      try check.isPositive(c.epsilon, "epsilon")
    case .rmsprop(let c):
      try check.isNotNegative(c.learningRate, "learningRate")
      try check.isDecay(c.decay, "decay")
      try check.isPositive(c.epsilon, "epsilon")
    case .adam(let c), .amsgrad(let c), .adamax(let c), .nadam(let c):
      try check.areOfMoments(
        learningRate: c.learningRate, beta1: c.beta1, beta2: c.beta2, epsilon: c.epsilon, weightDecay: 0)
      try check.isPositive(c.epsilon, "epsilon")
    case .adadelta(let c):
      try check.isDecay(c.decay, "decay")
      try check.isPositive(c.epsilon, "epsilon")
    }
  }
}
