/// A hyperparameter outside its range, or two that do not go together.
public struct HyperparameterError: Error, Equatable, CustomStringConvertible {
  /// The method, under its name in config files, for example `"sgd"`.
  public let method: String
  /// What is wrong, for example `"learningRate is -0.1"`.
  public let problem: String
  /// What to do about it.
  public let advice: String

  /// An error of `method` with its `problem` and what to do.
  public init(method: String, problem: String, advice: String) {
    self.method = method
    self.problem = problem
    self.advice = advice
  }

  /// One sentence with all three.
  public var description: String { "\(method): \(problem); \(advice)" }
}

/// The checks that the initializers share; each throws with the name and the value of what it refused.
struct HyperparameterCheck {
  let method: String

  /// The hyperparameters that Adam and its kin share.
  func areOfMoments(
    learningRate: Double, beta1: Double, beta2: Double, epsilon: Double, weightDecay: Double
  ) throws(HyperparameterError) {
    try isNotNegative(learningRate, "learningRate")
    try isDecay(beta1, "beta1")
    try isDecay(beta2, "beta2")
    try isNotNegative(epsilon, "epsilon")
    try isNotNegative(weightDecay, "weightDecay")
  }

  /// Finite and at least zero.
  func isNotNegative(_ value: Double, _ name: String) throws(HyperparameterError) {
    guard value.isFinite, value >= 0 else {
      throw HyperparameterError(
        method: method, problem: "\(name) is \(value)", advice: "give a finite number of at least 0")
    }
  }

  /// Finite.
  func isFinite(_ value: Double, _ name: String) throws(HyperparameterError) {
    guard value.isFinite else {
      throw HyperparameterError(method: method, problem: "\(name) is \(value)", advice: "give a finite number")
    }
  }

  /// Finite and above zero.
  func isPositive(_ value: Double, _ name: String) throws(HyperparameterError) {
    guard value.isFinite, value > 0 else {
      throw HyperparameterError(
        method: method, problem: "\(name) is \(value)", advice: "give a finite number above 0")
    }
  }

  /// At least one.
  func isPositive(_ value: Int, _ name: String) throws(HyperparameterError) {
    guard value >= 1 else {
      throw HyperparameterError(
        method: method, problem: "\(name) is \(value)", advice: "give an integer of at least 1")
    }
  }

  /// At least zero.
  func isNotNegative(_ value: Int, _ name: String) throws(HyperparameterError) {
    guard value >= 0 else {
      throw HyperparameterError(
        method: method, problem: "\(name) is \(value)", advice: "give an integer of at least 0")
    }
  }

  /// At least zero and at most one.
  func isShare(_ value: Double, _ name: String) throws(HyperparameterError) {
    guard value >= 0, value <= 1 else {
      throw HyperparameterError(
        method: method, problem: "\(name) is \(value)", advice: "give a number of at least 0 and at most 1")
    }
  }

  /// The decay of a running mean: at least zero and below one, where the mean would never move.
  func isDecay(_ value: Double, _ name: String) throws(HyperparameterError) {
    guard value >= 0, value < 1 else {
      throw HyperparameterError(
        method: method, problem: "\(name) is \(value)", advice: "give a number of at least 0 and below 1")
    }
  }
}
