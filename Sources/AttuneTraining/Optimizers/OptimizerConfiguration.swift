public import AttuneCore

/// An optimizer in a config file: `optimizer: adam`, or a mapping with `kind` and the rule's hyperparameters.
public enum OptimizerConfiguration: Codable, Sendable, Equatable, ValidatedConfiguration {
  /// Stochastic gradient descent.
  case sgd(SGD.Configuration)
  /// Adam.
  case adam(Adam.Configuration)
  /// Adam with decoupled weight decay.
  case adamw(AdamW.Configuration)
  /// RMSprop.
  case rmsprop(RMSprop.Configuration)
  /// Adam with Nesterov's momentum.
  case nadam(NAdam.Configuration)
  /// Adam with a rectified start.
  case radam(RAdam.Configuration)
  /// Adagrad.
  case adagrad(Adagrad.Configuration)
  /// Adadelta.
  case adadelta(Adadelta.Configuration)
  /// Adamax.
  case adamax(Adamax.Configuration)

  /// The names of all rules.
  public static let kinds = [
    SGD.name, Adam.name, AdamW.name, RMSprop.name, NAdam.name, RAdam.name, Adagrad.name, Adadelta.name, Adamax.name,
  ]

  /// The rule of that name with its default settings; nil where there is none.
  public init?(kind: String) {
    switch kind {
    case SGD.name: self = .sgd(SGD.Configuration())
    case Adam.name: self = .adam(Adam.Configuration())
    case AdamW.name: self = .adamw(AdamW.Configuration())
    case RMSprop.name: self = .rmsprop(RMSprop.Configuration())
    case NAdam.name: self = .nadam(NAdam.Configuration())
    case RAdam.name: self = .radam(RAdam.Configuration())
    case Adagrad.name: self = .adagrad(Adagrad.Configuration())
    case Adadelta.name: self = .adadelta(Adadelta.Configuration())
    case Adamax.name: self = .adamax(Adamax.Configuration())
    default: return nil
    }
  }

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case SGD.name: self = .sgd(try ChoiceCoding.settings(SGD.Configuration.self, from: decoder))
    case Adam.name: self = .adam(try ChoiceCoding.settings(Adam.Configuration.self, from: decoder))
    case AdamW.name: self = .adamw(try ChoiceCoding.settings(AdamW.Configuration.self, from: decoder))
    case NAdam.name: self = .nadam(try ChoiceCoding.settings(NAdam.Configuration.self, from: decoder))
    case RAdam.name: self = .radam(try ChoiceCoding.settings(RAdam.Configuration.self, from: decoder))
    case Adagrad.name: self = .adagrad(try ChoiceCoding.settings(Adagrad.Configuration.self, from: decoder))
    case Adadelta.name: self = .adadelta(try ChoiceCoding.settings(Adadelta.Configuration.self, from: decoder))
    case Adamax.name: self = .adamax(try ChoiceCoding.settings(Adamax.Configuration.self, from: decoder))
    default: self = .rmsprop(try ChoiceCoding.settings(RMSprop.Configuration.self, from: decoder))
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .sgd(let settings): try ChoiceCoding.encode(kind: SGD.name, settings, to: encoder)
    case .adam(let settings): try ChoiceCoding.encode(kind: Adam.name, settings, to: encoder)
    case .adamw(let settings): try ChoiceCoding.encode(kind: AdamW.name, settings, to: encoder)
    case .rmsprop(let settings): try ChoiceCoding.encode(kind: RMSprop.name, settings, to: encoder)
    case .nadam(let settings): try ChoiceCoding.encode(kind: NAdam.name, settings, to: encoder)
    case .radam(let settings): try ChoiceCoding.encode(kind: RAdam.name, settings, to: encoder)
    case .adagrad(let settings): try ChoiceCoding.encode(kind: Adagrad.name, settings, to: encoder)
    case .adadelta(let settings): try ChoiceCoding.encode(kind: Adadelta.name, settings, to: encoder)
    case .adamax(let settings): try ChoiceCoding.encode(kind: Adamax.name, settings, to: encoder)
    }
  }

  /// The rule.
  ///
  /// - Throws: `HyperparameterError` where a hyperparameter is out of its range.
  public func make() throws(HyperparameterError) -> any Optimizer {
    switch self {
    case .sgd(let c):
      try SGD(
        learningRate: c.learningRate, momentum: c.momentum, dampening: c.dampening, weightDecay: c.weightDecay,
        nesterov: c.nesterov)
    case .adam(let c):
      try Adam(
        learningRate: c.learningRate, beta1: c.beta1, beta2: c.beta2, epsilon: c.epsilon, weightDecay: c.weightDecay,
        amsgrad: c.amsgrad)
    case .adamw(let c):
      try AdamW(
        learningRate: c.learningRate, beta1: c.beta1, beta2: c.beta2, epsilon: c.epsilon, weightDecay: c.weightDecay,
        amsgrad: c.amsgrad)
    case .rmsprop(let c):
      try RMSprop(
        learningRate: c.learningRate, alpha: c.alpha, epsilon: c.epsilon, weightDecay: c.weightDecay,
        momentum: c.momentum, centered: c.centered)
    case .nadam(let settings): try NAdam(settings)
    case .radam(let settings): try RAdam(settings)
    case .adagrad(let settings): try Adagrad(settings)
    case .adadelta(let settings): try Adadelta(settings)
    case .adamax(let settings): try Adamax(settings)
    }
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    do { _ = try make() } catch {
      throw ConfigValueError("\(error.problem); \(error.advice)")
    }
  }
}

