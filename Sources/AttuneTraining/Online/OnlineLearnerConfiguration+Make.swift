public import AttuneCore

extension OnlineLearnerConfiguration {
  /// A learner that has seen nothing.
  ///
  /// - Parameters:
  ///   - features: Numbers in a row.
  ///   - task: What it predicts.
  ///   - classes: Number of classes; not looked at for regression.
  ///   - network: What `mlp` starts from; nil for a new one. Other kinds do not look at it.
  ///   - seed: Where its random numbers start, in the kinds that draw any.
  /// - Throws: `ConfigValueError` for a setting out of its range; `OnlineTaskMismatch` where the kind does not do the task
  ///   or not with that many classes; `ShapeError` or `HyperparameterError` for a network that does not fit.
  public func make(
    features: Int, task: PredictionTask, classes: Int = 0, network: Network? = nil, seed: UInt64 = 0
  ) throws -> any OnlineLearner {
    precondition(features >= 0, "\(features) features")
    try validate()
    guard supports(task, classes: classes) else {
      throw OnlineTaskMismatch(learner: kind, task: task, classes: classes)
    }
    let outputs = task == .regression ? 1 : classes
    switch self {
    case .linearRegression(let c):
      return LinearRegressionLearner(GradientModel(features: features, c), scaler: c.scaler)
    case .logisticRegression(let c):
      return LogisticRegressionLearner(GradientModel(features: features, c), scaler: c.scaler)
    case .perceptron(let c):
      let model = GradientModel<PerceptronLoss>(
        features: features, .sgd(.init(learningRate: 1)), interceptLearningRate: 1, l2: c.l2)
      return PerceptronLearner(model, scaler: c.scaler)
    case .softmaxRegression(let c):
      return SoftmaxRegressionLearner(SoftmaxModel(features: features, classes: classes, c), scaler: c.scaler)
    case .passiveAggressive(let c):
      return PassiveAggressiveOnlineLearner(
        PassiveAggressiveModel(features: features, outputs: outputs, c), scaler: c.scaler)
    case .alma(let c): return ApproximateLargeMarginLearner(LargeMarginModel(features: features, c), scaler: c.scaler)
    case .recursiveLeastSquares(let c):
      return RecursiveLeastSquaresLearner(RecursionModel(features: features, c), scaler: c.scaler)
    case .bayesianLinearRegression(let c):
      return BayesianRegressionLearner(RecursionModel(features: features, c), scaler: c.scaler)
    case .mlp(let c):
      return ReplayNetworkLearner(
        try NetworkModel(features: features, task: task, outputs: outputs, c, network: network, seed: seed),
        scaler: c.scaler)
    case .majority: return MajorityLearner(MajorityModel(features: features, classes: classes), scaler: .none)
    case .mean: return MeanLearner(MeanModel(features: features), scaler: .none)
    case .lastLabel:
      return LastTargetLearner(LastTargetModel(features: features, task: task, outputs: outputs), scaler: .none)
    }
  }

  /// Whether the kind does the task, with that many classes.
  public func supports(_ task: PredictionTask, classes: Int) -> Bool {
    switch (self, task) {
    case (.linearRegression, .regression), (.recursiveLeastSquares, .regression),
      (.bayesianLinearRegression, .regression), (.mean, .regression), (.passiveAggressive, .regression),
      (.mlp, .regression), (.lastLabel, .regression):
      true
    case (.logisticRegression, .classification), (.perceptron, .classification), (.alma, .classification),
      (.passiveAggressive, .classification):
      classes == 2
    case (.softmaxRegression, .classification), (.mlp, .classification), (.majority, .classification),
      (.lastLabel, .classification):
      classes >= 2
    default: false
    }
  }
}

/// A learner that does not do the task of the data.
public struct OnlineTaskMismatch: Error, Equatable, CustomStringConvertible {
  /// The kind of the learner.
  public let learner: String
  /// The task.
  public let task: PredictionTask
  /// The number of classes, for classification.
  public let classes: Int

  /// The learner `learner` met a task with `classes` classes.
  public init(learner: String, task: PredictionTask, classes: Int) {
    (self.learner, self.task, self.classes) = (learner, task, classes)
  }

  /// What does not fit, and which kinds do.
  public var description: String {
    let fitting = OnlineLearnerConfiguration.kinds.filter {
      OnlineLearnerConfiguration(kind: $0)?.supports(task, classes: classes) ?? false
    }
    let what = task == .regression ? "regression" : "classification of \(classes) classes"
    let advice = fitting.isEmpty ? "there must be 2 or more" : "choose one of \(fitting.joined(separator: ", "))"
    return "learner '\(learner)' does not do \(what); \(advice)"
  }
}
