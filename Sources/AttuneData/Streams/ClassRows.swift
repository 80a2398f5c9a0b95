internal import AttuneCore
internal import Foundation

/// Rows by their class, as orders that go by classes share them.
enum ClassRows {
  /// The rows of each class, in random order.
  static func shuffled(_ labels: [Int], classes: Int, using generator: inout Philox) -> [[Int]] {
    var rows: [[Int]] = Array(repeating: [], count: classes)
    for (row, label) in labels.enumerated() { rows[label].append(row) }
    return rows.map { rows in generator.permutation(rows.count).map { rows[$0] } }
  }

  /// Shares that add up to 1 from their logarithms but for a constant; where all are 0, the first has everything.
  ///
  /// Logarithms, because a small concentration gives shares below the smallest Double.
  static func shares(_ logarithms: [Double]) -> [Double] {
    guard let largest = logarithms.max(), largest > -.infinity else {
      return logarithms.indices.map { $0 == 0 ? 1 : 0 }
    }
    let sizes = logarithms.map { exp($0 - largest) }, sum = sizes.reduce(0, +)
    return sizes.map { $0 / sum }
  }

  /// Rows cut where the running sum of the shares, times their number, is rounded down; the last part takes the rest.
  static func cut(_ rows: [Int], by shares: [Double]) -> [[Int]] {
    var start = 0, sum = 0.0
    return shares.indices.map { index in
      sum += shares[index]
      let isLast = index == shares.count - 1
      let end = isLast ? rows.count : max(start, min(rows.count, Int(sum * Double(rows.count))))
      defer { start = end }
      return Array(rows[start..<end])
    }
  }

  /// Whole numbers that add up to `total` in proportion to weights: rounded down, and one more for the largest rests.
  static func counts(_ weights: [Double], total: Int) -> [Int] {
    let sum = weights.reduce(0, +)
    guard sum > 0 else { return weights.map { _ in 0 } }
    let exact = weights.map { $0 / sum * Double(total) }
    var counts = exact.map { Int($0) }
    let rests = exact.indices.sorted { left, right in
      let rest = (exact[left] - Double(counts[left]), exact[right] - Double(counts[right]))
      return rest.0 == rest.1 ? left < right : rest.0 > rest.1
    }
    for index in rests.prefix(max(0, total - counts.reduce(0, +))) { counts[index] += 1 }
    return counts
  }
}

/// The rows of classes dealt out one by one: a row comes again only after all others of its class.
struct ClassDeal {
  private var rows: [[Int]]
  private var next: [Int]

  /// The rows of each class, in random order.
  init(_ labels: [Int], classes: Int, using generator: inout Philox) {
    rows = ClassRows.shuffled(labels, classes: classes, using: &generator)
    next = rows.map { _ in 0 }
  }

  /// Classes that have a row.
  var classes: [Int] { rows.indices.filter { !rows[$0].isEmpty } }

  /// A row of a class that has one; each round through the class has a new order.
  mutating func deal(_ label: Int, using generator: inout Philox) -> Int {
    if next[label] == rows[label].count {
      let old = rows[label]
      rows[label] = generator.permutation(old.count).map { old[$0] }
      next[label] = 0
    }
    defer { next[label] += 1 }
    return rows[label][next[label]]
  }
}
