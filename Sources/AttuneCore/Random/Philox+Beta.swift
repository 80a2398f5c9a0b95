internal import Foundation

extension Philox {
  /// The logarithm of a number of the gamma distribution with scale 1.
  ///
  /// Shapes of at least 1 by squeeze-free rejection: `d·v` with `d = shape − 1/3`, `v = (1 + x/√(9d))³` and normal `x`,
  /// accepted where `ln u < x²/2 + d − d·v + d·ln v`. A shape below 1 takes a number of `shape + 1` times
  /// `u^(1/shape)`; small shapes give numbers far below the smallest Double, hence the logarithm.
  ///
  /// - Parameter shape: above 0 and finite.
  /// - Source: Marsaglia, Tsang (2000), A simple method for generating gamma variables, doi:10.1145/358407.358414.
  public mutating func nextLogGamma(shape: Double) -> Double {
    precondition(shape > 0 && shape.isFinite, "a gamma distribution of shape \(shape)")
    guard shape >= 1 else {
      return nextLogGamma(shape: shape + 1) + log(1 - nextUniformDouble()) / shape
    }
    let d = shape - 1.0 / 3, c = 1 / (9 * d).squareRoot()
    while true {
      let x = nextNormal(), root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(1 - nextUniformDouble()) < x * x / 2 + d - d * v + d * log(v) { return log(d) + log(v) }
    }
  }

  /// A number of the beta distribution, in `0...1`: `x / (x + y)` with `x` and `y` of gamma distributions.
  ///
  /// - Parameters:
  ///   - alpha: the first shape, above 0 and finite; the mean is `alpha / (alpha + beta)`.
  ///   - beta: the second shape, above 0 and finite.
  /// - Source: Devroye (1986), Non-uniform random variate generation, Springer, chapter IX, theorem 4.1.
  /// - Note: The quotient is taken of logarithms: with shapes near 0 both numbers can be below the smallest Double.
  public mutating func nextBeta(_ alpha: Double, _ beta: Double) -> Double {
    let x = nextLogGamma(shape: alpha), y = nextLogGamma(shape: beta)
    return 1 / (1 + exp(y - x))
  }
}
