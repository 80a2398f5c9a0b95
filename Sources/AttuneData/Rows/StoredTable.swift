internal import AttuneCore

/// Samples with their answers in a scratch file: a table that may be larger than the memory.
///
/// A value; parts of it share the file, which is gone with the last of them.
public struct StoredTable: TableRows {
  /// What the answers are.
  enum Answers: Sendable, Equatable {
    case classes([String])
    case values
    case none
  }

  let store: RowStore
  let selection: RowSelection
  let answers: Answers
  /// Name and kind of each feature, in the order of the features' columns.
  public private(set) var columns: [Column]
  /// The code of each code in the file, for columns of categories; nil for numbers.
  private var codes: [[Float]?]
  /// The class of each class number in the file.
  private let labels: [Int]

  init(
    store: RowStore, selection: RowSelection, answers: Answers, columns: [Column], codes: [[Float]?], labels: [Int]
  ) {
    precondition(store.width == columns.count + (answers == .none ? 0 : 1), "columns and rows do not fit")
    self.store = store
    self.selection = selection
    self.answers = answers
    self.columns = columns
    self.codes = codes
    self.labels = labels
  }

  /// The number of rows (samples).
  public var count: Int { selection.count }

  /// Images do not come from CSV files.
  public var image: ImageShape? { nil }

  /// The names of the classes; nil where the targets are no classes.
  public var classNames: [String]? {
    if case .classes(let names) = answers { names } else { nil }
  }

  /// The rows in a range, in order.
  ///
  /// - Throws: `FileError` where they cannot be read.
  public func block(_ range: Range<Int>) throws -> Table { try rows(range.map { selection[$0] }) }

  /// The rows at `indices`, in that order; an index may repeat.
  ///
  /// - Throws: `FileError` where they cannot be read.
  public func batch(at indices: ArraySlice<Int>) throws -> Table { try rows(indices.map { selection[$0] }) }

  /// The rows in a range, which share the file.
  public func part(_ range: Range<Int>) -> StoredTable { choosing(selection.part(range)) }

  /// The rows of some indices, which share the file.
  func choosing(_ selection: RowSelection) -> StoredTable {
    StoredTable(
      store: store, selection: selection, answers: answers, columns: columns, codes: codes, labels: labels)
  }

  /// The rows of the store with some numbers.
  private func rows(_ numbers: [Int]) throws -> Table {
    let width = columns.count, coded = codes.indices.filter { codes[$0] != nil }
    var classes: [Int] = []
    if case .classes = answers { classes = Array(repeating: 0, count: numbers.count) }
    var values = Matrix(rows: answers == .values ? numbers.count : 0, columns: 1)
    let features = try Matrix(rows: numbers.count, columns: width) { out in
      try values.withMutableElements { values in
        try store.forEachRow(numbers) { place, floats in
          let row = UnsafeMutableBufferPointer(rebasing: out[place * width..<(place + 1) * width])
          _ = row.update(fromContentsOf: UnsafeBufferPointer(start: floats, count: width))
          for column in coded where !row[column].isNaN {
            if let codes = codes[column] { row[column] = codes[Int(row[column])] }
          }
          switch answers {
          case .classes: classes[place] = labels[Int(floats[width])]
          case .values: values[place] = floats[width]
          case .none: break
          }
        }
      }
    }
    let targets: Targets =
      switch answers {
      case .classes(let names): .classes(labels: classes, names: names)
      case .values: .values(values)
      case .none: .none
      }
    return Table(features: features, targets: targets, columns: columns)
  }
}

extension StoredTable {
  /// The table whose columns have only the levels that occur in it, as `Table.withOccurringLevels`.
  ///
  /// - Parameter kept: columns that keep all their levels, because someone listed them.
  /// - Throws: `FileError` where rows cannot be read.
  public func withOccurringLevels(keeping kept: Set<String> = []) throws -> StoredTable {
    let chosen = columns.indices.filter { columns[$0].levels != nil && !kept.contains(columns[$0].name) }
    guard !chosen.isEmpty else { return self }
    var occurs = chosen.map { [Bool](repeating: false, count: columns[$0].levels?.count ?? 0) }
    try forEachBlock { block, _ in
      for (index, place) in chosen.enumerated() {
        for row in 0..<block.count where !block.features[row, place].isNaN {
          occurs[index][Int(block.features[row, place])] = true
        }
      }
    }
    var wanted = columns
    for (index, place) in chosen.enumerated() {
      guard let levels = columns[place].levels else { continue }
      wanted[place].kind = .categorical(levels: levels.indices.filter { occurs[index][$0] }.map { levels[$0] })
    }
    return withLevels(of: wanted)
  }

  /// The table with the levels of other columns first, in their order, and its own further ones after them, as
  /// `Table.withLevels`; ones that do not occur in its rows may be among these.
  ///
  /// - Parameter others: columns of the same names and kinds, in the same order.
  public func withLevels(of others: [Column]) -> StoredTable {
    precondition(others.map(\.name) == columns.map(\.name), "the columns differ")
    var result = self
    for (place, column) in columns.enumerated() {
      guard let levels = column.levels, let first = others[place].levels, levels != first else { continue }
      let known = Dictionary(zip(first, first.indices), uniquingKeysWith: { earlier, _ in earlier })
      var all = first
      let moved = levels.map { level -> Float in
        if let code = known[level] { return Float(code) }
        all.append(level)
        return Float(all.count - 1)
      }
      result.columns[place].kind = .categorical(levels: all)
      result.codes[place] = codes[place]?.map { moved[Int($0)] }
    }
    return result
  }
}
