internal import CKernels

extension Matrix {
  /// The sum of all squared elements, added up in Double.
  public var sumOfSquares: Double { withElements { attune_sum_of_squares(count, $0.base) } }

  /// Multiplies every element by `factor`, in place.
  public mutating func scale(by factor: Float) {
    let n = count
    withMutableElements { attune_scale(n, factor, $0.base, $0.base) }
  }

  /// Moves every element into `-limit...limit`; NaN stays NaN.
  public mutating func clamp(to limit: Float) {
    precondition(limit >= 0, "a limit of \(limit)")
    let n = count
    withMutableElements { attune_clamp(n, limit, $0.base) }
  }

  /// Moves every element toward 0 by `threshold`, and to exactly 0 where it is no further away; NaN stays NaN.
  public mutating func softThreshold(by threshold: Double) {
    precondition(threshold >= 0, "a threshold of \(threshold)")
    let n = count
    withMutableElements { attune_soft_threshold(n, Float(threshold), $0.base) }
  }

  /// Scales each row whose Euclidean norm exceeds `limit` by `limit / (norm + 1e-7)`; a row with NaN stays as it is.
  public mutating func limitRowNorms(to limit: Double) {
    precondition(limit >= 0, "a limit of \(limit)")
    let (rows, columns) = (rows, columns)
    withMutableElements { attune_limit_row_norms(rows, columns, limit, $0.base) }
  }
}
