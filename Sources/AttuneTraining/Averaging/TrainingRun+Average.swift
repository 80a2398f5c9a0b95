internal import AttuneCore

extension TrainingRun {
  /// The network that is validated, and that is the outcome where training ends with this epoch: the one in training, or
  /// the average of its weights, with the statistics of batch norm estimated on the training rows in random order.
  ///
  /// - Throws: what the rows and the transform throw.
  func evaluatedNetwork(_ rows: (any TrainingRows)?, _ transform: Trainer.Transform?) throws -> Network {
    guard let average, average.state.count > 0 else { return network }
    var averaged = network
    average.apply(to: &averaged)
    guard !averaged.normalizationLayers.isEmpty else { return averaged }
    guard let rows else { preconditionFailure("averaging a network with batch norm needs the training rows") }
    let stream = streams.averaging.fork(position.epoch)
    var order = stream.fork("order"), dropout = stream.fork("dropout"), augmentation = stream.fork("augmentation")
    let permutation = RowOrder(rowCount, using: &order), size = trainer.batchSize
    try averaged.estimateNormalization(batches: stepsPerEpoch, using: &dropout) { index in
      let features = try rows.batch(at: permutation.rows(index * size..<min((index + 1) * size, rowCount))).features
      return try transform?(features, &augmentation) ?? features
    }
    return averaged
  }
}
