internal import Foundation

extension Network {
  /// Whether a layer drops anything while training.
  public var hasDropout: Bool {
    layers.contains { if case .dropout(let rate) = $0 { rate > 0 } else { false } }
  }

  /// The outputs for a batch with dropout active, as in training, and running statistics: one draw for each row.
  ///
  /// ## Shapes
  /// - input: `[n, d]`, returns logits or regression values `[n, k]`
  ///
  /// - Parameter generator: draws what is dropped.
  /// - Throws: `ShapeError` if the width of the input does not fit.
  public func sample(_ input: Matrix, using generator: inout Philox) throws(ShapeError) -> Matrix {
    try checkInput(input)
    var x = input
    for layer in layers {
      switch layer {
      case .linear(let linear): x = x.linear(weight: linear.weight, bias: linear.bias)
      case .batchNorm(let norm):
        x = x.normalized(
          mean: norm.runningMean, inverse: norm.runningVariance.inverseDeviation(epsilon: norm.epsilon),
          gamma: norm.gamma, beta: norm.beta)
      case .activation(let function): x = x.activated(by: function)
      case .dropout(let rate): x.drop(rate: rate, using: &generator)
      }
    }
    return x
  }
}

extension Matrix {
  /// Sets each element to zero with probability `rate` and scales the others by `1 / (1 − rate)`.
  ///
  /// The number of elements between two that are dropped is geometric, so that only the dropped ones are drawn.
  mutating func drop(rate: Float, using generator: inout Philox) {
    guard rate > 0, count > 0 else { return }
    scale(by: rate < 1 ? 1 / (1 - rate) : 0)
    let logKept = log1p(-Double(rate)), count = count
    withMutableElements { elements in
      var place = 0
      while true {
        let skipped = log(1 - generator.nextUniformDouble()) / logKept
        guard skipped < Double(count - place) else { return }
        place += Int(skipped)
        elements[place] = 0
        place += 1
        guard place < count else { return }
      }
    }
  }
}
