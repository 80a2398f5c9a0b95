import AttuneCore
import AttuneInference
import AttuneTraining
import Foundation
import Testing

/// Learned policies find the choices of the oracle, and fixed selections what they can.
@Suite struct PolicyLearningTests {
  private let training: LabeledRows
  private let heldOut: LabeledRows
  private let test = HalvesProblem.all(coins: 2)

  init() {
    var generator = Philox(seed: 11)
    training = HalvesProblem.random(1280, coins: 2, using: &generator)
    heldOut = HalvesProblem.random(320, coins: 2, using: &generator)
  }

  private var context: PreparationContext { HalvesProblem.context(training, heldOut: heldOut) }

  private func expectOracle(_ found: (output: Matrix, selection: InputSelection?, curve: [CurveAnswer])) throws {
    let selection = try #require(found.selection), rows = test.inputs.rows
    #expect(HalvesProblem.accuracy(found.output, test) == 1)
    for row in 0..<rows {
      let second = test.inputs[row, 0] == 0 ? 1 : 2
      #expect((0..<5).filter { selection[row, $0] } == [0, second], "row \(row)")
    }
    #expect(found.curve.map(\.budget) == [0, 1, 2, 9])
    #expect(found.curve.map { $0.keptCount / rows } == [0, 1, 2, 5])
    #expect(HalvesProblem.accuracy(found.curve[1].output, test) == 0.5)
    #expect(HalvesProblem.accuracy(found.curve[3].output, test) == 1)
  }

  @Test func `GDFS acquires what the oracle acquires`() throws {
    var configuration = GDFS.Configuration()
    (configuration.stop, configuration.curve) = (.budget(2), [0, 1, 2, 9])
    (configuration.hidden, configuration.dropout, configuration.trainingInputs) = ([32, 32], 0, 3)
    (configuration.learningRate, configuration.predictorEpochs, configuration.epochs) = (3e-3, 20, 20)
    try expectOracle(try GDFS(configuration).answer(test.inputs, after: context))
  }

  @Test func `DIME acquires what the oracle acquires`() throws {
    var configuration = DIME.Configuration()
    (configuration.stop, configuration.curve) = (.budget(2), [0, 1, 2, 9])
    (configuration.hidden, configuration.dropout, configuration.trainingInputs) = ([32, 32], 0, 3)
    (configuration.learningRate, configuration.predictorEpochs, configuration.epochs) = (3e-3, 20, 40)
    try expectOracle(try DIME(configuration).answer(test.inputs, after: context))
  }

  @Test func `DIME stops where a row is sure, and asks a sure row for nothing`() throws {
    var configuration = DIME.Configuration()
    (configuration.stop, configuration.dropout) = (.confidence(probability: 0.9), 0)
    (configuration.hidden, configuration.trainingInputs) = ([32, 32], 3)
    (configuration.learningRate, configuration.predictorEpochs, configuration.epochs) = (3e-3, 20, 40)
    let found = try DIME(configuration).answer(test.inputs, after: context)
    #expect(HalvesProblem.accuracy(found.output, test) == 1)
    #expect(Double(try #require(found.selection).keptCount) / Double(test.inputs.rows) < 2.5)
  }

  @Test(arguments: FeatureRanking.allCases) func `a fixed pair of inputs is right three times in four`(
    ranking: FeatureRanking
  ) throws {
    // Permutation importance asks the trained network: one that knows the problem.
    var generator = Philox(seed: 3)
    var network = Network.mlp(inputDimension: 5, hidden: [32], outputDimension: 4, using: &generator)
    let trainer = Trainer(
      optimizer: try Adam(learningRate: 3e-3), loss: .crossEntropy(labelSmoothing: 0), epochs: 15, batchSize: 64)
    _ = try trainer.train(
      &network, features: training.inputs, targets: training.targets, using: Philox(seed: 2))
    var configuration = StaticSelection.Configuration()
    (configuration.ranking, configuration.stop, configuration.curve) = (ranking, .budget(2), [0, 1, 2, 3])
    (configuration.hidden, configuration.dropout, configuration.learningRate) = ([32], 0, 3e-3)
    let strategy = try StaticSelection(configuration).prepared(for: network, in: context).strategy
    var running = try strategy.run(network, in: AdaptationContext(task: .classification))
    #expect(HalvesProblem.accuracy(try running.predict(test.inputs), test) == 0.75)
    let selection = try #require(running.takeDetails().selection)
    #expect(selection[0, 0] && selection.keptCount == 2 * test.inputs.rows)
    let curve = try running.curve(test.inputs).map { HalvesProblem.accuracy($0.output, test) }
    #expect(curve == [0.25, 0.5, 0.75, 1])
  }

  @Test func `the same seed learns the same policy`() throws {
    var configuration = GDFS.Configuration()
    (configuration.stop, configuration.hidden, configuration.trainingInputs) = (.budget(2), [16], 2)
    (configuration.predictorEpochs, configuration.epochs, configuration.temperatures) = (2, 2, 2)
    let strategy = try GDFS(configuration)
    let first = try strategy.answer(test.inputs, after: context)
    let second = try strategy.answer(test.inputs, after: context)
    #expect(first.output == second.output)
    #expect(first.selection == second.selection)
  }
}
