public import AttuneCore

/// An order in which one class after the other dominates: online label shift.
///
/// The stream has a step for each class, in random order, and all steps are of the same size (or differ by one row). In
/// its step a class is `ratio` times as frequent as each of the others: `q_max = ratio / (ratio + C − 1)`. Each row's class
/// is drawn from that; the rows of a class are dealt out in random order, and come again when all of them have come. An
/// infinite ratio is pure class order, in which classes of equal size come with every row once; 1 is a balanced stream.
/// The stream has as many rows as the table.
///
/// - Source: Niu et al. (2023), Towards stable test-time adaptation in dynamic wild world, arXiv:2302.12400, section 4.
/// - Note: Differs from the source: it draws 100 rows a class with replacement.
public struct DominantClass: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// How many times as frequent the dominant class is as each other one, at least 1; nil for infinity.
  public var ratio: Double?

  /// Pure class order.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    guard let ratio else { return }
    try ConfigCheck.require(
      ratio >= 1 && ratio.isFinite, "ratio", "must be a number of at least 1; leave it out for pure class order")
  }

  var summary: String { "one class dominates" + (ratio.map { " \($0) : 1" } ?? " alone") }

  func order(_ labels: [Int], classes: Int, using generator: inout Philox) -> [Int] {
    var deal = ClassDeal(labels, classes: classes, using: &generator)
    let present = deal.classes
    guard present.count > 1 else { return generator.permutation(labels.count) }
    let steps = ClassRows.counts(present.map { _ in 1 }, total: labels.count)
    // Another class than the dominant one: probability 1 − q_max.
    let others = ratio.map { Double(present.count - 1) / ($0 + Double(present.count - 1)) } ?? 0
    var order: [Int] = []
    for (step, place) in generator.permutation(present.count).enumerated() {
      for _ in 0..<steps[step] {
        var chosen = place
        if others > 0, generator.nextUniformDouble() < others {
          chosen = generator.nextIndex(below: present.count - 1)
          if chosen >= place { chosen += 1 }
        }
        order.append(deal.deal(present[chosen], using: &generator))
      }
    }
    return order
  }
}
