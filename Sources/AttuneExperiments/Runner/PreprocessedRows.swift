internal import AttuneCore
internal import AttuneData
internal import AttuneTraining

/// Rows of a file as a network is trained on them: each batch is read and preprocessed when it is wanted.
struct PreprocessedRows<Rows: TableRows>: TrainingRows {
  private let rows: Rows
  private let model: Model
  private let isRaw: Bool

  /// - Parameters:
  ///   - model: preprocesses the features, and scales the targets.
  ///   - isRaw: whether features stay as they are, because they are augmented first.
  init(_ rows: Rows, for model: Model, isRaw: Bool = false) {
    (self.rows, self.model, self.isRaw) = (rows, model, isRaw)
  }

  var count: Int { rows.count }

  var targetDimension: Int { model.network.outputDimension }

  func batch(at indices: ArraySlice<Int>) throws -> (features: Matrix, targets: Matrix) {
    let batch = try rows.batch(at: indices)
    return (
      isRaw ? batch.features : try model.preprocessing.apply(batch.features),
      model.networkTargets(batch.targets, rows: 0..<batch.count)
    )
  }
}
