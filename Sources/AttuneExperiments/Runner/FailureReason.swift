/// A reason why cells of a run failed, with how often it did.
public struct FailureReason: Equatable, Sendable {
  /// The error's text, without the seed.
  public let text: String
  /// Cells and seeds that failed for it.
  public let count: Int

  /// The distinct reasons in results: the most frequent first, equally frequent ones in the order of the cells.
  public static func all(in results: ExperimentResults) -> [FailureReason] {
    var counts: [String: Int] = [:], order: [String] = []
    for failure in results.cells.flatMap(\.failures) {
      let text = withoutSeed(failure)
      if counts[text] == nil { order.append(text) }
      counts[text, default: 0] += 1
    }
    let reasons = order.map { FailureReason(text: $0, count: counts[$0, default: 0]) }
    // Sorting is stable only by the position.
    return reasons.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
  }

  private static func withoutSeed(_ failure: String) -> String {
    guard let prefix = failure.prefixMatch(of: #/seed \d+: /#) else { return failure }
    return String(failure[prefix.range.upperBound...])
  }
}
