public import AttuneCore

extension Table {
  /// Two tables that share no row and together hold all of them, each in the order of this one.
  ///
  /// The training part gets `trainFraction` of the rows, rounded, and each part at least one row. A stratified split
  /// does so for each class by itself: a class of two rows or more has a row on each side, a class of a single row goes
  /// to the training part.
  ///
  /// - Parameters:
  ///   - trainFraction: share of the training part, strictly between 0 and 1.
  ///   - stratified: whether each class is split by itself; needs class targets.
  ///   - generator: chooses the rows.
  /// - Throws: `SplitError` if the fraction is out of range, a part would be empty, or classes are asked for and absent.
  public func split(
    trainFraction: Double, stratified: Bool, using generator: inout Philox
  ) throws -> (train: Table, test: Table) {
    try SplitError.requireFraction(trainFraction)
    var groups = [Array(0..<count)]
    if stratified {
      guard case .classes(let labels, let names) = targets else { throw SplitError.noClasses }
      groups = Array(repeating: [], count: names.count)
      for (row, label) in labels.enumerated() { groups[label].append(row) }
    }
    var train: [Int] = [], test: [Int] = []
    for group in groups where !group.isEmpty {
      let taken = Self.trainingCount(of: group.count, trainFraction)
      let order = generator.permutation(group.count)
      train += order[..<taken].map { group[$0] }
      test += order[taken...].map { group[$0] }
    }
    guard !train.isEmpty && !test.isEmpty else { throw SplitError.emptyTest(count, stratified: stratified) }
    return (rows(at: train.sorted()), rows(at: test.sorted()))
  }

  /// How many of a group of rows, 1 or more, train.
  static func trainingCount(of size: Int, _ fraction: Double) -> Int {
    size == 1 ? 1 : min(max(Int((fraction * Double(size)).rounded()), 1), size - 1)
  }
}

/// A table that cannot be split as asked.
public struct SplitError: Error, Equatable, CustomStringConvertible {
  /// What does not fit.
  public let problem: String
  /// What to do about it.
  public let advice: String

  /// Problem and advice in one sentence.
  public var description: String { "cannot split the table: \(problem); \(advice)" }
}

extension SplitError {
  static let noClasses = SplitError(
    problem: "a stratified split needs classes, and the table has none",
    advice: "set stratified to false, or load the table for classification")

  static func emptyTest(_ count: Int, stratified: Bool) -> SplitError {
    SplitError(
      problem: "\(count) rows leave the test part empty",
      advice: stratified ? "give a class with two rows or more" : "give two rows or more")
  }

  /// How many rows of a split in time train.
  static func trainingCount(of count: Int, _ fraction: Double) throws(SplitError) -> Int {
    try requireFraction(fraction)
    let taken = Int((Double(count) * fraction).rounded())
    guard taken > 0 && taken < count else {
      throw SplitError(
        problem: "a training fraction of \(fraction) leaves one part of \(count) rows empty",
        advice: "give more rows or another fraction")
    }
    return taken
  }
}
