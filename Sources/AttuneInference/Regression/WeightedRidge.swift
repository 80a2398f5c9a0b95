internal import AttuneCore

extension LinearWeights {
  /// Ridge regression with a weight a row: minimizes `Σ weights_i · (y_i − x_i·w − b)² + l2·‖w‖²` for each output.
  ///
  /// ## Shapes
  /// - inputs: `[n, d]`; targets: `[n, k]`; weights: n of at least 0 that are not all zero, nil for ones
  ///
  /// - Throws: `FactorizationError` where inputs depend on each other and `l2` does not make up for it.
  init(ridge inputs: DoubleMatrix, targets: DoubleMatrix, weights: [Double]?, l2: Double) throws {
    let given = weights ?? Array(repeating: 1, count: inputs.rows), total = given.reduce(0, +)
    precondition(total > 0 && given.count == inputs.rows, "no rows with a weight")
    let scale = DoubleMatrix(rows: inputs.rows, columns: 1, given.map { $0 / total })
    let inputMeans = inputs.transposedProduct(with: scale).elements
    let targetMeans = targets.transposedProduct(with: scale).elements
    let x = inputs.subtractingRow(inputMeans), y = targets.subtractingRow(targetMeans)
    var normal = x.weightedGram(given), weighted = y
    for j in 0..<normal.rows { normal[j, j] += l2 }
    for row in 0..<y.rows {
      for output in 0..<y.columns { weighted[row, output] *= given[row] }
    }
    let factor = try Cholesky(normal)
    // A pivot is what is left of a column once the columns before it explain the rest: up to rounding nothing is.
    for j in 0..<normal.rows {
      guard factor.lower[j, j] * factor.lower[j, j] > 1e-10 * normal[j, j] else {
        throw FactorizationError.notPositiveDefinite(minor: j + 1, size: normal.rows)
      }
    }
    let solved = try factor.solve(x.transposedProduct(with: weighted)).transposed
    self.weights = solved
    intercepts = (0..<y.columns).map { output in
      targetMeans[output] - inputMeans.indices.reduce(0) { $0 + inputMeans[$1] * solved[output, $1] }
    }
  }
}

extension LabeledRows {
  /// Throws where a value is NaN or infinite.
  func checkFinite(for strategy: String) throws {
    for (matrix, name) in [(inputs, "training inputs"), (targets, "training targets")] where !matrix.isFinite {
      throw FactorizationError.notFinite(operation: "strategy '\(strategy)'", argument: name)
    }
  }
}
