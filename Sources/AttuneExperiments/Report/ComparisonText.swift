/// What comparisons show, in sentences and table fields.
enum ComparisonText {
  /// `no difference shown`, `helps`, …, with why nothing can be shown.
  static func conclusion(_ cell: ResultCell) -> String {
    guard cell.verdict != .baseline else { return Wording.words(.baseline) }
    guard cell.difference != nil else { return cell.quality == nil ? "failed" : "nothing to compare with" }
    return Wording.words(cell.verdict)
  }

  /// A probability: `0.031`, `< 0.0001`.
  static func probability(_ value: Double?) -> String {
    guard let value else { return "—" }
    return value < 1e-4 ? "< 0.0001" : NumberFormat.fixed(value, value < 0.001 ? 4 : 3)
  }

  /// The probability of the permutation test, with what so few pairs can show at all.
  static func permutation(_ comparison: Comparison, level: Double) -> String {
    let text = probability(comparison.permutation)
    return comparison.smallestPermutation > level ? "\(text) (too few seeds to show anything)" : text
  }

  /// Which comparisons were made and how they are judged: `140 comparisons, paired t-test, corrected by Holm, level 0.05`.
  static func rule(_ comparisons: [Comparison], _ configuration: StatisticsConfiguration) -> String {
    let tests = [Comparison.Test.t, .permutation].compactMap { test -> String? in
      let count = comparisons.count { $0.test == test }
      guard count > 0 else { return nil }
      let name = test == .t ? "paired t-test" : "paired permutation test"
      return count == comparisons.count ? name : "\(name) (\(count))"
    }
    let correction =
      configuration.correction == .none
      ? "not corrected for their number"
      : "corrected for \(Wording.counted(comparisons.count, "comparison")) by \(configuration.correction.title)"
    let level = NumberFormat.withoutTrailingZeros(NumberFormat.significant(configuration.level, 2))
    return "\(tests.joined(separator: ", ")), \(correction), level \(level)"
  }

  /// What the permutation test can say with the seeds that there are; nil where it can say something.
  static func limit(_ comparisons: [Comparison], level: Double) -> String? {
    guard let most = comparisons.map(\.pairs).max(), most > 1 else { return nil }
    let smallest = PairedTest.smallestPermutation(pairs: most)
    guard smallest > level else { return nil }
    return "The permutation test can give \(probability(smallest)) at best with \(Wording.counted(most, "seed")): "
      + "too few seeds for it to show anything."
  }

  /// How many comparisons show what: `12 help, 30 hurt, 98: no difference shown`.
  static func tally(_ comparisons: [Comparison]) -> String {
    func count(_ verdict: Verdict) -> Int { comparisons.count { $0.verdict == verdict } }
    return "\(count(.helps)) \(count(.helps) == 1 ? "helps" : "help"), \(count(.hurts)) "
      + "\(count(.hurts) == 1 ? "hurts" : "hurt"), \(count(.noDifferenceShown)): no difference shown"
  }
}
