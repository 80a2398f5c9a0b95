import AttuneCore
import AttuneData
import AttuneTraining
import Testing

@testable import AttuneExperiments

@Suite struct FailureTests {
  private typealias Small = SmallExperiment

  @Test func `an arm that the network cannot run is recorded, others go on`() async throws {
    let results = try await Small.run(
      Small.load(
        training: [Small.sgd],
        inference: ["{name: ftat, strategy: ftat}", "{name: rls, strategy: recursive-least-squares}", Small.none],
        scenarios: ["{name: clean, labelDelay: 0}"]))
    let binary = try #require(results.cell(training: "sgd", inference: "ftat", scenario: "clean"))
    let reason = "strategy 'ftat' is for two classes, and the model has 10; choose another strategy"
    #expect(binary.failures == ["seed 3: \(reason)", "seed 4: \(reason)"])
    #expect(binary.quality == nil && binary.perSeed == [nil, nil] && binary.trace.isEmpty && binary.difference == nil)
    #expect(binary.cost.single == nil && binary.cost.batch == nil)
    #expect(binary.verdict == .noDifferenceShown)
    let squares = try #require(results.cell(training: "sgd", inference: "rls", scenario: "clean"))
    #expect(
      squares.failures.first
        == "seed 3: strategy 'recursive-least-squares' is for regression, and the model classifies; choose another "
        + "strategy")
    let none = try #require(results.cell(training: "sgd", inference: "none", scenario: "clean"))
    #expect(none.failures.isEmpty && none.quality != nil && none.cost.single != nil)
  }

  @Test func `a training arm that diverges is recorded, others go on`() async throws {
    let wild = "{name: wild, optimizer: {kind: sgd, learningRate: 1e10}, epochs: 3}"
    let results = try await Small.run(Small.load(training: [wild, Small.sgd]))
    for cell in results.cells where cell.training == "wild" {
      #expect(cell.quality == nil && cell.perSeed == [nil, nil])
      #expect(cell.failures.count == 2)
      #expect(cell.failures.allSatisfy { $0.contains("training failed: training ") && $0.contains("diverged") })
    }
    #expect(results.cells.filter { $0.training == "sgd" }.allSatisfy { $0.failures.isEmpty && $0.quality != nil })
  }

  // The loss is computed before an update: nothing notices when the last one spoils the parameters.
  @Test func `parameters that the last update spoiled are a divergence`() throws {
    // One step of one batch, with gradients of about a thousand.
    let wild = "{name: wild, optimizer: {kind: sgd, learningRate: 1e38}, epochs: 1, batchSize: 400}"
    let data = Small.data.replacing("factor: 0.0625", with: "factor: 1000").replacing("kind: mlp", with: "kind: linear")
    let experiment = try Small.load(training: [wild], data: data)
    let train = try ExperimentData(experiment.data, folder: "").split(seed: 0).train
    #expect(train.count <= 400)
    let error = #expect(throws: DivergenceError.self) {
      try ModelTraining(experiment.training[0], in: experiment).train(on: train, seed: 0)
    }
    #expect(error?.loss.isFinite == true && error?.parameter == ParameterID(layer: 0, role: .weight))
    #expect(
      error?.description
        == "training diverged in epoch 1, step 1: parameter 0.weight of layer 0 (linear) holds values that are "
        + "not finite; lower the learning rate, or check the scale of the inputs")
  }

  @Test func `a shift that does not fit stops the run before it trains`() async throws {
    let experiment = try Small.load(
      scenarios: [Small.clean, "{name: turned, shifts: [{kind: rotation, degrees: 20}]}"])
    let error = await #expect(throws: UnfitScenario.self) { try await Small.run(experiment) }
    #expect(
      error?.description
        == "scenario 'turned': rotation: it needs the images' height and width, and the data has none; give the data "
        + "set's image shape, or use another shift")
  }
}
