import AttuneCore
import Foundation
import Testing

@testable import AttuneTraining

@Suite struct DivergenceTests {
  private func network(_ layers: [Layer]) throws -> Network { try Network(layers) }

  private func linear(_ inputs: Int, _ outputs: Int, seed: UInt64 = 1) -> Layer {
    var generator = Philox(seed: seed)
    return .linear(Linear(inputDimension: inputs, outputDimension: outputs, using: &generator))
  }

  private func run(
    _ network: Network, _ features: Matrix, _ targets: Matrix, learningRate: Double = 0.1, epochs: Int = 3,
    plan: CheckpointPlan? = nil
  ) throws -> DivergenceError? {
    let rows = MatrixRows(features: features, targets: targets)
    let trainer = Trainer(
      optimizer: try SGD(learningRate: learningRate), loss: .meanSquaredError, epochs: epochs, batchSize: features.rows)
    var run = try TrainingRun(trainer, network, rows: rows, using: Philox(seed: 1))
    do {
      _ = try run.complete(on: rows, checkpoints: plan)
      return nil
    } catch let error as DivergenceError { return error }
  }

  private let x = Matrix([[1, 2], [3, 4]]), y = Matrix([[1], [2]])

  @Test func `an input or a target that is not finite is named`() throws {
    var broken = x
    broken[1, 0] = .infinity
    broken[0, 1] = -.infinity
    let input = try run(network([linear(2, 1)]), broken, y)
    guard case .input(_, _, let value) = input?.cause else { throw try #require(input) }
    #expect(value.isInfinite)
    var targets = y
    targets[0, 0] = .nan
    targets[1, 0] = .nan
    #expect(
      try run(network([linear(2, 1)]), x, targets)?.description
        == "training diverged in epoch 1, step 1: the loss is NaN; the target of row 0, column 0 of the batch is NaN; "
        + "check the targets")
  }

  @Test func `the layer whose output broke first is named`() throws {
    var wide = BatchNorm(dimension: 3)
    wide.gamma = Matrix(rows: 1, columns: 3, repeating: 3e38)
    wide.beta = wide.gamma
    let error = try run(
      network([linear(2, 3), .batchNorm(wide), .activation(.relu), linear(3, 1)]), x, y)
    #expect(error?.cause == .layer(index: 1, kind: "batchNorm"))
    #expect(
      error?.description.contains("; first broken is the output of layer 1 (batchNorm); lower the learning rate")
        == true)
  }

  @Test func `finite outputs with a loss beyond all numbers are told apart`() throws {
    let error = try run(network([linear(2, 1)]), x, y.scaled(by: 1e25))
    #expect(error?.cause == .loss && error?.step == 1 && error?.loss == .infinity)
  }

  @Test func `a parameter that the update before broke is named, and the last good checkpoint`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "attune-divergence-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/c"
    // Rates that grow the loss by factors until it leaves the numbers: the file is of the last step before.
    let error = try run(
      network([linear(2, 1)]), x, y, learningRate: 1e3, epochs: 50, plan: CheckpointPlan(path: path, interval: 0))
    let found = try #require(error)
    #expect(found.checkpoint == path && found.description.hasSuffix("; the last good checkpoint is \(path)"))
    let kept = try TrainingCheckpoint(contentsOf: path)
    #expect(kept.position.globalStep == (found.epoch - 1) + (found.loss.isFinite ? found.step - 1 : 0))
    let weights = try SafetensorsFile(contentsOf: path).tensor("network.0.weight").floats()
    #expect(weights.allSatisfy { $0.isFinite })
    // Without a plan there is none to name.
    #expect(try run(network([linear(2, 1)]), x, y, learningRate: 1e3, epochs: 50)?.checkpoint == nil)
    let spoiled = try run(network([linear(2, 1)]), x, y, learningRate: 1e38, epochs: 2)
    #expect(spoiled?.parameter == ParameterID(layer: 0, role: .weight) && spoiled?.epoch == 1)
  }

  @Test func `a validation loss that is not finite stops the training`() throws {
    let rows = MatrixRows(features: x, targets: y)
    let far = ValidationSet(MatrixRows(features: x.scaled(by: 1e30), targets: y))
    let trainer = Trainer(optimizer: try SGD(learningRate: 1e-3), loss: .meanSquaredError, epochs: 2, batchSize: 2)
    var run = try TrainingRun(trainer, try network([linear(2, 1)]), rows: rows, using: Philox(seed: 1))
    let error = #expect(throws: DivergenceError.self) { try run.complete(on: rows, validation: far) }
    #expect(error?.cause == .validation && error?.epoch == 1)
  }

  @Test func `an outcome that the last update spoiled is no outcome`() throws {
    let spoiled = try run(network([linear(2, 1), linear(1, 1)]), x, y, learningRate: 1e25, epochs: 1)
    #expect(spoiled?.cause == .outcome || spoiled?.parameter != nil)
    #expect(spoiled?.description.contains("lower the learning rate") == true)
    #expect(try run(network([linear(2, 1)]), x, y, epochs: 1) == nil)
  }

  @Test func `running statistics beyond all numbers are named, which no loss shows`() throws {
    let layers = [linear(2, 3), .batchNorm(BatchNorm(dimension: 3)), linear(3, 1)]
    let error = try run(network(layers), x.scaled(by: 1e25), y, epochs: 1)
    #expect(error?.cause == .statistics(layer: 1))
    #expect(error?.description.hasSuffix("check the scale of the inputs: standardize them") == true)
  }
}
