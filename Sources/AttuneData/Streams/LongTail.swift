public import AttuneCore
internal import Foundation

/// Random order under other class frequencies than the table's, which hold for the whole stream.
///
/// The classes get ranks at random. With `zipf` the class of rank k (from 1) has the frequency `k^(−exponent)`; with `step`
/// the first half of the ranks (rounded up) is `ratio` times as frequent as the rest. The counts of the classes meet the
/// frequencies as well as whole rows allow. The stream has as many rows as the table: of a frequent class rows come again
/// when all of them have come, of a rare one some never come.
///
/// - Source: Boudiaf et al. (2022), Parameter-free online test-time adaptation, arXiv:2201.05718 (the Zipf prior);
///   Buda, Maki, Mazurowski (2018), A systematic study of the class imbalance problem, arXiv:1710.05381 (the step).
public struct LongTail: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// How frequency falls with the rank.
  public enum Prior: String, Codable, Sendable, CaseIterable {
    /// By a power of the rank.
    case zipf
    /// From one value to another.
    case step
  }

  /// How frequency falls with the rank.
  public var prior = Prior.zipf
  /// The power of `zipf`, at least 0.
  public var exponent = 1.0
  /// The quotient of the two frequencies of `step`, at least 1.
  public var ratio = 10.0

  /// Zipf's law with exponent 1.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.require(exponent >= 0 && exponent.isFinite, "exponent", "must be a number of at least 0")
    try ConfigCheck.require(ratio >= 1 && ratio.isFinite, "ratio", "must be a number of at least 1")
  }

  var summary: String {
    switch prior {
    case .zipf: "class frequencies by Zipf's law, exponent \(exponent)"
    case .step: "half of the classes \(ratio) times as frequent"
    }
  }

  func order(_ labels: [Int], classes: Int, using generator: inout Philox) -> [Int] {
    var deal = ClassDeal(labels, classes: classes, using: &generator)
    let present = deal.classes
    let counts = ClassRows.counts(weights(present.count), total: labels.count)
    var order: [Int] = []
    for (rank, place) in generator.permutation(present.count).enumerated() {
      for _ in 0..<counts[rank] { order.append(deal.deal(present[place], using: &generator)) }
    }
    return generator.permutation(order.count).map { order[$0] }
  }

  /// The frequency of each rank, but for a factor.
  private func weights(_ count: Int) -> [Double] {
    switch prior {
    case .zipf: (0..<count).map { pow(Double($0 + 1), -exponent) }
    case .step: (0..<count).map { $0 < (count + 1) / 2 ? ratio : 1 }
    }
  }
}
