internal import Foundation

// The twins of the adaptive optimizers beyond Adam and RMSprop; see `ScalarTwins.swift`.

extension NAdam {
  struct ScalarState {
    var firstMoment = 0.0
    var secondMoment = 0.0
    var momentumProduct = 1.0
    var steps = 0
  }

  /// One step of `parameter` along `gradient`.
  func step(_ parameter: inout Double, along gradient: Double, _ state: inout ScalarState) {
    let g = gradient + weightDecay * parameter
    state.steps += 1
    let t = Double(state.steps)
    let weight = beta1 * (1 - 0.5 * pow(0.96, t * momentumDecay))
    let nextWeight = beta1 * (1 - 0.5 * pow(0.96, (t + 1) * momentumDecay))
    state.momentumProduct *= weight
    state.firstMoment = beta1 * state.firstMoment + (1 - beta1) * g
    state.secondMoment = beta2 * state.secondMoment + (1 - beta2) * g * g
    let deviation = (state.secondMoment / (1 - pow(beta2, t))).squareRoot() + epsilon
    parameter -= learningRate * (1 - weight) / (1 - state.momentumProduct) * g / deviation
    parameter -= learningRate * nextWeight / (1 - state.momentumProduct * nextWeight) * state.firstMoment / deviation
  }
}

extension RAdam {
  struct ScalarState {
    var firstMoment = 0.0
    var secondMoment = 0.0
    var steps = 0
  }

  /// One step of `parameter` along `gradient`.
  func step(_ parameter: inout Double, along gradient: Double, _ state: inout ScalarState) {
    let g = gradient + weightDecay * parameter
    state.steps += 1
    let t = Double(state.steps)
    state.firstMoment = beta1 * state.firstMoment + (1 - beta1) * g
    state.secondMoment = beta2 * state.secondMoment + (1 - beta2) * g * g
    let mean = state.firstMoment / (1 - pow(beta1, t))
    let limit = 2 / (1 - beta2) - 1
    let length = limit - 2 * t * pow(beta2, t) / (1 - pow(beta2, t))
    guard length > 5 else {
      parameter -= learningRate * mean
      return
    }
    let rectifier = ((length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)).squareRoot()
    let correction = (1 - pow(beta2, t)).squareRoot()
    parameter -= learningRate * mean * rectifier * correction / (state.secondMoment.squareRoot() + epsilon)
  }
}

extension Adagrad {
  struct ScalarState {
    var squareSum = 0.0
    var steps = 0
  }

  /// One step of `parameter` along `gradient`.
  func step(_ parameter: inout Double, along gradient: Double, _ state: inout ScalarState) {
    let g = gradient + weightDecay * parameter
    let rate = learningRate / (1 + Double(state.steps) * learningRateDecay)
    state.squareSum += g * g
    parameter -= rate * g / (state.squareSum.squareRoot() + epsilon)
    state.steps += 1
  }
}

extension Adadelta {
  struct ScalarState {
    var squareAverage = 0.0
    var stepAverage = 0.0
  }

  /// One step of `parameter` along `gradient`.
  func step(_ parameter: inout Double, along gradient: Double, _ state: inout ScalarState) {
    let g = gradient + weightDecay * parameter
    state.squareAverage = rho * state.squareAverage + (1 - rho) * g * g
    let d = (state.stepAverage + epsilon).squareRoot() / (state.squareAverage + epsilon).squareRoot() * g
    state.stepAverage = rho * state.stepAverage + (1 - rho) * d * d
    parameter -= learningRate * d
  }
}

extension Adamax {
  struct ScalarState {
    var firstMoment = 0.0
    var norm = 0.0
    var steps = 0
  }

  /// One step of `parameter` along `gradient`.
  func step(_ parameter: inout Double, along gradient: Double, _ state: inout ScalarState) {
    let g = gradient + weightDecay * parameter
    state.steps += 1
    state.firstMoment = beta1 * state.firstMoment + (1 - beta1) * g
    state.norm = max(beta2 * state.norm, abs(g) + epsilon)
    parameter -= learningRate / (1 - pow(beta1, Double(state.steps))) * state.firstMoment / state.norm
  }
}
