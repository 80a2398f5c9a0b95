internal import Foundation

/// A bet against the hypothesis that numbers u are drawn evenly from 0 to 1: its size ε follows the numbers by online
/// gradient steps of a length that needs no scale, and `Q(u) = ½ ε u² + (1 − ½ ε) u` spreads them evenly again.
///
/// - Source: Bar et al. (2024), Protected test-time adaptation via online entropy matching: a betting approach,
///   arXiv:2408.07511, in their code.
struct BettingMartingale: Codable, Sendable, Equatable {
  /// The size of the bet.
  private(set) var bet = 0.0
  private var squares = 0.0
  private var numbers = 0

  /// What stands for u, by the bet before it was seen; then the bet learns from it.
  mutating func protect(_ u: Double, rate: Double, limit: Double) -> Double {
    let protected = 0.5 * bet * u * u + (1 - 0.5 * bet) * u
    defer { numbers += 1 }
    // The first number moves nothing, and beyond the limit none moves the bet further.
    guard numbers > 0, abs(bet) <= limit || (u - 0.5) * bet <= 0 else { return protected }
    let gradient = (u - 0.5) / (1 + bet * (u - 0.5))
    guard gradient != 0 else { return protected }
    squares += gradient * gradient
    // The step that passes the limit may be as long as the rate; at 2 a single number could lose all.
    bet = max(-1.999, min(1.999, bet + rate * gradient / squares.squareRoot()))
    return protected
  }
}

/// A distribution function from samples, with straight lines between them.
struct EmpiricalDistribution: Sendable {
  private let values: [Double]
  private let probabilities: [Double]

  /// The distribution of some samples, at least one.
  init(_ samples: [Float]) {
    var values: [Double] = [], probabilities: [Double] = []
    for (index, sample) in samples.sorted().enumerated() {
      let probability = Double(index + 1) / Double(samples.count)
      if values.last == Double(sample) {
        probabilities[probabilities.count - 1] = probability
      } else {
        values.append(Double(sample))
        probabilities.append(probability)
      }
    }
    (self.values, self.probabilities) = (values, probabilities)
  }

  /// The share of samples that are at most a value.
  func probability(of value: Double) -> Double { Self.interpolate(value, values, probabilities) }
  /// The value below which a share of the samples lies.
  func quantile(_ probability: Double) -> Double { Self.interpolate(probability, probabilities, values) }

  /// The line through points with rising x, level outside.
  private static func interpolate(_ x: Double, _ xs: [Double], _ ys: [Double]) -> Double {
    guard let first = ys.first, let last = ys.last else { return x }
    var low = 0, high = xs.count
    while low < high {
      let middle = (low + high) / 2
      if xs[middle] < x { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return first }
    guard low < xs.count else { return last }
    return ys[low - 1] + (x - xs[low - 1]) * (ys[low] - ys[low - 1]) / (xs[low] - xs[low - 1])
  }
}
