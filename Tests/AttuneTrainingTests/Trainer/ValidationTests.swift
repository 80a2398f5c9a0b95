import AttuneCore
import Testing

@testable import AttuneTraining

@Suite struct ValidationTests {
  @Test func `the validation loss is the mean over all rows, in whatever pieces they pass`() throws {
    var generator = Philox(seed: 4)
    let network = Network.mlp(
      inputDimension: 3, hidden: [4], outputDimension: 2, batchNorm: true, dropout: 0.5, using: &generator)
    let x = generator.normal(rows: 2500, columns: 3), y = generator.normal(rows: 2500, columns: 2)
    let set = ValidationSet(MatrixRows(features: x, targets: y)) { Double($0.rows) }
    let found = try set.measure(network, .meanSquaredError)
    let difference = try network.predict(x) - y
    #expect(abs(found.loss - difference.sumOfSquares / 5000) < 1e-5 * found.loss)
    #expect(found.quality == 2500)
  }

  @Test func `early stopping counts epochs without improvement`() throws {
    let rule = try EarlyStopping(patience: 2, minimumImprovement: 0.1)
    var state = EarlyStopping.State()
    let losses = [1.0, 0.95, 0.85, 0.8, 0.76]
    let best = losses.enumerated().map { rule.observe($1, epoch: $0 + 1, &state) }
    #expect(best == [true, false, true, false, false])
    #expect(state.bestEpoch == 3 && state.best == 0.85 && state.hasStopped)
  }

  @Test func `settings out of range are refused`() {
    #expect(throws: HyperparameterError.self) { try EarlyStopping(patience: 0) }
    #expect(throws: HyperparameterError.self) { try EarlyStopping(minimumImprovement: -1) }
    #expect(throws: HyperparameterError.self) { try EarlyStopping(minimumImprovement: .infinity) }
  }

  @Test func `validating changes no bit of the training, and costs`() throws {
    let problem = try CheckpointProblem(try Adam(learningRate: 0.1))
    var with = try problem.start(), without = try problem.start()
    let report = try with.complete(on: problem.rows, validation: problem.validation)
    let plain = try without.complete(on: problem.rows)
    #expect(with.network == without.network && report.losses == plain.losses)
    #expect(report.operations > plain.operations)
    #expect(report.epochs.allSatisfy { $0.validationLoss != nil && $0.validationQuality != nil })
    #expect(plain.epochs.allSatisfy { $0.validationLoss == nil } && plain.bestEpoch == nil)
    #expect(report.epochs.map(\.globalStep) == [3, 6, 9])
    #expect(report.bestEpoch.map { (1...3).contains($0) } == true && !report.stoppedEarly)
    #expect(report.epochs.allSatisfy { $0.seconds > 0 && $0.samplesPerSecond > 0 && $0.learningRate == 0.1 })
  }

  @Test func `a plateau watches the validation loss where there is one`() throws {
    // No validation loss but the first is below a thousandth of the best, whatever the training loss does.
    let rule = try ReduceOnPlateau(decay: 0.5, patience: 0, threshold: 0.999)
    let problem = try CheckpointProblem(try SGD(learningRate: 0.1), schedule: .onPlateau(rule))
    let end = try problem.states().end
    let watched = try #require(end.rates)
    #expect(watched.plateau.best == end.history[0].validationLoss)
    var without = try problem.start()
    _ = try without.complete(on: problem.rows)
    let unwatched = try #require(without.rates)
    #expect(unwatched.plateau.best == without.history[0].loss)
  }

  @Test func `without restoring, the network is the last one`() throws {
    let problem = try CheckpointProblem(
      try Adam(learningRate: 0.3), epochs: 30, earlyStopping: try EarlyStopping(patience: 2, restoresBest: false))
    let end = try problem.states().end
    #expect(end.report.stoppedEarly && end.bestNetwork == nil)
    let last = try problem.validation.measure(end.network, problem.trainer.loss).loss
    #expect(last == end.history.last?.validationLoss)
    #expect(end.history.compactMap(\.validationLoss).min().map { $0 < last } == true)
  }
}
