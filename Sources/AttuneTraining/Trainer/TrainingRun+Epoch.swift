internal import AttuneCore

extension TrainingRun {
  /// Ends an epoch whose steps are done: validates, tells the schedule, and decides whether to stop.
  ///
  /// - Parameters:
  ///   - validation: rows to validate on; early stopping needs them.
  ///   - rows: the rows that the run began with; averaging the weights of a network with batch norm needs them.
  ///   - transform: applied to the features of their batches; nil leaves them as they are.
  /// - Throws: `DivergenceError` where a parameter or the validation loss is not finite; what the rows throw.
  public mutating func finishEpoch(
    validation: ValidationSet? = nil, rows: (any TrainingRows)? = nil, transform: Trainer.Transform? = nil
  ) throws -> EpochRecord {
    precondition(!isFinished && isEpochComplete, "epoch \(position.epoch) has steps left")
    precondition(trainer.earlyStopping == nil || validation != nil, "early stopping needs rows to validate on")
    if let error = brokenParameter() { throw error }
    let started = ThreadClock.now
    if trainer.averaging?.includesEnd(ofEpoch: position.epoch, of: trainer.epochs) == true {
      average?.update(with: network)
    }
    // Without validation only the last epoch's is wanted.
    let isWanted = validation != nil || position.epoch == trainer.epochs
    let evaluated = isWanted ? try evaluatedNetwork(rows, transform) : network
    let found = try validation?.measure(evaluated, trainer.loss)
    if let found, !found.loss.isFinite {
      throw DivergenceError(
        epoch: position.epoch, step: position.step, loss: Float(found.loss), cause: .validation)
    }
    let record = EpochRecord(
      epoch: position.epoch, globalStep: position.globalStep, loss: sum.mean, validationLoss: found?.loss,
      validationQuality: found?.quality, learningRate: optimizer.learningRate,
      seconds: cost.epochSeconds + ThreadClock.now - started,
      samplesPerSecond: Double(sum.rows) / max(cost.epochSeconds, 1e-9))
    history.append(record)
    rates?.finishEpoch(loss: found?.loss ?? sum.mean)
    if let rule = trainer.earlyStopping, let loss = found?.loss,
      rule.observe(loss, epoch: position.epoch, &stopping), rule.restoresBest
    {
      bestNetwork = evaluated
    }
    // A run that was brought back at the very end of an epoch has not drawn its order yet.
    drawOrder()
    streams.order = orderAfterEpoch
    permutation = RowOrder()
    sum = LossSum()
    cost.epochSeconds = 0
    position.epoch += 1
    position.step = 0
    if isFinished { network = bestNetwork ?? evaluated }
    return record
  }

  /// The error of the first parameter or running statistic that is not finite; nil where all are.
  func brokenParameter() -> DivergenceError? {
    let cause: DivergenceError.Cause
    if let broken = parameters.first(where: { !network[$0].isFinite }) {
      cause = .parameter(broken, kind: network.layers[broken.layer].kindName)
    } else if let layer = network.layers.firstIndex(where: \.hasBrokenStatistics) {
      cause = .statistics(layer: layer)
    } else {
      return nil
    }
    return DivergenceError(epoch: position.epoch, step: position.step, loss: Float(sum.mean), cause: cause)
  }

  /// Throws where the last update spoiled the outcome: no loss was computed after it.
  func checkOutcome(on rows: some TrainingRows, transform: Trainer.Transform?) throws {
    guard position.globalStep > 0 else { return }
    if let error = brokenParameter() { throw error }
    var augmentation = streams.augmentation
    let first = Array(0..<min(trainer.batchSize, rowCount))
    var features = try rows.batch(at: first[...]).features
    if let transform { features = try transform(features, &augmentation) }
    guard try !network.predict(features).isFinite else { return }
    throw DivergenceError(
      epoch: trainer.epochs, step: stepsPerEpoch, loss: Float(history.last?.loss ?? 0), cause: .outcome)
  }

  /// What the training did and what it cost so far.
  public var report: TrainingReport {
    TrainingReport(
      losses: history.map(\.loss), seconds: cost.seconds, operations: cost.operations, epochs: history,
      stoppedEarly: stopping.hasStopped && history.count < trainer.epochs,
      bestEpoch: stopping.best == nil ? nil : stopping.bestEpoch)
  }
}