extension SGD {
  /// The hyperparameters in a config file, with PyTorch's defaults.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 1e-3
    /// Weight of the velocity kept from step to step.
    public var momentum = 0.0
    /// Part of each gradient after the first that does not enter the velocity.
    public var dampening = 0.0
    /// L2 penalty, added to the gradient.
    public var weightDecay = 0.0
    /// Whether to step from where the velocity leads.
    public var nesterov = false

    /// All defaults.
    public init() {}
  }
}

extension Adam {
  /// The hyperparameters in a config file, with PyTorch's defaults.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 1e-3
    /// Decay of the first moment.
    public var beta1 = 0.9
    /// Decay of the second moment.
    public var beta2 = 0.999
    /// Added to the root of the second moment.
    public var epsilon = 1e-8
    /// L2 penalty, added to the gradient.
    public var weightDecay = 0.0
    /// Whether the largest second moment so far stands for the present one.
    public var amsgrad = false

    /// All defaults.
    public init() {}

    /// The defaults with another learning rate.
    public init(learningRate: Double) {
      self.learningRate = learningRate
    }
  }
}

extension AdamW {
  /// The hyperparameters in a config file, with PyTorch's defaults.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 1e-3
    /// Decay of the first moment.
    public var beta1 = 0.9
    /// Decay of the second moment.
    public var beta2 = 0.999
    /// Added to the root of the second moment.
    public var epsilon = 1e-8
    /// Decay of the parameters themselves, times the learning rate.
    public var weightDecay = 1e-2
    /// Whether the largest second moment so far stands for the present one.
    public var amsgrad = false

    /// All defaults.
    public init() {}
  }
}

extension RMSprop {
  /// The hyperparameters in a config file, with PyTorch's defaults.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// The step size.
    public var learningRate = 1e-2
    /// Decay of the average of squared gradients.
    public var alpha = 0.99
    /// Added to the root of that average.
    public var epsilon = 1e-8
    /// L2 penalty, added to the gradient.
    public var weightDecay = 0.0
    /// Weight of the velocity kept from step to step.
    public var momentum = 0.0
    /// Whether the mean gradient is subtracted from the average of squares.
    public var centered = false

    /// All defaults.
    public init() {}
  }
}
