internal import AttuneCore

/// The changes of preprocessed inputs under which settings are compared on training rows. They are the same in every
/// experiment; the size of each is in deviations of the feature, so that units do not matter.
enum SyntheticShift: String, CaseIterable {
  /// Normal noise of half a deviation.
  case noise
  /// Each feature moved by its own amount, up to one deviation either way.
  case offset
  /// One and a half times as far from the mean.
  case gain
  /// A fifth of the features at their means, the same ones in all rows.
  case missing

  /// The rows under the shift, `[n, d]`.
  func apply(to rows: Matrix, using generator: inout Philox) -> Matrix {
    let (mean, variance) = rows.columnMoments, deviation = variance.map { $0.squareRoot() }
    switch self {
    case .noise:
      return rows + generator.normal(rows: rows.rows, columns: rows.columns).multiplyingRow(deviation).scaled(by: 0.5)
    case .offset:
      let way = generator.uniform(rows: 1, columns: rows.columns, in: -1..<1)
      return rows.addingRow(way.elementwiseProduct(deviation))
    case .gain: return rows.scaled(by: 1.5).addingRow(mean.scaled(by: -0.5))
    case .missing:
      let count = max(1, rows.columns / 5)
      let missing = Set(generator.permutation(rows.columns).prefix(count))
      let kept = Matrix(row: (0..<rows.columns).map { missing.contains($0) ? 0 : 1 })
      return rows.multiplyingRow(kept).addingRow(mean - mean.elementwiseProduct(kept))
    }
  }
}
