import AttuneCore
import Testing

@testable import AttuneTraining

@Suite struct ParameterGroupTests {
  /// Linear, batch norm, tanh, linear.
  static func network() -> Network {
    var generator = Philox(seed: 5)
    return Network.mlp(
      inputDimension: 2, hidden: [3], outputDimension: 2, activation: .tanh, batchNorm: true, dropout: 0,
      using: &generator)
  }

  private func step(_ rule: any Optimizer, groups: [ParameterGroup]) -> Network {
    var network = Self.network()
    var states = rule.states(for: network.parameterIDs, of: network, groups: groups)
    let gradients = network.parameterIDs.map { id in
      Matrix(rows: network[id].rows, columns: network[id].columns, repeating: 1)
    }
    for _ in 0..<2 { states.step(&network, along: gradients) }
    return network
  }

  @Test func `each parameter moves as it would under a rule with its group's settings`() throws {
    let groups = [
      try ParameterGroup(.layers([3]), learningRateFactor: 0.5),
      try ParameterGroup(.biasesAndNorms, weightDecay: 0),
    ]
    let grouped = step(try AdamW(learningRate: 0.1, weightDecay: 0.5), groups: groups)
    let plain = step(try AdamW(learningRate: 0.1, weightDecay: 0.5), groups: [])
    let half = step(try AdamW(learningRate: 0.05, weightDecay: 0.5), groups: [])
    let undecayed = step(try AdamW(learningRate: 0.1, weightDecay: 0), groups: [])
    for id in grouped.parameterIDs {
      let expected =
        switch "\(id)" {
        case "3.weight", "3.bias": half  // in both groups: the first holds
        case "0.bias", "1.weight", "1.bias": undecayed
        default: plain
        }
      #expect(grouped[id] == expected[id], "\(id)")
    }
    let id = ParameterID(layer: 0, role: .bias)
    #expect(undecayed[id] != plain[id])
  }

  @Test(arguments: OptimizerCases.names)
  func `every rule follows another rate and decay of a group`(name: String) throws {
    var other = try OptimizerCases.make(name)
    let groups = [try ParameterGroup(.layers([0, 1, 3]), learningRateFactor: 0.5, weightDecay: 0.25)]
    let grouped = step(other, groups: groups)
    #expect(grouped != step(other, groups: []))
    other.learningRate *= 0.5
    other.weightDecay = 0.25
    #expect(grouped == step(other, groups: []))
  }

  @Test func `frozen parameters stay, and the trainer does not even differentiate them`() throws {
    let frozen = [try ParameterGroup(.layers([0, 1]), isFrozen: true)]
    let moved = step(try AdamW(), groups: frozen)
    let start = Self.network()
    for id in start.parameterIDs { #expect((moved[id] == start[id]) == (id.layer < 2), "\(id)") }
    #expect(start.parameterIDs(notFrozenBy: frozen).map { "\($0)" } == ["3.weight", "3.bias"])

    var generator = Philox(seed: 6)
    let features = generator.normal(rows: 16, columns: 2)
    let targets = Matrix.oneHot((0..<16).map { $0 % 2 }, classes: 2)
    func trained(_ groups: [ParameterGroup]) throws -> (network: Network, operations: Int) {
      var network = start
      let trainer = Trainer(
        optimizer: try SGD(learningRate: 0.1), loss: .crossEntropy(labelSmoothing: 0), epochs: 2, batchSize: 8,
        maxNorm: 0.1, groups: groups)
      let report = try trainer.train(&network, features: features, targets: targets, using: generator)
      return (network, report.operations)
    }
    let all = try trained([]), some = try trained(frozen)
    for id in start.parameterIDs { #expect((some.network[id] == start[id]) == (id.layer < 2), "\(id)") }
    #expect(some.operations < all.operations)
  }

  @Test func `training with everything frozen moves no parameter`() throws {
    var network = Self.network()
    let start = network
    let trainer = Trainer(
      optimizer: try SGD(learningRate: 0.1), loss: .meanSquaredError, epochs: 1, batchSize: 4, clipping: .norm(1),
      groups: [try ParameterGroup(.layers([0, 1, 3]), isFrozen: true)])
    var generator = Philox(seed: 7)
    _ = try trainer.train(
      &network, features: generator.normal(rows: 4, columns: 2), targets: generator.normal(rows: 4, columns: 2),
      using: generator)
    for id in start.parameterIDs { #expect(network[id] == start[id]) }
  }

  @Test func `a group says which setting is wrong`() {
    #expect(
      throws: HyperparameterError(
        method: "parameter group", problem: "learningRateFactor is -1.0", advice: "give a finite number of at least 0")
    ) { try ParameterGroup(.biasesAndNorms, learningRateFactor: -1) }
    #expect(
      throws: HyperparameterError(
        method: "parameter group", problem: "weightDecay is nan", advice: "give a finite number of at least 0")
    ) { try ParameterGroup(.biasesAndNorms, weightDecay: .nan) }
  }
}
