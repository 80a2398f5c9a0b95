public import AttuneCore

extension StoredTable {
  /// Two tables that share no row and together hold all of them, each in the order of this one: the same rows as
  /// `Table.split` chooses.
  ///
  /// - Throws: `SplitError` as there; `FileError` where rows cannot be read.
  /// - Complexity: four bytes of memory a row for the time of the split, then a bit a row.
  public func split(
    trainFraction: Double, stratified: Bool, using generator: inout Philox
  ) throws -> (train: StoredTable, test: StoredTable) {
    try SplitError.requireFraction(trainFraction)
    let isTraining =
      stratified
      ? try classRows(trainFraction, using: &generator)
      : Self.chosen(of: count, trainFraction, using: &generator).contains
    let train = selection.filtered(isTraining)
    guard train.count > 0 && train.count < count else { throw SplitError.emptyTest(count, stratified: stratified) }
    return (choosing(train), choosing(selection.filtered { !isTraining($0) }))
  }

  /// The rows of a part of the classes, of each by itself.
  private func classRows(_ fraction: Double, using generator: inout Philox) throws -> (Int) -> Bool {
    guard case .classes(let names) = answers else { throw SplitError.noClasses }
    var sizes = [Int](repeating: 0, count: names.count)
    try forEachLabel { _, label in sizes[label] += 1 }
    var chosen: [RowBits.Builder] = []
    for size in sizes { chosen.append(Self.chosen(of: size, fraction, using: &generator)) }
    var rows = RowBits.Builder(size: count), seen = sizes.map { _ in 0 }
    try forEachLabel { row, label in
      if chosen[label].contains(seen[label]) { rows.insert(row) }
      seen[label] += 1
    }
    return rows.contains
  }

  private func forEachLabel(_ body: (_ row: Int, _ label: Int) -> Void) throws {
    try forEachBlock { block, range in
      guard case .classes(let labels, _) = block.targets else { return }
      for (index, label) in labels.enumerated() { body(range.lowerBound + index, label) }
    }
  }

  /// The members of a group of rows that train, as `Table.split` draws them.
  private static func chosen(of size: Int, _ fraction: Double, using generator: inout Philox) -> RowBits.Builder {
    var rows = RowBits.Builder(size: size)
    guard size > 0 else { return rows }
    let taken = Table.trainingCount(of: size, fraction)
    if size <= Int(UInt32.max) {
      for row in generator.permutation(size, of: UInt32.self)[..<taken] { rows.insert(Int(row)) }
    } else {
      for row in generator.permutation(size)[..<taken] { rows.insert(row) }
    }
    return rows
  }

  /// The first rows to train, the later ones to test, in the order of the table.
  ///
  /// - Throws: `SplitError` if the fraction is out of range or a part would be empty.
  public func splitInTime(trainFraction: Double) throws -> (train: StoredTable, test: StoredTable) {
    let taken = try SplitError.trainingCount(of: count, trainFraction)
    return (part(0..<taken), part(taken..<count))
  }
}
