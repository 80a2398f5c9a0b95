/// The mean of paired differences over seeds, with its 95 % interval, and what it shows.
///
/// The cells of the results hold the difference to the baseline arm on the same training arm. The summary also compares
/// across training arms and over several scenarios, and pairs by seed in the same way.
struct SeedDifference: Sendable, Equatable {
  /// What the differences show.
  var comparison: Comparison

  /// Mean and interval.
  var estimate: Estimate { comparison.difference }
  /// Number of seeds that both sides finished.
  var seeds: Int { comparison.pairs }
  /// What the test says; one seed shows nothing.
  var verdict: Verdict { comparison.verdict }

  /// The mean of `differences`, one per seed; nil where there is none.
  init?(_ differences: [Double], by statistics: SeedStatistics = SeedStatistics()) {
    guard let comparison = statistics.comparison(of: differences) else { return nil }
    self.comparison = comparison
  }
}
