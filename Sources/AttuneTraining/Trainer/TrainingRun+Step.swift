internal import AttuneCore

extension TrainingRun {
  /// Trains on the next batch.
  ///
  /// - Parameters:
  ///   - rows: the rows that the run began with.
  ///   - transform: applied to the features of the batch; nil leaves them as they are.
  /// - Throws: `DivergenceError` when the loss is not finite; `ShapeError` where the features do not fit; what the rows
  ///   and the transform throw.
  public mutating func step(
    on rows: some TrainingRows, transform: Trainer.Transform? = nil
  ) throws -> StepRecord {
    precondition(!isFinished && !isEpochComplete, "no step is left in epoch \(position.epoch)")
    precondition(rows.count == rowCount, "\(rows.count) rows, the training began with \(rowCount)")
    drawOrder()
    let start = position.step * trainer.batchSize
    let indices = permutation.rows(start..<min(start + trainer.batchSize, rowCount))
    var (features, targets) = try rows.batch(at: indices)
    if let transform { features = try transform(features, &streams.augmentation) }
    if let mixup = trainer.mixup { (features, targets) = mixup.mixed(features, targets, using: &streams.mixup) }
    if let rate = rates?.learningRate(epoch: position.epoch - 1, step: position.step) { optimizer.learningRate = rate }
    let dropout = streams.dropout
    let (loss, gradientNorm) = try update(features, targets)
    guard loss.isFinite else {
      let diagnosis = DivergenceDiagnosis(network: network, features: features, targets: targets, dropout: dropout)
      throw DivergenceError(
        epoch: position.epoch, step: position.step + 1, loss: loss, cause: diagnosis.cause())
    }
    sum.total += Double(loss) * Double(indices.count)
    sum.rows += indices.count
    position.step += 1
    position.globalStep += 1
    return StepRecord(
      epoch: position.epoch, step: position.step, globalStep: position.globalStep, rows: indices.count,
      loss: Double(loss), learningRate: optimizer.learningRate, gradientNorm: gradientNorm)
  }

  /// Draws the order of the epoch in progress, unless it is known.
  mutating func drawOrder() {
    guard permutation.isEmpty else { return }
    orderAfterEpoch = streams.order
    permutation = RowOrder(rowCount, using: &orderAfterEpoch)
  }

  /// One update along the gradients of a batch; none where the loss is not finite.
  private mutating func update(_ features: Matrix, _ targets: Matrix) throws -> (loss: Float, gradientNorm: Double?) {
    engine.prepare(
      network, differentiating: parameters, rows: min(trainer.batchSize, rowCount), compiling: trainer.isCompiled)
    let loss = try engine.loss(network, features, targets: targets, trainer.loss, using: &streams.dropout)
    guard loss.isFinite else { return (loss, nil) }
    let norm = engine.update(&network, with: &optimizer, clipping: trainer.clipping)
    if trainer.l1 > 0 {
      network.shrinkWeights(by: optimizer.learningRate * trainer.l1, of: parameters, groups: trainer.groups)
    }
    if let maxNorm = trainer.maxNorm { network.limitIncomingNorms(to: maxNorm, of: parameters) }
    if trainer.averaging?.isPerStep == true { average?.update(with: network) }
    return (loss, norm)
  }
}
