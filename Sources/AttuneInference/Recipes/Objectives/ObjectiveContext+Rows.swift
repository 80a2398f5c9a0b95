internal import AttuneCore

extension ObjectiveContext {
  /// The weighted mean over those of the selected rows that are kept here; nil where there are none.
  ///
  /// ## Shapes
  /// - losses: `[n, 1]`, isKept: n, returns `[1, 1]`
  func mean(_ losses: Variable, where isKept: [Bool]) -> Variable? {
    var narrowed = weights
    for (row, isKept) in isKept.enumerated() where !isKept { narrowed.values[row] = 0 }
    return narrowed.isEmpty ? nil : ObjectiveContext(self, narrowed).mean(losses)
  }

  /// The weighted mean of rows, `Σ wᵢ xᵢ / Σ wᵢ`, `[1, d]`.
  func meanRow(_ rows: Variable) -> Variable {
    guard weights.values.contains(where: { $0 != weights.values[0] }) else { return rows.columnMeans() }
    let total = weights.values.reduce(0, +)
    return tape.constant(Matrix(row: weights.values.map { $0 / total })).matrixProduct(rows)
  }

  /// `ln p_y` of each row for a class of its own, `[n, 1]`.
  func logProbabilities(of classes: [Int]) -> Variable {
    logits.logSoftmax().masked(by: .oneHot(classes, classes: logits.value.columns)).rowSums()
  }
}
