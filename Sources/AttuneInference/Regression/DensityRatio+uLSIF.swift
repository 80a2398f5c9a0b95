public import AttuneCore

extension DensityRatio {
  /// A ratio by unconstrained least-squares importance fitting, with the settings that leave-one-out found best.
  public struct LeastSquaresFit: Sendable {
    /// The ratio.
    public let ratio: DensityRatio
    /// The penalty that was chosen.
    public let lambda: Double
    /// The leave-one-out score of each width and, within it, of each penalty; lower is better.
    public let scores: [[Double]]
  }

  /// The ratio that is closest to the true one over the source in the mean square (uLSIF).
  ///
  /// With φ the kernels, `H = mean over source of φφᵀ` and `h = mean over target of φ`: `a = max(0, (H + λI)⁻¹h)`. The score of
  /// σ and λ is the mean over pairs i of `(a·φ(source_i))² / 2 − a·φ(target_i)`, where a is fitted without both rows; all of
  /// these fits follow from one inverse.
  ///
  /// ## Shapes
  /// - target: `[n, d]`, source: `[m, d]`, n and m at least 2; centers: `[b, d]`
  ///
  /// - Throws: `FactorizationError` where a value is NaN or infinite; `ConfigValueError` where there are too few rows.
  /// - Complexity: O((n + m)·b·(b + d)) for each width, and O(b³ + min(n, m)·b²) for each penalty.
  /// - Source: Kanamori, Hido, Sugiyama (2009), A least-squares approach to direct importance estimation, Journal of Machine
  ///   Learning Research 10, section 3 and appendix.
  public static func leastSquares(
    target: DoubleMatrix, source: DoubleMatrix, centers: DoubleMatrix, sigmas: [Double],
    lambdas: [Double] = [1e-3, 1e-2, 0.1, 1]
  ) throws -> LeastSquaresFit {
    try check(target, source, sigmas)
    try ConfigCheck.require(
      !lambdas.isEmpty && lambdas.allSatisfy { $0 > 0 && $0.isFinite }, "lambdas", "must be finite numbers above 0")
    var scores: [[Double]] = [], best: (score: Double, sigma: Double, lambda: Double)?
    for sigma in sigmas {
      let (atTarget, atSource) = (kernels(target, centers, sigma), kernels(source, centers, sigma))
      var row: [Double] = []
      for lambda in lambdas {
        let score = try leaveOneOut(atTarget, atSource, lambda)
        row.append(score)
        if score < best?.score ?? .infinity { best = (score, sigma, lambda) }
      }
      scores.append(row)
    }
    guard let best else { throw FactorizationError.notFinite(operation: "uLSIF", argument: "scores") }
    let (atTarget, atSource) = (kernels(target, centers, best.sigma), kernels(source, centers, best.sigma))
    let solved = try Cholesky(penalized(atSource, best.lambda)).solve(atTarget.meanColumn)
    let ratio = DensityRatio(centers: centers, sigma: best.sigma, weights: solved.elements.map { max(0, $0) })
    return LeastSquaresFit(ratio: ratio, lambda: best.lambda, scores: scores)
  }

  /// Throws where rows are too few or not finite, or widths are none.
  static func check(_ target: DoubleMatrix, _ source: DoubleMatrix, _ sigmas: [Double]) throws {
    for (rows, name) in [(target, "target"), (source, "source")] {
      guard rows.isFinite else {
        throw FactorizationError.notFinite(operation: "density ratio", argument: "\(name) rows")
      }
      try ConfigCheck.require(
        rows.rows >= 2, name, "must be two rows or more for a density ratio, and there are \(rows.rows)")
    }
    try ConfigCheck.require(
      !sigmas.isEmpty && sigmas.allSatisfy { $0 > 0 && $0.isFinite }, "sigmas", "must be finite numbers above 0")
  }

  /// `mean of φφᵀ + λI`.
  private static func penalized(_ kernels: DoubleMatrix, _ lambda: Double) -> DoubleMatrix {
    let gram = kernels.gram, n = Double(kernels.rows)
    var result = DoubleMatrix(rows: gram.rows, columns: gram.columns, gram.elements.map { $0 / n })
    for k in 0..<result.rows { result[k, k] += lambda }
    return result
  }

  /// The mean score over pairs that are left out, by the Sherman-Morrison formula.
  private static func leaveOneOut(_ target: DoubleMatrix, _ source: DoubleMatrix, _ lambda: Double) throws -> Double {
    let (n, m, b) = (Double(target.rows), Double(source.rows), source.columns)
    let count = min(target.rows, source.rows)
    let inverse = try Cholesky(penalized(source, lambda * (m - 1) / m)).inverse
    let left = source.rows(at: Array(0..<count)), right = target.rows(at: Array(0..<count))
    let sources = left * inverse, targets = right * inverse, mean = target.meanColumn  // [count, b]
    let plain = (inverse * mean).elements, along = (sources * mean).elements
    OperationCounter.add(count * b * 16)
    var sum = 0.0
    for i in 0..<count {
      var own = 0.0, cross = 0.0
      for k in 0..<b {
        own += sources[i, k] * left[i, k]
        cross += sources[i, k] * right[i, k]
      }
      let room = m - own
      var atSource = 0.0, atTarget = 0.0
      for k in 0..<b {
        let first = plain[k] + sources[i, k] * along[i] / room, second = targets[i, k] + sources[i, k] * cross / room
        let weight = max(0, (m - 1) * (n * first - second) / (m * (n - 1)))
        atSource += left[i, k] * weight
        atTarget += right[i, k] * weight
      }
      sum += atSource * atSource / 2 - atTarget
    }
    return sum / Double(count)
  }
}
