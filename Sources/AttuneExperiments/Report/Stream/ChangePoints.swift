internal import Foundation

/// Places at which the level of a series changes, found by binary segmentation.
///
/// A part is cut where that lowers its sum of squared distances from the mean most, if by more than
/// `penalty · σ² · log n`, and both pieces are cut in turn. σ is the spread of the noise, taken from the differences of
/// neighbors, which changes of level hardly touch: their median absolute value over 0.6745 √2.
///
/// - Source: Scott and Knott (1974), A cluster analysis method for grouping means in the analysis of variance,
///   doi:10.2307/2529204; Killick, Fearnhead and Eckley (2012), doi:10.1080/01621459.2012.737745, for the penalty.
enum ChangePoints {
  /// The gain that a cut must bring, in `σ² log n`. Two is the Bayesian information criterion; what repeats along a
  /// stream is not independent noise, and calls for more.
  static let penalty = 4.0
  /// The fewest values between two cuts.
  static let shortest = 5

  /// The indices at which a new level begins, ascending; none for a series without them or with values that are not
  /// finite.
  static func detect(in values: [Double]) -> [Int] {
    guard values.count >= 2 * shortest, values.allSatisfy(\.isFinite) else { return [] }
    let differences = zip(values.dropFirst(), values).map { abs($0 - $1) }.sorted()
    let median = differences[differences.count / 2]
    let all = values.reduce(0, +) / Double(values.count)
    let total = values.reduce(0) { $0 + ($1 - all) * ($1 - all) }
    guard total > 0 else { return [] }
    // A series of few distinct values may have a median difference of zero: then the mean one stands for it.
    let mean = differences.reduce(0, +) / Double(differences.count)
    let deviation = (median > 0 ? median : mean) / (0.6745 * 2.0.squareRoot())
    let threshold = penalty * deviation * deviation * log(Double(values.count))
    var sums = [0.0]
    for value in values { sums.append((sums.last ?? 0) + value) }
    var found: [Int] = []
    var parts = [0..<values.count]
    while let part = parts.popLast() {
      guard let cut = best(part, sums), cut.gain > threshold else { continue }
      found.append(cut.index)
      parts += [part.lowerBound..<cut.index, cut.index..<part.upperBound]
    }
    return found.sorted()
  }

  /// The cut of a part that lowers the sum of squares most: by `n₁ n₂ / n · (mean₁ − mean₂)²`.
  private static func best(_ part: Range<Int>, _ sums: [Double]) -> (index: Int, gain: Double)? {
    guard part.count >= 2 * shortest else { return nil }
    var best: (index: Int, gain: Double)?
    for index in (part.lowerBound + shortest)...(part.upperBound - shortest) {
      let left = Double(index - part.lowerBound), right = Double(part.upperBound - index)
      let difference =
        (sums[index] - sums[part.lowerBound]) / left - (sums[part.upperBound] - sums[index]) / right
      let gain = left * right / (left + right) * difference * difference
      if gain > best?.gain ?? 0 { best = (index, gain) }
    }
    return best
  }
}
