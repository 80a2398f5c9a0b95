public import AttuneCore

extension Network {
  /// Estimates the running statistics of all batch-norm layers anew, from a pass over batches.
  ///
  /// Running mean and variance become the mean over the batches of each batch's mean and unbiased variance, every batch
  /// counting alike. As in training the layers use the statistics of the batch itself, and dropout is on. Nothing
  /// happens where the network has no batch norm; without batches the statistics stay as they are.
  ///
  /// ## Shapes
  /// - batches: each `[n, d]`, as the network gets them, n ≥ 2
  ///
  /// - Parameters:
  ///   - count: the number of batches.
  ///   - generator: the source of dropout.
  ///   - batch: gives the batch of an index from 0; not called where the network has no batch norm.
  /// - Throws: `ShapeError` where a batch does not fit; what `batch` throws.
  /// - Complexity: a forward pass for each batch.
  /// - Source: PyTorch's `torch.optim.swa_utils.update_bn`: cumulative averages (`momentum=None`).
  public mutating func estimateNormalization(
    batches count: Int, using generator: inout Philox, _ batch: (_ index: Int) throws -> Matrix
  ) throws {
    guard !normalizationLayers.isEmpty else { return }
    for index in 0..<count {
      let rows = try batch(index)
      let pass = try trainingForward(rows, on: Tape(), differentiating: [], using: &generator)
      let weight = 1 / Float(index + 1)
      let unbiased = rows.rows > 1 ? Float(rows.rows) / Float(rows.rows - 1) : 1
      for (layer, used) in pass.statistics {
        var norm = self[normalization: layer]
        let variance = used.batchVariance.scaled(by: unbiased)
        // The first batch replaces what was there, be it finite or not.
        norm.runningMean =
          index == 0 ? used.batchMean : norm.runningMean.interpolated(to: used.batchMean, weight: weight)
        norm.runningVariance = index == 0 ? variance : norm.runningVariance.interpolated(to: variance, weight: weight)
        self[normalization: layer] = norm
      }
    }
  }
}
