internal import Foundation

/// The standard normal distribution.
enum StandardNormal {
  /// The probability of a value below `z`.
  static func cumulative(_ z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

  /// The value that a normal variable stays below with a probability, by bisection of the distribution function.
  static func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "no such quantile")
    // Below one half the tail keeps its digits.
    guard probability <= 0.5 else { return -quantile(1 - probability) }
    var low = -40.0, high = 0.0
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if cumulative(middle) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
