internal import AttuneTraining

/// Floating-point operations of a learner a row: those that its kernels counted, else the stated ones of its kind.
///
/// With d inputs and k outputs, a multiply-add counting two: a product of weights and row 2 d; standardizing 3 d, and
/// keeping the moments 7 d; a step of plain descent 2 d, of momentum 4 d, of the adaptive rules 6 to 14 d.
struct OnlineOperations {
  private let d: Double
  private let k: Double
  private let configuration: OnlineLearnerConfiguration

  init(_ configuration: OnlineLearnerConfiguration, features: Int, outputs: Int) {
    (self.configuration, d, k) = (configuration, Double(features), Double(outputs))
  }

  /// Operations of a prediction.
  func predict(counted: Double) -> Double {
    switch configuration {
    case .majority, .mean, .lastLabel: 0
    default: (counted > 0 ? counted : model) + (isScaled ? 3 * d : 0)
    }
  }

  /// Operations of learning a row.
  func learn(counted: Double) -> Double {
    switch configuration {
    case .majority, .lastLabel: 1
    case .mean: 7
    default: (counted > 0 ? counted : model + step) + (isScaled ? 10 * d : 0)
    }
  }

  /// The product of weights and row.
  private var model: Double {
    switch configuration {
    case .softmaxRegression: 2 * d * k + 4 * k
    default: 2 * d + 4
    }
  }

  private var step: Double {
    switch configuration {
    case .linearRegression(let c), .logisticRegression(let c): rule(c.optimizer) + (c.l2 > 0 ? 2 * d : 0)
    case .softmaxRegression(let c): k * (rule(c.optimizer) + (c.l2 > 0 ? 2 * d : 0))
    case .perceptron(let c): 2 * d + (c.l2 > 0 ? 2 * d : 0)
    case .passiveAggressive: 4 * d
    case .alma: 5 * d
    default: 0
    }
  }

  private func rule(_ optimizer: StreamOptimizerConfiguration) -> Double {
    switch optimizer {
    case .sgd: 2 * d
    case .momentum: 4 * d
    case .nesterov: 6 * d
    case .adagrad: 6 * d
    case .rmsprop: 8 * d
    case .adamax: 10 * d
    case .adam, .amsgrad, .nadam: 12 * d
    case .adadelta: 14 * d
    }
  }

  private var isScaled: Bool {
    switch configuration {
    case .linearRegression(let c), .logisticRegression(let c): c.scaler == .standard
    case .softmaxRegression(let c): c.scaler == .standard
    case .perceptron(let c): c.scaler == .standard
    case .passiveAggressive(let c): c.scaler == .standard
    case .alma(let c): c.scaler == .standard
    case .recursiveLeastSquares(let c): c.scaler == .standard
    case .bayesianLinearRegression(let c): c.scaler == .standard
    case .mlp(let c): c.scaler == .standard
    case .majority, .mean, .lastLabel: false
    }
  }
}
