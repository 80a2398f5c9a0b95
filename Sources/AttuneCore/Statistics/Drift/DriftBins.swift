internal import CKernels
internal import Foundation

/// The bins of each source feature between its tenths, for the population stability index. Equal tenths are one edge, so that
/// a feature of few different values has fewer bins.
struct DriftBins: Sendable, Equatable {
  static let count = 10
  /// Upper ends of the bins but the last, `[9, d]`, infinite where a feature has fewer; a value on an edge belongs below it.
  private let edges: Matrix
  /// Source values in each bin, feature by feature.
  private let source: [[Double]]

  init(_ sample: Matrix) {
    let columns = sample.columns
    var edges = Matrix(rows: Self.count - 1, columns: columns, repeating: .infinity), source: [[Double]] = []
    for j in 0..<(sample.rows > 0 ? columns : 0) {
      let values = (0..<sample.rows).map { sample[$0, j] }.filter(\.isFinite).sorted()
      var found: [Float] = []
      for e in 1..<Self.count where !values.isEmpty {
        // Between the neighboring values, as NumPy's quantiles.
        let place = Double(e) / Double(Self.count) * Double(values.count - 1), below = Int(place)
        let low = Double(values[below]), high = Double(values[min(below + 1, values.count - 1)])
        let edge = Float(low + (place - Double(below)) * (high - low))
        if edge != found.last { found.append(edge) }
      }
      var counts: [Double] = [], start = 0
      for (e, edge) in found.enumerated() {
        edges[e, j] = edge
        let end = values.partitioningIndex { $0 > edge }
        counts.append(Double(end - start))
        start = end
      }
      source.append(counts + [Double(values.count - start)])
    }
    (self.edges, self.source) = (edges, source)
  }

  /// Values of a batch in each bin, feature by feature.
  func counts(_ batch: Matrix, finite: [Int]) -> [[Double]] {
    precondition(source.count == batch.columns, "the reference was not prepared for this test")
    let columns = batch.columns, inner = Self.count - 1
    var above = [Float](repeating: 0, count: inner * columns)
    batch.withElements { x in
      edges.withElements { attune_counts_above(batch.rows, columns, x.base, inner, $0.base, &above) }
    }
    return (0..<columns).map { j in
      var rest = Double(finite[j])
      var counts = (0..<source[j].count - 1).map { e in
        let higher = Double(above[e * columns + j])
        defer { rest = higher }
        return rest - higher
      }
      counts.append(rest)
      return counts
    }
  }

  /// The index and its p-value.
  func test(_ counts: [Double], column: Int) -> (statistic: Double, p: Double) {
    let bins = counts.count, n = counts.reduce(0, +), m = source[column].reduce(0, +)
    guard n > 0, m > 0 else { return (0, 1) }
    let extra = Double(bins) / 2
    let index = counts.indices.reduce(0.0) { sum, bin in
      let q = (counts[bin] + 0.5) / (n + extra), p = (source[column][bin] + 0.5) / (m + extra)
      return sum + (q - p) * log(q / p)
    }
    OperationCounter.add(6 * bins)
    let tail = TailProbability.gamma(shape: Double(bins - 1) / 2, index / (1 / n + 1 / m) / 2)
    return (index, tail)
  }
}

extension [Float] {
  /// The first index of a sorted array whose element satisfies a condition that holds from there on.
  fileprivate func partitioningIndex(where holds: (Float) -> Bool) -> Int {
    var low = 0, high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
