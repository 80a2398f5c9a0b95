public import AttuneCore

/// An online learner in a config file: `learner: recursive-least-squares`, or a mapping with `kind` and its settings.
public enum OnlineLearnerConfiguration: Codable, Sendable, Equatable, ValidatedConfiguration {
  /// Linear regression by gradient descent.
  case linearRegression(GradientLearner.Configuration)
  /// Logistic regression of two classes.
  case logisticRegression(GradientLearner.Configuration)
  /// Softmax regression.
  case softmaxRegression(SoftmaxLearner.Configuration)
  /// The perceptron, for two classes.
  case perceptron(GradientLearner.PerceptronConfiguration)
  /// Passive-aggressive regression, or classification of two classes.
  case passiveAggressive(PassiveAggressiveLearner.Configuration)
  /// Approximate large margins, for two classes.
  case alma(LargeMarginLearner.Configuration)
  /// Recursive least squares.
  case recursiveLeastSquares(LeastSquaresLearner.Configuration)
  /// Bayesian linear regression.
  case bayesianLinearRegression(BayesianLearner.Configuration)
  /// A small network with a replay memory.
  case mlp(NetworkLearner.Configuration)
  /// The most frequent class.
  case majority
  /// The mean target.
  case mean
  /// The last target.
  case lastLabel

  /// The names of all learners.
  public static let kinds = [
    SquaredLoss.name, LogLoss.name, SoftmaxModel.name, PerceptronLoss.name, PassiveAggressiveModel.name,
    LargeMarginModel.name, LeastSquaresKind.name, BayesianKind.name, NetworkModel.name, MajorityModel.name,
    MeanModel.name, LastTargetModel.name,
  ]

  /// The name of the kind.
  public var kind: String {
    switch self {
    case .linearRegression: SquaredLoss.name
    case .logisticRegression: LogLoss.name
    case .softmaxRegression: SoftmaxModel.name
    case .perceptron: PerceptronLoss.name
    case .passiveAggressive: PassiveAggressiveModel.name
    case .alma: LargeMarginModel.name
    case .recursiveLeastSquares: LeastSquaresKind.name
    case .bayesianLinearRegression: BayesianKind.name
    case .mlp: NetworkModel.name
    case .majority: MajorityModel.name
    case .mean: MeanModel.name
    case .lastLabel: LastTargetModel.name
    }
  }

  /// The learner of that name with its default settings; nil where there is none.
  public init?(kind: String) {
    switch kind {
    case SquaredLoss.name: self = .linearRegression(.init())
    case LogLoss.name: self = .logisticRegression(.init())
    case SoftmaxModel.name: self = .softmaxRegression(.init())
    case PerceptronLoss.name: self = .perceptron(.init())
    case PassiveAggressiveModel.name: self = .passiveAggressive(.init())
    case LargeMarginModel.name: self = .alma(.init())
    case LeastSquaresKind.name: self = .recursiveLeastSquares(.init())
    case BayesianKind.name: self = .bayesianLinearRegression(.init())
    case NetworkModel.name: self = .mlp(.init())
    case MajorityModel.name: self = .majority
    case MeanModel.name: self = .mean
    case LastTargetModel.name: self = .lastLabel
    default: return nil
    }
  }

  /// Decodes from a config file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    func settings<Settings: Decodable & DefaultInitializable>(_ type: Settings.Type) throws -> Settings {
      try ChoiceCoding.settings(type, from: decoder)
    }
    switch try ChoiceCoding.kind(from: decoder, known: Self.kinds) {
    case SquaredLoss.name: self = .linearRegression(try settings(GradientLearner.Configuration.self))
    case LogLoss.name: self = .logisticRegression(try settings(GradientLearner.Configuration.self))
    case SoftmaxModel.name: self = .softmaxRegression(try settings(SoftmaxLearner.Configuration.self))
    case PerceptronLoss.name: self = .perceptron(try settings(GradientLearner.PerceptronConfiguration.self))
    case PassiveAggressiveModel.name:
      self = .passiveAggressive(try settings(PassiveAggressiveLearner.Configuration.self))
    case LargeMarginModel.name: self = .alma(try settings(LargeMarginLearner.Configuration.self))
    case LeastSquaresKind.name: self = .recursiveLeastSquares(try settings(LeastSquaresLearner.Configuration.self))
    case BayesianKind.name: self = .bayesianLinearRegression(try settings(BayesianLearner.Configuration.self))
    case NetworkModel.name: self = .mlp(try settings(NetworkLearner.Configuration.self))
    case MeanModel.name: self = .mean
    case LastTargetModel.name: self = .lastLabel
    default: self = .majority
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .linearRegression(let settings), .logisticRegression(let settings):
      try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .softmaxRegression(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .perceptron(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .passiveAggressive(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .alma(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .recursiveLeastSquares(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .bayesianLinearRegression(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .mlp(let settings): try ChoiceCoding.encode(kind: kind, settings, to: encoder)
    case .majority, .mean, .lastLabel: try ChoiceCoding.encode(kind: kind, to: encoder)
    }
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    switch self {
    case .linearRegression(let settings), .logisticRegression(let settings): try settings.validate()
    case .softmaxRegression(let settings): try settings.validate()
    case .perceptron(let settings): try settings.validate()
    case .passiveAggressive(let settings): try settings.validate()
    case .alma(let settings): try settings.validate()
    case .recursiveLeastSquares(let settings): try settings.validate()
    case .bayesianLinearRegression(let settings): try settings.validate()
    case .mlp(let settings): try settings.validate()
    case .majority, .mean, .lastLabel: break
    }
  }
}
