internal import Foundation

/// Sizes of paired differences that do not depend on the unit.
enum EffectSize {
  /// Cohen's d for pairs, `mean / standard deviation`, times Hedges' factor `Γ(m/2) / (√(m/2) Γ((m−1)/2))` with
  /// `m = n − 1`, which takes away the bias of few pairs.
  ///
  /// - Returns: nil for fewer than three pairs, and where all differences are equal.
  /// - Source: Hedges (1981), Distribution theory for Glass's estimator of effect size, doi:10.3102/10769986006002107.
  static func hedges(_ differences: [Double]) -> Double? {
    guard differences.count > 2, !PairedTest.isConstant(differences) else { return nil }
    let n = Double(differences.count), mean = differences.reduce(0, +) / n, m = n - 1
    let deviation = (differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / m).squareRoot()
    let factor: Double = exp(lgamma(m / 2) - lgamma((m - 1) / 2)) / (m / 2).squareRoot()
    return factor * mean / deviation
  }

  /// The share of the reference's mean that is gone: `1 − Σ values / Σ references`; nil where the reference is 0.
  static func reduction(_ values: [Double], of references: [Double]) -> Double? {
    let reference = references.reduce(0, +)
    return reference > 0 ? 1 - values.reduce(0, +) / reference : nil
  }
}
