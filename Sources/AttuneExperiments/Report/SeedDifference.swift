internal import Foundation

/// The mean of paired differences over seeds, with its 95 % interval.
///
/// The cells of the results hold the difference to the baseline arm on the same training arm. The summary also compares
/// across training arms and over several scenarios, and pairs by seed in the same way.
struct SeedDifference: Sendable, Equatable {
  /// Mean and interval (Student's t with one degree of freedom less than seeds).
  let estimate: Estimate
  /// Number of seeds that both sides finished.
  let seeds: Int

  /// The mean of `differences`, one per seed; nil where there is none.
  init?(_ differences: [Double]) {
    guard !differences.isEmpty, differences.allSatisfy(\.isFinite) else { return nil }
    let n = Double(differences.count)
    let mean = differences.reduce(0, +) / n
    var half = 0.0
    if differences.count > 1 {
      let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
      half = Self.quantile(degreesOfFreedom: differences.count - 1) * (variance / n).squareRoot()
    }
    estimate = Estimate(mean: mean, low: mean - half, high: mean + half)
    seeds = differences.count
  }

  /// What the interval says; one seed shows nothing.
  var verdict: Verdict {
    if seeds < 2 { return .noDifferenceShown }
    if estimate.high < 0 { return .helps }
    return estimate.low > 0 ? .hurts : .noDifferenceShown
  }

  /// The `t` that encloses 95 % of Student's distribution between `−t` and `t`.
  ///
  /// - Source: Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 26.7.3 and 26.7.4, solved by
  ///   bisection.
  static func quantile(degreesOfFreedom: Int) -> Double {
    precondition(degreesOfFreedom > 0, "Student's distribution with \(degreesOfFreedom) degrees of freedom")
    var low = 0.0
    var high = Double.pi / 2
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if enclosed(angle: middle, degreesOfFreedom) < 0.95 { low = middle } else { high = middle }
    }
    return tan(high) * Double(degreesOfFreedom).squareRoot()
  }

  /// The probability between `−t` and `t` for `t = tan(angle)·√ν`.
  private static func enclosed(angle: Double, _ degreesOfFreedom: Int) -> Double {
    let isOdd = degreesOfFreedom % 2 == 1
    let (sine, cosine) = (sin(angle), cos(angle))
    var term = isOdd ? cosine : 1.0
    var sum = 0.0
    // Terms run to the power ν − 2 of the cosine: none for ν = 1.
    for power in stride(from: isOdd ? 1 : 0, through: degreesOfFreedom - 2, by: 2) {
      sum += term
      term *= Double(power + 1) / Double(power + 2) * cosine * cosine
    }
    return isOdd ? 2 / Double.pi * (angle + sine * sum) : sine * sum
  }
}
