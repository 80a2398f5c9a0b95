import AttuneCore
import Testing

@testable import AttuneTraining

/// A small training that uses everything with a memory: batch norm, dropout, augmentation, momentum, early stopping.
struct CheckpointProblem {
  let rows: MatrixRows
  let validation: ValidationSet
  let network: Network
  var trainer: Trainer
  let generator = Philox(seed: 3)
  /// Noise from the augmentation's stream, so that its place matters.
  let transform: Trainer.Transform = { rows, generator in
    rows + generator.normal(rows: rows.rows, columns: rows.columns).scaled(by: 0.1)
  }

  init(
    _ optimizer: any Optimizer, schedule: TrainingSchedule? = nil, epochs: Int = 3,
    earlyStopping: EarlyStopping? = nil
  ) throws {
    var generator = Philox(seed: 2)
    // 23 rows in batches of 8: three steps an epoch, the last one smaller.
    rows = MatrixRows(
      features: generator.normal(rows: 23, columns: 4), targets: Matrix.oneHot((0..<23).map { $0 % 3 }, classes: 3))
    let labels = (0..<9).map { $0 % 3 }
    validation = ValidationSet(
      MatrixRows(features: generator.normal(rows: 9, columns: 4), targets: Matrix.oneHot(labels, classes: 3))
    ) { outputs in
      Double(zip(outputs.rowArgmax, labels).count { $0 != $1 }) / 9
    }
    network = Network.mlp(
      inputDimension: 4, hidden: [6], outputDimension: 3, activation: .tanh, batchNorm: true, dropout: 0.2,
      using: &generator)
    trainer = Trainer(
      optimizer: optimizer, loss: .crossEntropy(labelSmoothing: 0.1), epochs: epochs, batchSize: 8, schedule: schedule,
      clipping: .norm(0.5), earlyStopping: earlyStopping)
  }

  func start() throws -> TrainingRun { try TrainingRun(trainer, network, rows: rows, using: generator) }

  /// Trains to the end, and gives the state after every step and every epoch on the way.
  func states() throws -> (states: [TrainingRun], end: TrainingRun) {
    var run = try start(), states = [run]
    while !run.isFinished {
      if run.isEpochComplete {
        _ = try run.finishEpoch(validation: validation)
      } else {
        _ = try run.step(on: rows, transform: transform)
      }
      states.append(run)
    }
    return (states, run)
  }

  /// Trains from where a run is to the end.
  func finished(_ run: TrainingRun) throws -> TrainingRun {
    var run = run
    _ = try run.complete(on: rows, validation: validation, transform: transform)
    return run
  }
}

/// What must be equal, bit by bit, however often a training was stopped: everything but times.
func expectSameBits(_ left: TrainingRun, _ right: TrainingRun, _ comment: Comment? = nil) {
  let areEqual = [
    "network": left.network == right.network, "best network": left.bestNetwork == right.bestNetwork,
    "position": left.position == right.position, "streams": left.streams == right.streams,
    "optimizer": left.optimizer.stored == right.optimizer.stored,
    "plateau": left.rates?.plateau == right.rates?.plateau, "stopping": left.stopping == right.stopping,
    "history": left.history.map(Timeless.init) == right.history.map(Timeless.init),
  ]
  let different = areEqual.filter { !$0.value }.keys.sorted()
  #expect(different.isEmpty, comment)
}

/// An epoch without its times.
private struct Timeless: Equatable {
  let epoch: Int, globalStep: Int, loss: Double, validationLoss: Double?, quality: Double?, learningRate: Double

  init(_ record: EpochRecord) {
    (epoch, globalStep, loss) = (record.epoch, record.globalStep, record.loss)
    (validationLoss, quality) = (record.validationLoss, record.validationQuality)
    learningRate = record.learningRate
  }
}
