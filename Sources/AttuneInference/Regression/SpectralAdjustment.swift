public import AttuneCore
internal import Foundation

/// The spectral adjustment of a linear regression to unlabeled rows (SpAR): weights are set to zero along directions of the
/// target in which the noise of their estimate would cost more than their absence.
///
/// With the training inputs `X = U·diag(σ)·Vᵀ`, noise of variance s², and the target inputs `Z` with right singular vectors
/// z_j and singular values τ_j, for each j:
///
///     variance_j = s² · Σ_i (v_i·z_j)² τ_j² / σ_i²       bias_j = (z_j·w)² τ_j²
///
/// and z_j is dropped, `w ← w − z_j (z_j·w)`, where `bias_j ≤ threshold · variance_j`. No labels of the target are needed and
/// nothing is tuned.
///
/// - Source: Eyre, Creager, Madras, Papyan, Zemel (2024), Out of the Ordinary: Spectrally Adapting Regression for Covariate
///   Shift, ICML, PMLR 235, algorithm 1.
/// - Note: Differs from the source in that weights outside the span of the training inputs, which only other solvers than
///   least squares of least norm leave there, are dropped as well, and in that directions without any target row are left
///   alone.
public struct SpectralAdjustment: Codable, Sendable, Equatable {
  /// The right singular vectors of the training inputs that count, one a row, `[r, d]`.
  public let directions: DoubleMatrix
  /// Their singular values, the largest first.
  public let singularValues: [Double]

  /// What the training inputs determine.
  ///
  /// - Parameters:
  ///   - inputs: `[n, d]`, centered where the model has an intercept.
  ///   - tolerance: a singular value counts as zero if errors of `tolerance` times the norm of each column could make it,
  ///     `σ ≤ tolerance · √(Σ_i v_i² ‖x_i‖²)`, so that units do not matter; by default what rounding in Double can leave of
  ///     zero.
  /// - Throws: `FactorizationError` where a value is NaN or infinite, or the iteration did not converge.
  /// - Complexity: O(n·d²).
  public init(source inputs: DoubleMatrix, tolerance: Double? = nil) throws(FactorizationError) {
    let factors = try SVD(inputs)
    let d = inputs.columns, right = factors.rightTransposed.elements
    var kept = Array(0..<factors.rank())
    if let tolerance {
      let squares = inputs.gram
      kept = kept.filter { j in
        let reach = (0..<d).reduce(0) { $0 + right[j * d + $1] * right[j * d + $1] * squares[$1, $1] }
        return factors.singularValues[j] > tolerance * reach.squareRoot()
      }
    }
    directions = DoubleMatrix(rows: kept.count, columns: d, kept.flatMap { right[$0 * d..<($0 + 1) * d] })
    singularValues = kept.map { factors.singularValues[$0] }
  }

  /// The independent directions of the training inputs.
  public var rank: Int { singularValues.count }

  /// The directions of target inputs.
  public struct Target: Sendable {
    /// Right singular vectors, one a row, `[r, d]`, those of the largest singular values first.
    public let directions: DoubleMatrix
    /// Squared singular values.
    public let squaredValues: [Double]

    /// The directions of rows that are at hand.
    ///
    /// - Throws: `FactorizationError` where a value is NaN or infinite, or the iteration did not converge.
    public init(inputs: DoubleMatrix) throws(FactorizationError) {
      let factors = try SVD(inputs)
      let count = factors.rank(), d = inputs.columns
      directions = DoubleMatrix(rows: count, columns: d, Array(factors.rightTransposed.elements.prefix(count * d)))
      squaredValues = factors.singularValues.prefix(count).map { $0 * $0 }
    }

    /// The directions of rows of which only `ZᵀZ` is known, `[d, d]`, as eigenvectors.
    ///
    /// - Parameters:
    ///   - gram: the sum of the products of the rows' elements.
    ///   - rows: their number: there are no more directions.
    /// - Throws: `FactorizationError` where a value is NaN or infinite, or the iteration did not converge.
    public init(gram: DoubleMatrix, rows: Int) throws(FactorizationError) {
      // The matrix is symmetric and has no negative eigenvalue: its singular vectors are its eigenvectors.
      let factors = try SVD(gram)
      let count = min(rows, factors.rank()), d = gram.columns
      directions = DoubleMatrix(rows: count, columns: d, Array(factors.rightTransposed.elements.prefix(count * d)))
      squaredValues = Array(factors.singularValues.prefix(count))
    }
  }

  /// Adjusted weights, and how they came about: one value for each direction of the target.
  public struct Adjusted: Sendable, Equatable {
    /// The weights, one an input.
    public var weights: [Double]
    /// Squared error over the target that setting the weight along a direction to zero costs, if the weights are true.
    public var biases: [Double]
    /// Expected squared error over the target that the noise of the estimate costs along a direction.
    public var variances: [Double]
    /// Whether the weight along a direction was set to zero.
    public var dropped: [Bool]
  }

  /// The weights for target inputs.
  ///
  /// - Parameters:
  ///   - weights: the estimated ones, one an input.
  ///   - noiseVariance: the mean squared residual of the training rows.
  ///   - target: the directions of the target inputs, centered as the training inputs were.
  ///   - threshold: see `threshold(alpha:)`.
  /// - Complexity: O(r·d²).
  public func adjusted(
    _ weights: [Double], noiseVariance: Double, target: Target, threshold: Double
  ) -> Adjusted {
    let d = weights.count, count = target.squaredValues.count
    let start = supported(weights)
    let overlaps = directions * target.directions.transposed  // [r, count]: v_i·z_j
    var result = Adjusted(weights: start, biases: [], variances: [], dropped: [])
    OperationCounter.add(count * (4 * d + 4 * rank))
    for j in 0..<count {
      let direction = target.directions.elements[j * d..<(j + 1) * d]
      let along = zip(direction, start).reduce(0) { $0 + $1.0 * $1.1 }
      var spread = 0.0
      for i in 0..<rank {
        let ratio = overlaps[i, j] / singularValues[i]
        spread += ratio * ratio
      }
      let bias = along * along * target.squaredValues[j]
      let variance = noiseVariance * spread * target.squaredValues[j]
      let isDropped = bias <= threshold * variance
      if isDropped {
        for (input, element) in direction.enumerated() { result.weights[input] -= element * along }
      }
      result.biases.append(bias)
      result.variances.append(variance)
      result.dropped.append(isDropped)
    }
    return result
  }

  /// The part of weights that the training inputs can tell of: all of them where the inputs have full rank.
  private func supported(_ weights: [Double]) -> [Double] {
    guard rank < weights.count else { return weights }
    let column = DoubleMatrix(rows: weights.count, columns: 1, weights)
    return directions.transposedProduct(with: directions * column).elements
  }

  /// The quantile at `alpha` of the chi-squared distribution with one degree of freedom: 10.83 at 0.999.
  ///
  /// - Parameter alpha: above 0 and below 1; the higher, the more is dropped.
  public static func threshold(alpha: Double) -> Double {
    precondition(alpha > 0 && alpha < 1, "no quantile at \(alpha)")
    // P[χ² ≤ 2x²] = erf(x); bisection ends where no number lies between.
    var (low, high) = (0.0, 8.0)
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { return 2 * middle * middle }
      if alpha < 0.5 ? erf(middle) < alpha : erfc(middle) > 1 - alpha { low = middle } else { high = middle }
    }
  }
}
