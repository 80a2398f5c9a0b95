/// A reason why cells of a run failed, with how often it did.
public struct FailureReason: Equatable, Sendable {
  /// The error's text, without the seed.
  public let text: String
  /// Cells and seeds that failed for it.
  public let count: Int
  /// Name of the training arm whose training failed; nil where a model was there, but an inference arm failed.
  public let training: String?
  /// The seeds that failed for it, in their order.
  public let seeds: [UInt64]

  private struct Key: Hashable {
    let training: String?
    let text: String
  }

  /// The distinct reasons in results: the most frequent first, equally frequent ones in the order of the cells.
  public static func all(in results: ExperimentResults) -> [FailureReason] {
    var counts: [Key: Int] = [:], seeds: [Key: Set<UInt64>] = [:], order: [Key] = []
    for cell in results.cells {
      for failure in cell.failures {
        let (seed, text) = parts(failure), start = ResultCell.trainingFailure
        let key =
          text.hasPrefix(start)
          ? Key(training: cell.training, text: String(text.dropFirst(start.count))) : Key(training: nil, text: text)
        if counts[key] == nil { order.append(key) }
        counts[key, default: 0] += 1
        if let seed { seeds[key, default: []].insert(seed) }
      }
    }
    let reasons = order.map { key in
      FailureReason(
        text: key.text, count: counts[key, default: 0], training: key.training,
        seeds: results.seeds.filter(seeds[key, default: []].contains))
    }
    // Sorting is stable only by the position.
    return reasons.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
  }

  private static func parts(_ failure: String) -> (seed: UInt64?, text: String) {
    guard let start = failure.prefixMatch(of: #/seed (\d+): /#) else { return (nil, failure) }
    return (UInt64(start.1), String(failure[start.range.upperBound...]))
  }
}

extension ResultCell {
  /// What the failure of a training starts with in every cell of its arm, after the seed.
  static let trainingFailure = "training failed: "
}
