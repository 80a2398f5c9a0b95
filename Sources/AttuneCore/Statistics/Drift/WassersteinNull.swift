internal import Foundation

/// The distribution of `√(n·m/(n+m))` times the area between two empirical distribution functions of the same source: nearly
/// that of `∫ |B(F(x))| dx`, B a Brownian bridge.
///
/// Its mean is `√(2/π)·∫ √(F(1−F))`, its variance the double integral of the covariance of two such moduli,
/// `(2/π)·σ·σ′·(√(1−ρ²) + ρ·asin ρ − 1)`. A gamma distribution of that mean and variance stands for it.
///
/// - Source: del Barrio, Giné, Matrán (1999), Central limit theorems for the Wasserstein distance, Annals of Probability 27;
///   the gamma distribution is ours and checked by simulation.
struct WassersteinNull: Sendable, Equatable {
  private let shape: Double
  private let unit: Double

  /// From the values of a source feature, in units of `scale`.
  init(_ sample: Matrix, column: Int, scale: Double) {
    let values = (0..<sample.rows).map { Double(sample[$0, column]) }.filter(\.isFinite).sorted(), m = values.count
    // Pieces of the axis with a distribution function F between them; some 64 pieces are enough for an integral.
    let step = max(1, m / 64)
    var mean = 0.0
    var pieces: [(width: Double, f: Double)] = []
    for start in stride(from: 0, to: max(0, m - 1), by: step) {
      let end = min(start + step, m - 1)
      let width = (values[end] - values[start]) / scale
      pieces.append((width, (Double(start + end) / 2 + 0.5) / Double(m)))
    }
    for piece in pieces { mean += piece.width * (piece.f * (1 - piece.f)).squareRoot() }
    mean *= (2 / Double.pi).squareRoot()
    var variance = 0.0
    for (i, s) in pieces.enumerated() where s.width > 0 {
      for t in pieces[i...] where t.width > 0 {
        let spread = (s.f * (1 - s.f) * t.f * (1 - t.f)).squareRoot()
        let rho = min(1, s.f * (1 - t.f) / spread)
        let covariance = 2 / Double.pi * spread * ((1 - rho * rho).squareRoot() + rho * asin(rho) - 1)
        variance += (t.f == s.f ? 1 : 2) * s.width * t.width * covariance
      }
    }
    shape = variance > 0 ? mean * mean / variance : 0
    unit = mean > 0 ? variance / mean : 0
  }

  /// How likely chance gives as much. A feature that is constant in the source has no chance: any distance is drift.
  func tail(_ area: Double) -> Double {
    guard unit > 0 else { return area > 0 ? 0 : 1 }
    return TailProbability.gamma(shape: shape, area / unit)
  }
}
