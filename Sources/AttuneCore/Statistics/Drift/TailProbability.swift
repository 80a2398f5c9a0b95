internal import Foundation

/// Upper tails of the distributions that drift tests refer to: how likely chance alone gives a value as large.
public enum TailProbability {
  /// `P(K > x)` of Kolmogorov's distribution, `2·Σ (−1)^(k−1)·exp(−2k²x²)`.
  ///
  /// - Source: Kolmogorov (1933), Sulla determinazione empirica di una legge di distribuzione; below 1 the theta function's
  ///   other series, which converges there.
  public static func kolmogorov(_ x: Double) -> Double {
    guard x > 0 else { return 1 }
    guard x < 1 else {
      var sum = 0.0
      for k in 1...8 { sum += (k.isMultiple(of: 2) ? -2 : 2) * exp(-2 * Double(k * k) * x * x) }
      return min(max(sum, 0), 1)
    }
    var sum = 0.0
    for k in 1...4 {
      let odd = Double(2 * k - 1)
      sum += exp(-odd * odd * Double.pi * Double.pi / (8 * x * x))
    }
    return min(max(1 - (2 * Double.pi).squareRoot() / x * sum, 0), 1)
  }

  /// `P(|Z| > z)` of a standard normal.
  public static func normal(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }

  /// `P(G > x)` of a gamma distribution of scale 1: the regularized upper incomplete gamma function `Q(shape, x)`.
  ///
  /// Half of `x` at half of the degrees of freedom as the shape is a χ² tail. A series below the mean, a continued fraction
  /// (Lentz's method) above it.
  public static func gamma(shape: Double, _ x: Double) -> Double {
    guard x > 0 else { return 1 }
    guard x.isFinite, shape > 0 else { return 0 }
    let front = exp(shape * log(x) - x - logGamma(shape))
    if x < shape + 1 {
      var term = 1 / shape, sum = term, a = shape
      for _ in 0..<1000 {
        guard abs(term) > abs(sum) * 1e-16 else { break }
        a += 1
        term *= x / a
        sum += term
      }
      return min(max(1 - front * sum, 0), 1)
    }
    var b = x + 1 - shape, c = 1e300, d = 1 / b, fraction = d
    for i in 1...1000 {
      let a = -Double(i) * (Double(i) - shape)
      b += 2
      d = 1 / (a * d + b)
      c = b + a / c
      fraction *= c * d
      if abs(c * d - 1) < 1e-16 { break }
    }
    return min(max(front * fraction, 0), 1)
  }

  private static func logGamma(_ x: Double) -> Double { lgamma(x) }
}
