/// Some of the rows of a store, in order: a range, or a bit for each row. A bit and a sixteenth a row, not a number.
struct RowSelection: Sendable, Equatable {
  private enum Kind: Equatable {
    case range(Range<Int>)
    case bits(RowBits)
  }

  private let kind: Kind

  /// The rows of a range.
  init(_ range: Range<Int>) { kind = .range(range) }

  private init(_ bits: RowBits) { kind = .bits(bits) }

  /// The number of rows that are chosen.
  var count: Int {
    switch kind {
    case .range(let range): range.count
    case .bits(let bits): bits.count
    }
  }

  /// The row of the store that is the one at `index` of this selection.
  subscript(index: Int) -> Int {
    switch kind {
    case .range(let range): range.lowerBound + index
    case .bits(let bits): bits.place(of: index)
    }
  }

  /// The rows of this selection in a range of its indices.
  func part(_ range: Range<Int>) -> RowSelection {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "rows \(range) of \(count)")
    if case .range(let all) = kind {
      return RowSelection(all.lowerBound + range.lowerBound..<all.lowerBound + range.upperBound)
    }
    return filtered { range.contains($0) }
  }

  /// The rows whose indices are chosen.
  func filtered(_ isChosen: (_ index: Int) -> Bool) -> RowSelection {
    var index = 0, chosen = RowBits.Builder(size: count == 0 ? 0 : self[count - 1] + 1)
    forEach { row in
      if isChosen(index) { chosen.insert(row) }
      index += 1
    }
    return RowSelection(RowBits(chosen))
  }

  /// Calls `body` with each row of the store that is chosen, in order.
  func forEach(_ body: (_ row: Int) -> Void) {
    switch kind {
    case .range(let range): for row in range { body(row) }
    case .bits(let bits): bits.forEach(body)
    }
  }
}

/// A set of row numbers with the place of the n-th one found fast.
struct RowBits: Sendable, Equatable {
  /// A set in the making.
  struct Builder {
    fileprivate var words: [UInt64]

    /// An empty set of numbers below `size`.
    init(size: Int) { words = Array(repeating: 0, count: (size + 63) / 64) }

    mutating func insert(_ row: Int) { words[row / 64] |= 1 << UInt64(row % 64) }

    func contains(_ row: Int) -> Bool { words[row / 64] >> UInt64(row % 64) & 1 == 1 }
  }

  private static let wordsPerBlock = 8
  private let words: [UInt64]
  /// The number of rows before each block of words, and of all.
  private let before: [Int]

  init(_ builder: Builder) {
    words = builder.words
    var before = [0]
    before.reserveCapacity(words.count / Self.wordsPerBlock + 2)
    for start in stride(from: 0, to: words.count, by: Self.wordsPerBlock) {
      let block = words[start..<min(start + Self.wordsPerBlock, words.count)]
      before.append(before[before.count - 1] + block.reduce(0) { $0 + $1.nonzeroBitCount })
    }
    self.before = before
  }

  var count: Int { before[before.count - 1] }

  /// The number that has `index` smaller ones.
  func place(of index: Int) -> Int {
    precondition(index >= 0 && index < count, "row \(index) of \(count)")
    var low = 0, high = before.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if before[middle] <= index { low = middle } else { high = middle }
    }
    var left = index - before[low], word = low * Self.wordsPerBlock
    while words[word].nonzeroBitCount <= left {
      left -= words[word].nonzeroBitCount
      word += 1
    }
    var bits = words[word]
    for _ in 0..<left { bits &= bits - 1 }
    return word * 64 + bits.trailingZeroBitCount
  }

  func forEach(_ body: (_ row: Int) -> Void) {
    for (index, word) in words.enumerated() {
      var bits = word
      while bits != 0 {
        body(index * 64 + bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
  }
}
