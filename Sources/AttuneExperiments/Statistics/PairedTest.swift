internal import AttuneCore

/// Two-sided tests of whether paired differences are zero on average.
enum PairedTest {
  /// Pairs up to which all patterns of signs are gone through.
  static let exactLimit = 20
  /// Patterns that are drawn where there are more pairs.
  static let draws = 99_999

  /// The probability of a mean at least this far from zero by Student's t with one degree of freedom less than pairs; nil
  /// for one pair, and where all differences are equal, about whose spread the pairs then say nothing.
  static func student(_ differences: [Double]) -> Double? {
    let n = Double(differences.count)
    guard differences.count > 1, !isConstant(differences) else { return nil }
    let mean = differences.reduce(0, +) / n
    let variance = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    let t = abs(mean) / (variance / n).squareRoot()
    // The tail itself: one minus the distribution function would lose it to rounding.
    return StudentT.regularizedBeta((n - 1) / (n - 1 + t * t), (n - 1) / 2, 0.5)
  }

  /// The share of sign patterns under which the mean is at least this far from zero: without a true difference each sign is
  /// as likely as the other.
  ///
  /// All 2ⁿ patterns for up to 20 pairs; else `(1 + hits) / (1 + draws)` of 99,999 drawn ones.
  ///
  /// - Source: Fisher (1935), The design of experiments, section 21; Phipson, Smyth (2010), Permutation p-values should never
  ///   be zero, doi:10.2202/1544-6115.1585.
  static func permutation(_ differences: [Double]) -> Double {
    let slack = 1e-12 * differences.reduce(0) { $0 + abs($1) }
    let reach = abs(differences.reduce(0, +)) - slack
    guard differences.count > exactLimit else { return exact(differences, reach) }
    var generator = Philox(seed: 0).fork("sign-flip"), hits = 0
    for _ in 0..<draws {
      var sum = 0.0, bits: UInt64 = 0
      for (index, difference) in differences.enumerated() {
        if index % 64 == 0 { bits = generator.next() }
        sum += bits & 1 == 1 ? difference : -difference
        bits >>= 1
      }
      if abs(sum) >= reach { hits += 1 }
    }
    return Double(1 + hits) / Double(1 + draws)
  }

  /// The smallest probability that `permutation` can give for so many pairs.
  static func smallestPermutation(pairs: Int) -> Double {
    guard pairs > exactLimit else { return pairs < 1 ? 1 : 2 / Double(1 << pairs) }
    return 1 / Double(1 + draws)
  }

  /// Whether all differences are equal but for rounding.
  static func isConstant(_ differences: [Double]) -> Bool {
    guard let low = differences.min(), let high = differences.max() else { return true }
    return high - low <= 1e-10 * max(abs(low), abs(high))
  }

  private static func exact(_ differences: [Double], _ reach: Double) -> Double {
    // A pattern and its opposite reach equally far: the first sign stays.
    guard let first = differences.first else { return 1 }
    var sums = [first]
    for difference in differences.dropFirst() {
      sums = sums.flatMap { [$0 + difference, $0 - difference] }
    }
    return Double(sums.count { abs($0) >= reach }) / Double(sums.count)
  }
}
