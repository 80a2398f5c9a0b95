/// A paired comparison over seeds: the difference, how sure it is, and how large.
public struct Comparison: Codable, Sendable, Equatable {
  /// What decides.
  public enum Test: String, Codable, Sendable {
    /// The paired t-test.
    case t
    /// The paired permutation test, by flipped signs.
    case permutation
  }

  /// Mean difference over the pairs, with its 95 % interval; negative is better.
  public var difference: Estimate
  /// How the interval was found; nil for one pair, which has none.
  public var method: IntervalMethod?
  /// Seeds that both sides finished.
  public var pairs: Int
  /// Seeds that one side or both did not finish.
  public var missing: Int
  /// Probability of such a difference by chance, by the paired t-test; nil for one pair, and where all differences are equal.
  public var student: Double?
  /// Probability of such a difference by chance, by the permutation test.
  public var permutation: Double
  /// The smallest probability that the permutation test can give for so many pairs.
  public var smallestPermutation: Double
  /// Which of the two decides: the permutation test where there are pairs enough for it to show anything after the correction,
  /// and where the t-test says nothing.
  public var test: Test
  /// The probability that decides, corrected for the number of comparisons.
  public var adjusted: Double
  /// Number of comparisons that it was corrected for.
  public var family: Int
  /// Cohen's d for pairs with Hedges' correction; nil for fewer than three pairs, and where all differences are equal.
  public var effectSize: Double?
  /// Share of the other side's error that is gone, negative where it grew; nil where that is 0.
  public var errorReduction: Double?
  /// What the comparison shows.
  public var verdict: Verdict

  /// The probability that decides, before the correction.
  public var probability: Double { test == .t ? student ?? permutation : permutation }
}
