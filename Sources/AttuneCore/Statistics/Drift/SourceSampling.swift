/// Takes the values of up to `SourceStatistics.sampleLimit` rows out of rows that come in blocks: one at a random place of
/// each of as many equal stretches, so that order and cycles of the rows do not matter. Always the same ones.
struct SourceSampling {
  private var places: [Int]
  private var values: [Matrix] = []
  private var seen = 0
  private let columns: Int

  init(rows: Int, columns: Int) {
    var generator = Philox(seed: 0).fork("source sample")
    let count = columns <= SourceStatistics.covarianceLimit ? min(rows, SourceStatistics.sampleLimit) : 0
    places = (0..<count).map { i in
      let start = i * rows / count, end = (i + 1) * rows / count
      return start + generator.nextIndex(below: end - start)
    }
    self.columns = columns
  }

  mutating func add(_ block: Matrix) {
    let taken = places.prefix { $0 < seen + block.rows }
    values.append(block.rows(at: taken.map { $0 - seen }))
    places.removeFirst(taken.count)
    seen += block.rows
  }

  /// The values, each column in ascending order, what is not a number last; nil where no row was to be taken.
  var sorted: Matrix? {
    let rows = Matrix.concatenatingRows(values)
    guard rows.rows > 0 else { return nil }
    var byFeature = rows.transposed
    byFeature.withMutableElements { elements in
      for start in stride(from: 0, to: elements.count, by: rows.rows) {
        elements[start..<start + rows.rows].sort { $0 < $1 || ($1.isNaN && !$0.isNaN) }
      }
    }
    return byFeature.transposed
  }
}
