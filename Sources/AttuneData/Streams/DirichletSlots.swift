public import AttuneCore

/// An order in which each class is spread unevenly over slots of time.
///
/// For each class shares are drawn from `Dir(concentration)` over the slots, and its rows are cut by them. Inside a slot
/// come the blocks of its classes in random order. Slots differ in size; with a small concentration most of a class comes
/// in one slot.
///
/// - Source: Yuan, Xie, Li (2023), Robust test-time adaptation in dynamic scenarios, arXiv:2303.13899.
/// - Note: Differs from the published code: the rows of a class come in random order, not in the data set's.
public struct DirichletSlots: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// The Dirichlet distribution's parameter (γ), above 0.
  public var concentration = 0.1
  /// The number of slots; nil takes the number of classes, at most 100.
  public var slots: Int?

  /// A concentration of 0.1, a slot a class.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.require(concentration > 0 && concentration.isFinite, "concentration", "must be a number above 0")
    try ConfigCheck.require(slots ?? 1 >= 1, "slots", "must be an integer of at least 1")
  }

  func order(_ labels: [Int], classes: Int, using generator: inout Philox) -> [Int] {
    let count = max(1, slots ?? min(classes, 100))
    var blocks: [[[Int]]] = Array(repeating: [], count: count)
    for rows in ClassRows.shuffled(labels, classes: classes, using: &generator) {
      let logShares = (0..<count).map { _ in generator.nextLogGamma(shape: concentration) }
      for (slot, part) in ClassRows.cut(rows, by: ClassRows.shares(logShares)).enumerated() {
        blocks[slot].append(part)
      }
    }
    return blocks.flatMap { parts in generator.permutation(parts.count).flatMap { parts[$0] } }
  }
}
