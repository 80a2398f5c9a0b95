internal import Foundation

// Each optimizer once more, for one number in Double, as its formula stands on paper. The twins are the tests of the
// vector kernels, and meet published golden values to 1e-12.

extension SGD {
  struct ScalarState {
    var velocity: Double?
  }

  /// One step of `parameter` along `gradient`.
  func step(_ parameter: inout Double, along gradient: Double, _ state: inout ScalarState) {
    let g = gradient + weightDecay * parameter
    guard momentum != 0 else {
      parameter -= learningRate * g
      return
    }
    let velocity = state.velocity.map { momentum * $0 + (1 - dampening) * g } ?? g
    state.velocity = velocity
    parameter -= learningRate * (nesterov ? g + momentum * velocity : velocity)
  }
}

extension Adam {
  struct ScalarState {
    var firstMoment = 0.0
    var secondMoment = 0.0
    var maximum = 0.0
    var steps = 0
  }

  /// One step of `parameter` along `gradient`.
  func step(_ parameter: inout Double, along gradient: Double, _ state: inout ScalarState) {
    let g = gradient + weightDecay * parameter
    state.steps += 1
    state.firstMoment = beta1 * state.firstMoment + (1 - beta1) * g
    state.secondMoment = beta2 * state.secondMoment + (1 - beta2) * g * g
    let mean = state.firstMoment / (1 - pow(beta1, Double(state.steps)))
    state.maximum = max(state.maximum, state.secondMoment)
    let square = (amsgrad ? state.maximum : state.secondMoment) / (1 - pow(beta2, Double(state.steps)))
    parameter -= learningRate * mean / (square.squareRoot() + epsilon)
  }
}

extension AdamW {
  /// One step of `parameter` along `gradient`.
  func step(_ parameter: inout Double, along gradient: Double, _ state: inout Adam.ScalarState) {
    parameter *= 1 - learningRate * weightDecay
    state.steps += 1
    state.firstMoment = beta1 * state.firstMoment + (1 - beta1) * gradient
    state.secondMoment = beta2 * state.secondMoment + (1 - beta2) * gradient * gradient
    let mean = state.firstMoment / (1 - pow(beta1, Double(state.steps)))
    state.maximum = max(state.maximum, state.secondMoment)
    let square = (amsgrad ? state.maximum : state.secondMoment) / (1 - pow(beta2, Double(state.steps)))
    parameter -= learningRate * mean / (square.squareRoot() + epsilon)
  }
}

extension RMSprop {
  struct ScalarState {
    var squareAverage = 0.0
    var gradientAverage = 0.0
    var velocity = 0.0
  }

  /// One step of `parameter` along `gradient`.
  func step(_ parameter: inout Double, along gradient: Double, _ state: inout ScalarState) {
    let g = gradient + weightDecay * parameter
    state.squareAverage = alpha * state.squareAverage + (1 - alpha) * g * g
    state.gradientAverage = alpha * state.gradientAverage + (1 - alpha) * g
    let mean = centered ? state.gradientAverage : 0
    let deviation = max(0, state.squareAverage - mean * mean).squareRoot()
    state.velocity = momentum * state.velocity + g / (deviation + epsilon)
    parameter -= learningRate * state.velocity
  }
}
