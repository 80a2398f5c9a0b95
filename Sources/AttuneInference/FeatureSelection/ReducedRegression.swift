internal import AttuneCore

/// A linear regression that can be solved again without some of its features, from moments alone.
///
/// The normal equations `A·w = c` have `A = Σ + (l2/n)·I`, the source covariance with the ridge of the training, and `c = A·w`
/// of the weights that were learned: exact for an ordinary least squares or ridge solution, and for other weights the
/// problem whose solution they are. Without feature j the Cholesky factor of A loses a row and a column in O(d²); no row of
/// the training data is needed.
struct ReducedRegression: Sendable {
  let weights: DoubleMatrix  // [k, d]
  let bias: [Double]
  private let factor: Cholesky
  private let cross: DoubleMatrix  // [d, k]
  private let mean: [Double]

  /// - Parameter ridge: the penalty on squared weights over the number of rows, `l2/n`.
  /// - Throws: `FactorizationError` where the covariance is not even positive definite with a billionth of each variance more,
  ///   which is added where it is not without.
  init(
    weights: DoubleMatrix, bias: [Double], mean: [Double], covariance: DoubleMatrix, ridge: Double
  ) throws(FactorizationError) {
    (self.weights, self.bias, self.mean) = (weights, bias, mean)
    var system = covariance
    for j in mean.indices { system[j, j] += ridge }
    do {
      factor = try Cholesky(system)
    } catch {
      for j in mean.indices { system[j, j] += max(1e-9 * covariance[j, j], 1e-12 * mean[j] * mean[j], 1e-30) }
      factor = try Cholesky(system)
    }
    cross = system * weights.transposed
  }

  /// Weights and bias without some features, whose weights are 0.
  ///
  /// - Complexity: O(d²) a feature.
  func without(_ broken: [Int]) throws(FactorizationError) -> (weights: DoubleMatrix, bias: [Double]) {
    let excluded = Set(broken), kept = mean.indices.filter { !excluded.contains($0) }
    var factor = factor
    for j in broken.sorted(by: >) { factor = factor.removing(j) }
    let solved = try factor.solve(cross.part(kept, Array(0..<cross.columns)))  // [kept, k]
    var result = DoubleMatrix(rows: weights.rows, columns: weights.columns)
    for (t, j) in kept.enumerated() {
      for k in 0..<weights.rows { result[k, j] = solved[t, k] }
    }
    let bias = bias.indices.map { k in
      mean.indices.reduce(self.bias[k]) { $0 + (weights[k, $1] - result[k, $1]) * mean[$1] }
    }
    return (result, bias)
  }
}

/// A network is to be solved again that no closed form solves.
public struct NotLinearRegression: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// `strategy` was to solve a network that is no linear regression.
  public init(strategy: String) { self.strategy = strategy }

  /// What was found and what to do.
  public var description: String {
    "strategy '\(strategy)' with replacement: resolve solves a linear regression again, a network of one linear layer "
      + "and the task regression, and this is another; set replacement: conditional"
  }
}
