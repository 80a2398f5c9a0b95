/// The half width of an interval that holds the next value, from scores of values before it.
///
/// Of n scores that are exchangeable with the next one, that one is at most the k-th smallest with a probability of at least
/// `1 − miscoverage`, where `k = ⌈(n + 1)(1 − miscoverage)⌉`, whatever the distribution. With fewer scores than k no
/// half width is large enough, and it is infinite.
///
/// - Source: Vovk, Gammerman, Shafer (2005), Algorithmic Learning in a Random World; Lei et al. (2018), Distribution-free
///   predictive inference for regression, doi:10.1080/01621459.2017.1307116, algorithm 2.
public enum ConformalThreshold {
  /// The place of the threshold among the sorted scores, from 1; more than there are where it is infinite.
  public static func rank(of count: Int, miscoverage: Double) -> Int {
    // A product that is a whole number but for rounding is one.
    Int((Double(count + 1) * (1 - min(max(miscoverage, 0), 1)) - 1e-9).rounded(.up))
  }

  /// The threshold; infinite where there are too few scores or `miscoverage` is not above 0, and −1, which holds nothing, where
  /// it is 1 or more.
  ///
  /// - Parameters:
  ///   - sorted: scores of at least 0, ascending.
  ///   - miscoverage: the share of values that may lie outside.
  public static func threshold(of sorted: [Double], miscoverage: Double) -> Double {
    guard miscoverage > 0 else { return .infinity }
    guard miscoverage < 1 else { return -1 }
    let rank = rank(of: sorted.count, miscoverage: miscoverage)
    return rank <= sorted.count ? sorted[max(rank, 1) - 1] : .infinity
  }
}
