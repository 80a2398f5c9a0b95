internal import Foundation

/// A rule with what it remembers of one vector of weights, in double precision.
///
/// With gradient g, step t from 1, rate r, and epsilon e (every operation by element):
/// - sgd: `w ← w − r·g`
/// - momentum, nesterov: `s ← momentum·s + r·g`, `w ← w − s`; Nesterov's gradient is that at `w − momentum·s`
/// - adagrad: `q ← q + g²`, `w ← w − r·g / √(q + e)`
/// - rmsprop: `q ← decay·q + (1 − decay)·g²`, `w ← w − r·g / √(q + e)`
/// - adam: `m ← beta1·m + (1 − beta1)·g`, `v ← beta2·v + (1 − beta2)·g²`,
///   `w ← w − r·√(1 − beta2ᵗ) / (1 − beta1ᵗ) · m / (√v + e)`; amsgrad takes the largest v so far in the root
/// - adamax: m as adam, `u ← max(beta2·u, |g|)`, `w ← w − r / (1 − beta1ᵗ) · m / (u + e)`
/// - nadam: m, v as adam, `w ← w − r·(beta1·m + (1 − beta1)·g) / (1 − beta1ᵗ) / (√(v / (1 − beta2ᵗ)) + e)`
/// - adadelta: `q ← decay·q + (1 − decay)·g²`, `d = g·√(p + e) / √(q + e)`, `p ← decay·p + (1 − decay)·d²`, `w ← w − d`
///
/// - Source: the papers that the optimizers in AttuneTraining/Optimizers name, in the forms of river 0.26.1.
struct StreamOptimizer: Sendable, Codable, Equatable {
  let configuration: StreamOptimizerConfiguration
  private(set) var steps = 0
  private var first: [Double]
  private var second: [Double]
  private var third: [Double]

  init(_ configuration: StreamOptimizerConfiguration, weights: Int) {
    self.configuration = configuration
    let zeros = [Double](repeating: 0, count: weights)
    let memories =
      switch configuration {
      case .sgd: 0
      case .momentum, .nesterov, .adagrad, .rmsprop: 1
      case .adam, .adamax, .nadam, .adadelta: 2
      case .amsgrad: 3
      }
    (first, second, third) = (memories > 0 ? zeros : [], memories > 1 ? zeros : [], memories > 2 ? zeros : [])
  }

  /// Where the gradient is wanted: at the weight itself, but ahead of it with Nesterov's momentum.
  @inline(__always)
  func point(of weight: Double, at index: Int) -> Double {
    guard case .nesterov(let c) = configuration else { return weight }
    return weight - c.momentum * first[index]
  }

  /// By how much a row's answer at the weights exceeds that where the gradient is wanted.
  @inline(__always)
  func lead(_ row: UnsafeBufferPointer<Double>) -> Double {
    guard case .nesterov(let c) = configuration else { return 0 }
    return c.momentum * OnlineVectors.product(first, row)
  }

  /// One step along the gradient.
  mutating func step(_ w: UnsafeMutableBufferPointer<Double>, along g: UnsafeMutableBufferPointer<Double>) {
    steps += 1
    switch configuration {
    case .sgd(let c): for j in w.indices { w[j] -= c.learningRate * g[j] }
    case .momentum(let c), .nesterov(let c):
      for j in w.indices {
        first[j] = c.momentum * first[j] + c.learningRate * g[j]
        w[j] -= first[j]
      }
    case .adagrad(let c):
      for j in w.indices {
        first[j] += g[j] * g[j]
        w[j] -= c.learningRate / (first[j] + c.epsilon).squareRoot() * g[j]
      }
    case .rmsprop(let c):
      for j in w.indices {
        first[j] = c.decay * first[j] + (1 - c.decay) * (g[j] * g[j])
        w[j] -= c.learningRate / (first[j] + c.epsilon).squareRoot() * g[j]
      }
    case .adam(let c), .amsgrad(let c), .adamax(let c), .nadam(let c): stepOfMoments(w, g, c)
    case .adadelta(let c):
      for j in w.indices {
        first[j] = c.decay * first[j] + (1 - c.decay) * (g[j] * g[j])
        let step = (second[j] + c.epsilon).squareRoot() / (first[j] + c.epsilon).squareRoot() * g[j]
        second[j] = c.decay * second[j] + (1 - c.decay) * (step * step)
        w[j] -= step
      }
    }
  }

  private mutating func stepOfMoments(
    _ w: UnsafeMutableBufferPointer<Double>, _ g: UnsafeMutableBufferPointer<Double>,
    _ c: StreamOptimizerConfiguration.Moments
  ) {
    let correction1 = 1 - pow(c.beta1, Double(steps)), correction2 = 1 - pow(c.beta2, Double(steps))
    let rate = c.learningRate * correction2.squareRoot() / correction1
    for j in w.indices {
      first[j] = c.beta1 * first[j] + (1 - c.beta1) * g[j]
      if case .adamax = configuration {
        second[j] = max(c.beta2 * second[j], abs(g[j]))
        w[j] -= c.learningRate / correction1 * first[j] / (second[j] + c.epsilon)
        continue
      }
      second[j] = c.beta2 * second[j] + (1 - c.beta2) * (g[j] * g[j])
      switch configuration {
      case .nadam:
        let ahead = c.beta1 * (first[j] / correction1) + (1 - c.beta1) * g[j] / correction1
        w[j] -= c.learningRate * ahead / ((second[j] / correction2).squareRoot() + c.epsilon)
      case .amsgrad:
        third[j] = max(third[j], second[j])
        w[j] -= rate * first[j] / (third[j].squareRoot() + c.epsilon)
      default: w[j] -= rate * first[j] / (second[j].squareRoot() + c.epsilon)
      }
    }
  }
}
