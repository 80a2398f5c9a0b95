import AttuneCore
import Testing

@testable import AttuneTraining

/// Averaging, mixup and the L1 penalty within a training that is stopped and goes on.
@Suite struct TrainingAverageTests {
  private struct Problem {
    let rows: MatrixRows, validation: ValidationSet, network: Network
    let transform: Trainer.Transform = { rows, generator in
      var noisy = rows
      noisy.add(generator.normal(rows: rows.rows, columns: rows.columns), scaledBy: 0.1)
      return noisy
    }

    init(batchNorm: Bool = true) {
      var generator = Philox(seed: 1)
      func make(_ count: Int) -> MatrixRows {
        let x = generator.normal(rows: count, columns: 4)
        return MatrixRows(
          features: x, targets: Matrix.oneHot((0..<count).map { x[$0, 0] > x[$0, 1] ? 1 : 0 }, classes: 2))
      }
      rows = make(35)
      validation = ValidationSet(make(10))
      network = Network.mlp(
        inputDimension: 4, hidden: [6], outputDimension: 2, batchNorm: batchNorm, dropout: 0.2, using: &generator)
    }

    func run(
      _ averaging: AveragingConfiguration?, earlyStopping: EarlyStopping? = nil, epochs: Int = 4
    ) throws -> TrainingRun {
      let trainer = Trainer(
        optimizer: try SGD(learningRate: 0.1, momentum: 0.9), loss: .crossEntropy(labelSmoothing: 0), epochs: epochs,
        batchSize: 8, earlyStopping: earlyStopping, l1: 1e-3, mixup: Mixup(alpha: 0.4), averaging: averaging)
      return try TrainingRun(trainer, network, rows: rows, using: Philox(seed: 2))
    }
  }

  private static var swa: AveragingConfiguration {
    var settings = AveragingConfiguration.Equal()
    settings.start = 0.5
    return .equal(settings)
  }

  private static func ema(_ per: ScheduleInterval) -> AveragingConfiguration {
    var settings = AveragingConfiguration.Exponential()
    (settings.decay, settings.per) = (0.8, per)
    return .exponential(settings)
  }

  @Test func `the outcome is the equal average of the last epochs`() throws {
    let problem = Problem(batchNorm: false)
    // The same training without averaging, and what its parameters are after each epoch.
    var plain = try problem.run(nil), expected = WeightAverage(.equal)
    while !plain.isFinished {
      if !plain.isEpochComplete {
        _ = try plain.step(on: problem.rows)
        continue
      }
      if plain.position.epoch > 2 { expected.update(with: plain.network) }
      _ = try plain.finishEpoch()
    }
    #expect(expected.state.count == 2)
    var network = plain.network
    expected.apply(to: &network)
    var averaged = try problem.run(Self.swa)
    _ = try averaged.complete(on: problem.rows)
    #expect(averaged.network == network && network != plain.network)
  }

  @Test func `the outcome is the moving average of all updates`() throws {
    let problem = Problem(batchNorm: false)
    var plain = try problem.run(nil), expected = WeightAverage(.exponential(decay: 0.8))
    while !plain.isFinished {
      guard !plain.isEpochComplete else {
        _ = try plain.finishEpoch()
        continue
      }
      _ = try plain.step(on: problem.rows)
      expected.update(with: plain.network)
    }
    var network = plain.network
    expected.apply(to: &network)
    var averaged = try problem.run(Self.ema(.step))
    _ = try averaged.complete(on: problem.rows)
    #expect(averaged.network == network && expected.state.count == 20)
  }

  @Test(arguments: [swa, ema(.step), ema(.epoch)])
  func `a training with an average goes on from every step to the same bits`(averaging: AveragingConfiguration) throws {
    let problem = Problem()
    var run = try problem.run(averaging), states = [run]
    while !run.isFinished {
      if run.isEpochComplete {
        _ = try run.finishEpoch(validation: problem.validation, rows: problem.rows, transform: problem.transform)
      } else {
        _ = try run.step(on: problem.rows, transform: problem.transform)
      }
      states.append(run)
    }
    #expect(states.count == 1 + 4 * 6)
    for state in states {
      let stored = try TrainingCheckpoint(bytes: state.checkpoint().serialized())
      var resumed = try problem.run(averaging)
      try resumed.restore(stored)
      #expect(resumed.average == state.average && resumed.streams.mixup == state.streams.mixup)
      _ = try resumed.complete(on: problem.rows, validation: problem.validation, transform: problem.transform)
      #expect(resumed.network == run.network && resumed.average == run.average)
      #expect(resumed.history.map(\.validationLoss) == run.history.map(\.validationLoss))
    }
  }

  @Test func `the averaged network is validated, and early stopping keeps it`() throws {
    let problem = Problem()
    let stopping = try EarlyStopping(patience: 1)
    var run = try problem.run(Self.ema(.step), earlyStopping: stopping, epochs: 30)
    let report = try run.complete(on: problem.rows, validation: problem.validation, transform: problem.transform)
    let best = try #require(report.epochs.compactMap(\.validationLoss).min())
    #expect(try problem.validation.measure(run.network, run.trainer.loss).loss == best)
    #expect(report.stoppedEarly)
  }

  @Test func `a checkpoint with an average does not fit a training without, nor the other way`() throws {
    let problem = Problem()
    var with = try problem.run(Self.swa), without = try problem.run(nil)
    let checkpoints = (with.checkpoint(), without.checkpoint())
    #expect(throws: CheckpointError.self) { try without.restore(checkpoints.0) }
    #expect(throws: CheckpointError.self) { try with.restore(checkpoints.1) }
  }
}
