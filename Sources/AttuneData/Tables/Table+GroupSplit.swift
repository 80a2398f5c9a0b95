public import AttuneCore

extension Table {
  /// A split that keeps groups whole: no group has rows on both sides. Rows stay in the order of the table.
  ///
  /// Groups go to the training part in random order, each if that brings its share of the rows nearer to
  /// `trainFraction`; each part gets at least one group.
  ///
  /// - Parameters:
  ///   - trainFraction: share of the rows that train, strictly between 0 and 1; met as well as whole groups allow.
  ///   - groups: the group of each row.
  ///   - generator: chooses the groups.
  /// - Throws: `SplitError` if the fraction is out of range or there are fewer than two groups.
  public func split(
    trainFraction: Double, groups: [String], using generator: inout Philox
  ) throws -> (train: Table, test: Table) {
    try SplitError.requireFraction(trainFraction)
    precondition(groups.count == count, "\(groups.count) groups for \(count) rows")
    let sizes = Dictionary(grouping: groups, by: \.self).mapValues(\.count)
    // Sorted, so that the choice depends on names and seed alone.
    let names = sizes.keys.sorted()
    guard names.count >= 2 else {
      throw SplitError(problem: "all \(count) rows are of one group", advice: "split by a column of two groups or more")
    }
    let wanted = trainFraction * Double(count), order = generator.permutation(names.count).map { names[$0] }
    var train: Set<String> = [], taken = 0.0
    for name in order {
      let size = Double(sizes[name, default: 0])
      guard taken + size / 2 <= wanted else { continue }
      train.insert(name)
      taken += size
    }
    if train.isEmpty { train.insert(order[0]) }
    if train.count == names.count { train.remove(order[order.count - 1]) }
    return rows(groups) { train.contains($0) }
  }

  /// A split in which the groups named test, and all others train. Rows stay in the order of the table.
  ///
  /// - Throws: `SplitError` if a group does not occur, or no other does.
  public func split(groups: [String], test: [String]) throws -> (train: Table, test: Table) {
    precondition(groups.count == count, "\(groups.count) groups for \(count) rows")
    let known = Set(groups), chosen = Set(test)
    if let unknown = test.first(where: { !known.contains($0) }) {
      throw SplitError(
        problem: "no row is of the group '\(unknown)'",
        advice: Suggestion.text(for: unknown, among: known, listing: Array(known), title: "Groups") ?? "")
    }
    guard !chosen.isEmpty else {
      throw SplitError(problem: "no group is named to test", advice: "name one group or more")
    }
    guard chosen.count < known.count else {
      throw SplitError(problem: "all groups test, and none trains", advice: "leave a group to the training part")
    }
    return rows(groups) { !chosen.contains($0) }
  }

  private func rows(_ groups: [String], isTraining: (String) -> Bool) -> (train: Table, test: Table) {
    let train = groups.indices.filter { isTraining(groups[$0]) }
    let test = groups.indices.filter { !isTraining(groups[$0]) }
    return (rows(at: train), rows(at: test))
  }
}
