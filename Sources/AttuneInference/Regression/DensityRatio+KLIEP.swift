public import AttuneCore
internal import Foundation

extension DensityRatio {
  /// A ratio by the Kullback-Leibler importance estimation procedure, with the width that cross-validation found best.
  public struct LikelihoodFit: Sendable {
    /// The ratio.
    public let ratio: DensityRatio
    /// The mean logarithm of the ratio over rows of the target that were left out, for each width; higher is better.
    public let scores: [Double]
    /// Mean logarithm of the ratio over the target.
    public let likelihood: Double
    /// How far that is from the largest one possible, at most.
    public let gap: Double
  }

  /// The ratio of the highest mean logarithm over the target, among those whose mean over the source is 1 (KLIEP).
  ///
  /// The weights are the shares of a mixture, found by expectation maximization, which never leaves the constraint and needs no
  /// step size. It ends when the gap to the maximum is below `tolerance`, or after `steps`.
  ///
  /// ## Shapes
  /// - target: `[n, d]`, source: `[m, d]`, n and m at least 2; centers: `[b, d]`
  ///
  /// - Parameters:
  ///   - target: rows of the numerator.
  ///   - source: rows of the denominator.
  ///   - centers: the centers of the kernels.
  ///   - sigmas: the widths to try.
  ///   - folds: the fold of each row of the target, from 0.
  ///   - tolerance: the gap at which the maximum counts as found.
  ///   - steps: the most steps of a fit.
  /// - Throws: `FactorizationError` where a value is NaN or infinite; `ConfigValueError` where there are too few rows.
  /// - Complexity: O(n·b) a step.
  /// - Source: Sugiyama et al. (2008), Direct importance estimation for covariate shift adaptation,
  ///   doi:10.1007/s10463-008-0197-x.
  /// - Note: Differs from the source in how the maximum is found: there by projected gradient ascent.
  public static func likelihood(
    target: DoubleMatrix, source: DoubleMatrix, centers: DoubleMatrix, sigmas: [Double], folds: [Int],
    tolerance: Double = 1e-3, steps: Int = 1000
  ) throws -> LikelihoodFit {
    try check(target, source, sigmas)
    precondition(folds.count == target.rows, "\(folds.count) folds for \(target.rows) rows")
    let names = Set(folds).sorted()
    var scores: [Double] = [], best: (score: Double, sigma: Double)?
    for sigma in sigmas {
      let scaled = Self.scaled(target, source, centers, sigma).kernels
      var sum = 0.0
      for fold in names where names.count > 1 {
        let kept = folds.indices.filter { folds[$0] != fold }, left = folds.indices.filter { folds[$0] == fold }
        let shares = maximum(scaled.rows(at: kept), tolerance, steps).shares
        sum += meanLogarithm(scaled.rows(at: left), shares)
      }
      scores.append(
        names.count > 1 ? sum / Double(names.count) : meanLogarithm(scaled, maximum(scaled, tolerance, steps).shares))
      if let score = scores.last, score > best?.score ?? -.infinity { best = (score, sigma) }
    }
    // A width so small that no row of the source is near a kernel has no finite score.
    let sigma = best?.sigma ?? sigmas.max() ?? 1
    let (kernels, means) = Self.scaled(target, source, centers, sigma)
    let (shares, gap) = maximum(kernels, tolerance, steps)
    return LikelihoodFit(
      ratio: DensityRatio(centers: centers, sigma: sigma, weights: zip(shares, means).map { $0 / $1 }), scores: scores,
      likelihood: meanLogarithm(kernels, shares), gap: gap)
  }

  /// The kernels at the target over their means at the source, so that shares that sum to 1 keep the constraint; and these
  /// means, which are kept from 0.
  private static func scaled(
    _ target: DoubleMatrix, _ source: DoubleMatrix, _ centers: DoubleMatrix, _ sigma: Double
  ) -> (kernels: DoubleMatrix, means: [Double]) {
    let means = kernels(source, centers, sigma).columnMeans.map { max($0, 1e-100) }
    var result = kernels(target, centers, sigma)
    for i in 0..<result.rows {
      for k in 0..<result.columns { result[i, k] /= means[k] }
    }
    return (result, means)
  }

  private static func meanLogarithm(_ scaled: DoubleMatrix, _ shares: [Double]) -> Double {
    let values = (scaled * DoubleMatrix(rows: shares.count, columns: 1, shares)).elements
    return values.reduce(0) { $0 + log(max($1, 1e-300)) } / Double(values.count)
  }

  /// The shares of the highest mean logarithm, and how far from it they may be.
  private static func maximum(
    _ scaled: DoubleMatrix, _ tolerance: Double, _ steps: Int
  ) -> (shares: [Double], gap: Double) {
    let (n, b) = (scaled.rows, scaled.columns)
    var shares = DoubleMatrix(rows: b, columns: 1, repeating: 1 / Double(b)), gap = Double.infinity
    for _ in 0..<steps {
      let values = (scaled * shares).elements
      let inverse = DoubleMatrix(rows: n, columns: 1, values.map { 1 / (Double(n) * max($0, 1e-300)) })
      let gradient = scaled.transposedProduct(with: inverse).elements
      // The objective is concave, and the shares sum to 1: no shares are better by more than the largest slope less 1.
      gap = (gradient.max() ?? 1) - 1
      if gap <= tolerance { break }
      let raised = zip(shares.elements, gradient).map { $0 * $1 }, sum = raised.reduce(0, +)
      shares = DoubleMatrix(rows: b, columns: 1, raised.map { $0 / sum })
    }
    return (shares.elements, gap)
  }
}
