internal import AttuneCore

/// What the source's inputs of a batch-norm layer are like, class by class.
struct ClassMoments: Sendable {
  /// `[class][column]`.
  private let mean: [[Double]]
  private let variance: [[Double]]
  /// Source rows of a class, on average.
  let rowsPerClass: Double

  /// - Parameters:
  ///   - inputs: of the layer for source rows, `[m, d]`.
  ///   - labels: their classes. A class without rows has the moments of all rows.
  init(_ inputs: Matrix, labels: [Int], classes: Int) {
    let all = inputs.columnMoments
    let moments = (0..<classes).map { wanted in
      let rows = labels.indices.filter { labels[$0] == wanted }
      return rows.isEmpty ? all : inputs.rows(at: rows).columnMoments
    }
    rowsPerClass = Double(inputs.rows) / Double(max(1, classes))
    mean = moments.map { $0.mean.elements.map(Double.init) }
    variance = moments.map { $0.variance.elements.map(Double.init) }
  }

  /// Mean and variance of a mixture of the classes: `Σ πc μc` and `Σ πc (σc² + μc²) − μ²`.
  func mixture(_ shares: [Double]) -> (mean: [Double], variance: [Double]) {
    let columns = mean.first?.count ?? 0
    var mixed = [Double](repeating: 0, count: columns), spread = mixed
    for (c, share) in shares.enumerated() where share > 0 {
      for j in 0..<columns { mixed[j] += share * mean[c][j] }
    }
    for (c, share) in shares.enumerated() where share > 0 {
      for j in 0..<columns {
        let difference = mean[c][j] - mixed[j]
        spread[j] += share * (variance[c][j] + difference * difference)
      }
    }
    return (mixed, spread)
  }
}
