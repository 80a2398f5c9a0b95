import AttuneCore

@testable import AttuneTraining

/// An optimizer with its scalar twin, so that one check runs over all.
protocol OptimizerWithTwin: Optimizer {
  associatedtype ScalarState
  func scalarState() -> ScalarState
  func step(_ parameter: inout Double, along gradient: Double, _ state: inout ScalarState)
}

extension SGD: OptimizerWithTwin {
  func scalarState() -> ScalarState { ScalarState() }
}
extension Adam: OptimizerWithTwin {
  func scalarState() -> ScalarState { ScalarState() }
}
extension AdamW: OptimizerWithTwin {
  func scalarState() -> Adam.ScalarState { Adam.ScalarState() }
}
extension RMSprop: OptimizerWithTwin {
  func scalarState() -> ScalarState { ScalarState() }
}

extension NAdam: OptimizerWithTwin {
  func scalarState() -> ScalarState { ScalarState() }
}
extension RAdam: OptimizerWithTwin {
  func scalarState() -> ScalarState { ScalarState() }
}
extension Adagrad: OptimizerWithTwin {
  func scalarState() -> ScalarState { ScalarState() }
}
extension Adadelta: OptimizerWithTwin {
  func scalarState() -> ScalarState { ScalarState() }
}
extension Adamax: OptimizerWithTwin {
  func scalarState() -> ScalarState { ScalarState() }
}

/// Every optimizer under every option, by name.
enum OptimizerCases {
  static let names = [
    "sgd", "sgd decay", "sgd momentum", "sgd dampening", "sgd nesterov decay", "adam", "adam decay", "adam betas",
    "adamw", "rmsprop", "rmsprop decay", "rmsprop momentum", "rmsprop centered", "rmsprop centered momentum",
    "adam amsgrad", "adamw amsgrad", "nadam", "nadam decays", "radam", "radam decay", "adagrad", "adagrad decays",
    "adadelta", "adadelta decay", "adamax", "adamax decay",
  ]

  static func make(_ name: String) throws -> any OptimizerWithTwin {
    switch name {
    case "sgd": try SGD(learningRate: 0.1)
    case "sgd decay": try SGD(learningRate: 0.1, weightDecay: 0.1)
    case "sgd momentum": try SGD(learningRate: 0.1, momentum: 0.9)
    case "sgd dampening": try SGD(learningRate: 0.1, momentum: 0.9, dampening: 0.3)
    case "sgd nesterov decay": try SGD(learningRate: 0.1, momentum: 0.9, weightDecay: 0.1, nesterov: true)
    case "adam": try Adam(learningRate: 0.01)
    case "adam decay": try Adam(learningRate: 0.01, weightDecay: 0.1)
    case "adam betas": try Adam(learningRate: 0.01, beta1: 0.3, beta2: 0.9, epsilon: 1e-3)
    case "adamw": try AdamW(learningRate: 0.01, weightDecay: 0.1)
    case "rmsprop": try RMSprop()
    case "rmsprop decay": try RMSprop(weightDecay: 0.1)
    case "rmsprop momentum": try RMSprop(momentum: 0.9)
    case "rmsprop centered": try RMSprop(centered: true)
    case "rmsprop centered momentum": try RMSprop(alpha: 0.9, momentum: 0.5, centered: true)
    case "adam amsgrad": try Adam(learningRate: 0.01, beta2: 0.5, weightDecay: 0.1, amsgrad: true)
    case "adamw amsgrad": try AdamW(learningRate: 0.01, beta2: 0.5, weightDecay: 0.1, amsgrad: true)
    case "nadam": try NAdam(learningRate: 0.01)
    case "nadam decays": try NAdam(learningRate: 0.01, beta1: 0.8, momentumDecay: 0.1, weightDecay: 0.1)
    case "radam": try RAdam(learningRate: 0.01)
    case "radam decay": try RAdam(learningRate: 0.01, beta2: 0.9, weightDecay: 0.1)
    case "adagrad": try Adagrad(learningRate: 0.1)
    case "adagrad decays": try Adagrad(learningRate: 0.1, learningRateDecay: 0.1, weightDecay: 0.1)
    case "adadelta": try Adadelta()
    case "adadelta decay": try Adadelta(learningRate: 0.5, rho: 0.5, epsilon: 1e-3, weightDecay: 0.1)
    case "adamax": try Adamax(learningRate: 0.01)
    case "adamax decay": try Adamax(learningRate: 0.01, beta2: 0.5, weightDecay: 0.1)
    default: throw UnknownCase(name: name)
    }
  }

  struct UnknownCase: Error {
    let name: String
  }
}

extension Optimizer {
  /// The parameter after a step along each gradient in turn.
  func replayed(_ parameter: Matrix, along gradients: [Matrix]) -> Matrix {
    var parameter = parameter
    var state = initialState(for: parameter)
    for gradient in gradients { update(&parameter, along: gradient, &state) }
    return parameter
  }
}
