internal import AttuneCore
internal import Foundation

/// Intervals of a mean from resamples of the values.
///
/// - Source: Efron (1987), Better bootstrap confidence intervals, doi:10.1080/01621459.1987.10478410.
enum Bootstrap {
  /// The means of resamples with replacement, in rising order. The same values give the same means.
  static func means(of values: [Double], resamples: Int) -> [Double] {
    var generator = Philox(seed: 0).fork("bootstrap")
    let n = values.count
    var means = [Double](repeating: 0, count: resamples)
    for index in means.indices {
      var sum = 0.0
      for _ in 0..<n { sum += values[generator.nextIndex(below: n)] }
      means[index] = sum / Double(n)
    }
    return means.sorted()
  }

  /// The interval between two quantiles of `means`, linear between neighbors.
  ///
  /// - Parameters:
  ///   - means: means of resamples, in rising order.
  ///   - level: the probability outside, `0.05` for a 95 % interval.
  static func percentile(_ means: [Double], level: Double) -> (low: Double, high: Double) {
    (quantile(means, level / 2), quantile(means, 1 - level / 2))
  }

  /// The bias-corrected and accelerated interval.
  ///
  /// With `z₀ = Φ⁻¹(share of means below that of the values, half of the equal ones among them)` and the acceleration
  /// `a = Σ (x̄ − x̄₍ᵢ₎)³ / (6 (Σ (x̄ − x̄₍ᵢ₎)²)^1.5)` of the jackknife, the quantile of an end `z` is taken at
  /// `Φ(z₀ + (z₀ + z) / (1 − a (z₀ + z)))`.
  ///
  /// - Parameters:
  ///   - values: at least two that are not all equal.
  ///   - means: means of their resamples, in rising order.
  ///   - level: the probability outside.
  static func bca(_ values: [Double], _ means: [Double], level: Double) -> (low: Double, high: Double) {
    let n = Double(values.count), mean = values.reduce(0, +) / n
    // Means that differ by rounding only are equal: errors are multiples of one row, and resamples often give the mean itself.
    let slack = 1e-12 * values.reduce(0) { $0 + abs($1) } / n
    let below = Double(means.count { $0 < mean - slack }), equal = Double(means.count { abs($0 - mean) <= slack })
    let count = Double(means.count)
    let share = min(max((below + equal / 2) / count, 0.5 / count), 1 - 0.5 / count)
    let bias = StandardNormal.quantile(share)
    let (squares, cubes) = values.reduce((0.0, 0.0)) { sums, value in
      // The jackknife mean without a value is off by (x̄ − x) / (n − 1); the factor cancels.
      let offset = value - mean
      return (sums.0 + offset * offset, sums.1 + offset * offset * offset)
    }
    let acceleration = squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0
    func end(_ probability: Double) -> Double {
      let z = bias + StandardNormal.quantile(probability)
      return quantile(means, StandardNormal.cumulative(bias + z / (1 - acceleration * z)))
    }
    return (end(level / 2), end(1 - level / 2))
  }

  private static func quantile(_ sorted: [Double], _ probability: Double) -> Double {
    let position = min(max(probability, 0), 1) * Double(sorted.count - 1)
    let low = Int(position), high = min(low + 1, sorted.count - 1)
    return sorted[low] + (position - Double(low)) * (sorted[high] - sorted[low])
  }
}
