internal import AttuneCore

extension TrainingRun {
  /// Trains to the end; the network is then the outcome.
  ///
  /// - Parameters:
  ///   - rows: the rows that the run began with.
  ///   - validation: rows to validate on after each epoch; early stopping needs them.
  ///   - transform: applied to the features of each batch; nil leaves them as they are.
  ///   - checkpoints: where and how often to keep the run; nil keeps nothing.
  ///   - observer: told of everything.
  /// - Returns: what it did and what it cost, what came before a checkpoint included.
  /// - Throws: `DivergenceError` with the path of the last checkpoint; `FileError` where none can be written; what the
  ///   observer, the rows and the transform throw, for a `CancellationError` after a checkpoint.
  public mutating func complete(
    on rows: some TrainingRows, validation: ValidationSet? = nil, transform: Trainer.Transform? = nil,
    checkpoints: CheckpointPlan? = nil, observer: TrainingObserver = { _ in }
  ) throws -> TrainingReport {
    var keeper = checkpoints.map { CheckpointKeeper($0, isResumed: position.globalStep > 0) }
    do {
      try observer(.started(position, epochs: trainer.epochs, stepsPerEpoch: stepsPerEpoch))
      var meter = RateMeter()
      while !isFinished {
        if isEpochComplete {
          let record = try measured { try $0.finishEpoch(validation: validation, rows: rows, transform: transform) }
          try observer(.epoch(record))
        } else {
          let end = position.step + Self.stepsPerMeasurement
          try measured(inEpoch: true) { run in
            repeat {
              let record = try run.step(on: rows, transform: transform)
              try observer(.step(record, samplesPerSecond: meter.rate(adding: record.rows)))
            } while !run.isEpochComplete && run.position.step < end && keeper?.isDue != true
          }
        }
        try keeper?.keepIfDue(self, observer)
      }
      try checkOutcome(on: rows, transform: transform)
    } catch let error as CancellationError {
      try keeper?.keep(self, isStopping: true, observer)
      throw error
    } catch var error as DivergenceError {
      error.checkpoint = keeper?.lastGood
      throw error
    }
    return report
  }

  /// Reading the thread's clock takes as long as a fiftieth of a small network's step.
  private static var stepsPerMeasurement: Int { 16 }

  /// Work whose cost is the training's, also where it ends with an error.
  private mutating func measured<Outcome>(
    inEpoch: Bool = false, _ work: (inout TrainingRun) throws -> Outcome
  ) throws -> Outcome {
    let started = ThreadClock.now
    let (result, operations) = OperationCounter.count { Result { try work(&self) } }
    let seconds = ThreadClock.now - started
    cost.seconds += seconds
    if inEpoch { cost.epochSeconds += seconds }
    cost.operations += operations
    return try result.get()
  }
}

/// Rows per second of wall-clock time, over windows of a second.
struct RateMeter {
  private var start = ContinuousClock.now
  private var rows = 0
  private var known: Double?

  /// The rate after some more rows: that of the last whole window, before its end that since the start.
  mutating func rate(adding more: Int) -> Double {
    rows += more
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let rate = Double(rows) / max(seconds, 1e-9)
    guard seconds >= 1 else { return known ?? rate }
    known = rate
    start = ContinuousClock.now
    rows = 0
    return rate
  }
}
