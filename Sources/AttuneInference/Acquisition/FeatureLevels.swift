internal import AttuneCore

/// Levels of columns: each distinct value is one where there are few, else ranges that hold about equally many rows.
struct FeatureLevels: Sendable {
  /// For each column the upper ends of its levels but the last, ascending.
  private let ends: [[Float]]

  /// - Parameter levels: the most levels of a column, 2 or more.
  init(_ x: Matrix, levels: Int) {
    ends = (0..<x.columns).map { column in
      let values = x.columns(at: [column]).elements.filter { !$0.isNaN }.sorted()
      var distinct: [Float] = []
      for value in values where distinct.last != value {
        distinct.append(value)
        if distinct.count > levels { break }
      }
      if distinct.count <= levels { return Array(distinct.dropLast()) }
      var found: [Float] = []
      for place in 1..<levels {
        let end = values[place * values.count / levels - 1]
        if found.last ?? -.infinity < end, let last = values.last, end < last { found.append(end) }
      }
      return found
    }
  }

  /// Levels of a column.
  func count(_ column: Int) -> Int { ends[column].count + 1 }

  /// The level of a value; one between the values that were seen belongs to the next above.
  func level(_ value: Float, _ column: Int) -> Int {
    let ends = ends[column]
    var low = 0, high = ends.count
    while low < high {
      let middle = (low + high) / 2
      if value <= ends[middle] { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The level of each cell, row by row.
  func levels(_ x: Matrix) -> [[Int]] {
    (0..<x.rows).map { row in x.row(row).enumerated().map { level($0.element, $0.offset) } }
  }
}
