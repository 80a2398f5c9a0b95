internal import AttuneCore
internal import Foundation

/// A joint Gaussian of inputs and others, of which some inputs are known: means and covariance of the rest.
///
/// To know input j takes the Schur complement: `Σ ← Σ − Σ_j Σ_jᵀ / Σ_jj`.
struct ConditionedCovariance: Sendable {
  private(set) var covariance: DoubleMatrix
  private let floors: [Double]

  /// - Parameters:
  ///   - covariance: `[m, m]`.
  ///   - inputs: how many of the variables, the first ones, can become known.
  init(_ covariance: DoubleMatrix, inputs: Int) {
    self.covariance = covariance
    floors = (0..<inputs).map { max(1e-9 * covariance[$0, $0], 1e-30) }
  }

  /// Whether an input has variance of its own left; one that is constant, or a sum of those known, has none.
  func varies(_ input: Int) -> Bool { covariance[input, input] > floors[input] }

  /// How the others move with an input: `Σ_j / Σ_jj`, of all variables.
  func slopes(_ input: Int) -> [Double] {
    (0..<covariance.rows).map { covariance[$0, input] / covariance[input, input] }
  }

  /// Takes an input as known; one that does not vary changes nothing.
  mutating func condition(on input: Int) {
    guard varies(input) else { return }
    let m = covariance.rows, slopes = slopes(input), line = (0..<m).map { covariance[input, $0] }
    OperationCounter.add(2 * m * m)
    for i in 0..<m where slopes[i] != 0 { for j in 0..<m { covariance[i, j] -= slopes[i] * line[j] } }
    for i in 0..<m { (covariance[i, input], covariance[input, i]) = (0, 0) }
  }
}
