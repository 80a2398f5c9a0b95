/// The mean of paired differences over seeds, with its 95 % interval, and what it shows.
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
    guard differences.allSatisfy(\.isFinite), let estimate = Estimate(differences) else { return nil }
    self.estimate = estimate
    seeds = differences.count
  }

  /// What the interval says; one seed shows nothing.
  var verdict: Verdict {
    if seeds < 2 { return .noDifferenceShown }
    if estimate.high < 0 { return .helps }
    return estimate.low > 0 ? .hurts : .noDifferenceShown
  }
}
