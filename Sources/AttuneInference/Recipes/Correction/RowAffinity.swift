internal import AttuneCore
internal import Foundation

/// How much each row of a batch is to agree with each other row: a matrix K `[n, n]`, dense or a list of neighbors.
struct RowAffinity: Sendable {
  /// A row's neighbors with their weights.
  typealias Links = [(row: Int, weight: Double)]

  private enum Storage: Sendable {
    case dense(DoubleMatrix)
    case sparse([Links])
  }
  private var storage: Storage
  private let rows: Int

  /// The affinity of features `[n, h]`, whose rows are brought to length 1.
  init(_ features: Matrix, _ settings: LaplacianCorrection.Configuration) {
    rows = features.rows
    // One product gives all distances: ‖a − b‖² = 2 − 2 a·b for rows of length 1. In Double, so that rows that are
    // nearly equal keep their order.
    let similarities = Self.directions(features).gram
    switch settings.affinity {
    case .linear: storage = .dense(similarities)
    case .rbf: storage = .dense(Self.kernel(similarities, neighbors: settings.neighbors))
    case .knn: storage = .sparse(Self.nearest(similarities, count: settings.neighbors))
    }
    if settings.symmetric { makeSymmetric() }
    if settings.normalized { normalizeRows() }
  }

  /// `K · Y` for Y `[n, k]`.
  func product(_ y: DoubleMatrix) -> DoubleMatrix {
    switch storage {
    case .dense(let matrix): return matrix * y
    case .sparse(let links):
      let k = y.columns
      var result = [Double](repeating: 0, count: y.elements.count)
      OperationCounter.add(2 * k * links.reduce(0) { $0 + $1.count })
      y.elements.withUnsafeBufferPointer { y in
        for (row, neighbors) in links.enumerated() {
          for (other, weight) in neighbors {
            for j in 0..<k { result[row * k + j] += weight * y[other * k + j] }
          }
        }
      }
      return DoubleMatrix(rows: rows, columns: k, result)
    }
  }

  /// The rows divided by their lengths, transposed, `[h, n]`.
  private static func directions(_ features: Matrix) -> DoubleMatrix {
    let n = features.rows, h = features.columns
    var directions = [Double](repeating: 0, count: n * h)
    OperationCounter.add(3 * n * h)
    features.withElements { f in
      for i in 0..<n {
        var square = 0.0
        for j in 0..<h { square += Double(f[i * h + j]) * Double(f[i * h + j]) }
        let factor = 1 / max(square.squareRoot(), 1e-12)
        for j in 0..<h { directions[j * n + i] = factor * Double(f[i * h + j]) }
      }
    }
    return DoubleMatrix(rows: h, columns: n, directions)
  }

  /// `‖a − b‖²` of two rows; a row of zeros has no direction, and its length is 0.
  private static func squaredDistance(_ s: UnsafeBufferPointer<Double>, _ n: Int, _ i: Int, _ j: Int) -> Double {
    i == j ? 0 : max(0, s[i * n + i] + s[j * n + j] - 2 * s[i * n + j])
  }

  /// For each row the nearest others.
  private static func nearest(_ similarities: DoubleMatrix, count: Int) -> [Links] {
    let n = similarities.rows
    OperationCounter.add(3 * n * n)
    return similarities.elements.withUnsafeBufferPointer { s in
      (0..<n).map { i in
        smallest(count, of: n, except: i) { squaredDistance(s, n, i, $0) }.map { ($0.row, 1) }
      }
    }
  }

  /// `exp(−D² / 2σ²)`, σ the mean distance to the k-th nearest row, each row being its own nearest.
  private static func kernel(_ similarities: DoubleMatrix, neighbors: Int) -> DoubleMatrix {
    let n = similarities.rows
    OperationCounter.add(8 * n * n)
    let kernel = similarities.elements.withUnsafeBufferPointer { s in
      var sum = 0.0
      for i in 0..<n {
        let nearest = smallest(neighbors - 1, of: n, except: i) { squaredDistance(s, n, i, $0) }
        sum += (nearest.last?.value ?? 0).squareRoot()
      }
      // Rows that are all equal have σ = 0: then a row agrees with its equals and with nobody else.
      let sigma = max(sum / Double(max(1, n)), 1e-6), factor = -1 / (2 * sigma * sigma)
      return (0..<n * n).map { exp(factor * squaredDistance(s, n, $0 / n, $0 % n)) }
    }
    return DoubleMatrix(rows: n, columns: n, kernel)
  }

  /// The rows with the smallest values, in increasing order; of equals the first.
  private static func smallest(
    _ count: Int, of n: Int, except excluded: Int, _ value: (Int) -> Double
  ) -> [(row: Int, value: Double)] {
    var best: [(row: Int, value: Double)] = []
    guard count > 0 else { return best }
    for row in 0..<n where row != excluded {
      let found = value(row)
      if best.count == count, found >= best[count - 1].value { continue }
      if best.count == count { best.removeLast() }
      let place = best.firstIndex { found < $0.value } ?? best.count
      best.insert((row, found), at: place)
    }
    return best
  }

  /// `(K + Kᵀ) / 2`; dense kernels are symmetric as they are.
  private mutating func makeSymmetric() {
    guard case .sparse(let links) = storage else { return }
    var weights = [[Int: Double]](repeating: [:], count: rows)
    for (row, neighbors) in links.enumerated() {
      for (other, weight) in neighbors {
        weights[row][other, default: 0] += weight / 2
        weights[other][row, default: 0] += weight / 2
      }
    }
    storage = .sparse(weights.map { row in row.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } })
  }

  /// Each row divided by the sum of its absolute values.
  private mutating func normalizeRows() {
    switch storage {
    case .sparse(let links):
      storage = .sparse(
        links.map { neighbors in
          let sum = neighbors.reduce(0) { $0 + abs($1.weight) }
          return sum > 0 ? neighbors.map { ($0.row, $0.weight / sum) } : neighbors
        })
    case .dense(let matrix):
      var elements = matrix.elements
      OperationCounter.add(2 * elements.count)
      for start in stride(from: 0, to: elements.count, by: max(1, rows)) {
        var sum = 0.0
        for i in start..<(start + rows) { sum += abs(elements[i]) }
        guard sum > 0 else { continue }
        for i in start..<(start + rows) { elements[i] /= sum }
      }
      storage = .dense(DoubleMatrix(rows: rows, columns: rows, elements))
    }
  }
}
