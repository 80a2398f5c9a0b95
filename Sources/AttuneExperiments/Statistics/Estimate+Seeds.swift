internal import Foundation

extension Estimate {
  /// The mean of independent values with its 95 % interval by Student's t: `mean ± t₀.₉₇₅(n−1) · s / √n`.
  ///
  /// - Returns: nil without values; an interval of width 0 for one value.
  public init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let n = Double(values.count), mean = values.reduce(0, +) / n
    guard values.count > 1 else {
      self.init(mean: mean, low: mean, high: mean)
      return
    }
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    let half = StudentT.quantile(0.975, degreesOfFreedom: n - 1) * (variance / n).squareRoot()
    self.init(mean: mean, low: mean - half, high: mean + half)
  }
}

/// Student's t distribution.
enum StudentT {
  /// The value that a t variable stays below with a probability, by bisection of the distribution function.
  static func quantile(_ probability: Double, degreesOfFreedom: Double) -> Double {
    precondition(probability > 0 && probability < 1 && degreesOfFreedom > 0, "no such quantile")
    var low = -1e3, high = 1e3
    // With few degrees of freedom the tail is long.
    while cumulative(high, degreesOfFreedom) < probability { high *= 10 }
    while cumulative(low, degreesOfFreedom) > probability { low *= 10 }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if cumulative(middle, degreesOfFreedom) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The probability of a value below `t`.
  static func cumulative(_ t: Double, _ degreesOfFreedom: Double) -> Double {
    let x = degreesOfFreedom / (degreesOfFreedom + t * t)
    let tail = regularizedBeta(x, degreesOfFreedom / 2, 0.5) / 2
    return t > 0 ? 1 - tail : tail
  }

  /// The regularized incomplete beta function by its continued fraction (Lentz's method).
  ///
  /// - Source: NIST Digital Library of Mathematical Functions, 8.17.22.
  static func regularizedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast below the mean; above it the symmetry is used, once: at the mean itself both sides are
    // above.
    return x < (a + 1) / (a + b + 2) ? continuedFraction(x, a, b) : 1 - continuedFraction(1 - x, b, a)
  }

  private static func continuedFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let logarithm: Double = lgamma(a + b) - lgamma(a) - lgamma(b)
    let front: Double = exp(logarithm + a * log(x) + b * log(1 - x)) / a
    let tiny = 1e-300
    var c = 1.0, d = 1 - (a + b) * x / (a + 1)
    d = 1 / (abs(d) < tiny ? tiny : d)
    var fraction = d
    for m in 1...500 {
      let k = Double(m)
      let double = a + 2 * k
      let even: Double = k * (b - k) * x / ((double - 1) * double)
      let odd: Double = -(a + k) * (a + b + k) * x / (double * (double + 1))
      for term in [even, odd] {
        d = 1 + term * d
        d = 1 / (abs(d) < tiny ? tiny : d)
        c = 1 + term / c
        c = abs(c) < tiny ? tiny : c
        fraction *= c * d
      }
      if abs(c * d - 1) < 1e-15 { break }
    }
    return front * fraction
  }
}
