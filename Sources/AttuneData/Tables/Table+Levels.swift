internal import AttuneCore

extension Table {
  /// The table whose columns have only the levels that occur in it, in the same order.
  ///
  /// A training part that was split off knows nothing then of categories that only the test part has.
  ///
  /// - Parameter kept: columns that keep all their levels, because someone listed them.
  public func withOccurringLevels(keeping kept: Set<String> = []) -> Table {
    var wanted = columns
    for (place, column) in columns.enumerated() where !kept.contains(column.name) {
      guard let levels = column.levels else { continue }
      var occurs = [Bool](repeating: false, count: levels.count)
      for row in 0..<count where !features[row, place].isNaN { occurs[Int(features[row, place])] = true }
      wanted[place].kind = .categorical(levels: levels.indices.filter { occurs[$0] }.map { levels[$0] })
    }
    return withLevels(of: wanted)
  }

  /// The table with the levels of other columns first, in their order; levels that only this table has come after them.
  ///
  /// So the code of a category is the same in both tables, and a category that the others do not know has a code past theirs.
  ///
  /// - Parameter others: columns of the same names and kinds, in the same order.
  public func withLevels(of others: [Column]) -> Table {
    precondition(others.map(\.name) == columnNames, "the columns differ")
    var result = self
    for (place, column) in columns.enumerated() {
      guard let levels = column.levels, let first = others[place].levels, levels != first else { continue }
      let known = Dictionary(zip(first, first.indices), uniquingKeysWith: { earlier, _ in earlier })
      let used = Set((0..<count).map { features[$0, place] }.filter { !$0.isNaN }.map { Int($0) })
      var all = first
      let codes = levels.enumerated().map { code, level -> Float in
        if let code = known[level] { return Float(code) }
        guard used.contains(code) else { return .nan }
        all.append(level)
        return Float(all.count - 1)
      }
      result.columns[place].kind = .categorical(levels: all)
      for row in 0..<count where !features[row, place].isNaN {
        result.features[row, place] = codes[Int(features[row, place])]
      }
    }
    return result
  }
}
