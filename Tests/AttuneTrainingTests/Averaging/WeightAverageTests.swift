import AttuneCore
import Testing

@testable import AttuneTraining

/// Weight averages against PyTorch's `swa_utils` (`make_regularization_fixtures.py`).
@Suite struct WeightAverageTests {
  typealias Numbers = [String: [Float]]

  struct Fixture: Decodable {
    struct Step: Decodable {
      let parameters: Numbers, ema: Numbers, swa: Numbers
    }
    struct Normalization: Decodable {
      let parameters: Numbers, batches: [[Float]], buffers: Numbers
    }
    let steps: [Step], normalization: Normalization
  }

  /// Float32 of both, with other orders of rounding.
  static let tolerance: Float = 1e-6

  private func fixture() throws -> Fixture {
    try FixtureFile.decode(Fixture.self, from: "regularization/averages.json")
  }

  private func network() throws -> Network {
    var generator = Philox(seed: 1)
    let hidden = Linear(inputDimension: 3, outputDimension: 4, using: &generator)
    let output = Linear(inputDimension: 4, outputDimension: 2, hasBias: false, using: &generator)
    return try Network([.linear(hidden), .activation(.tanh), .linear(output)])
  }

  private func set(_ network: inout Network, _ numbers: Numbers) {
    for id in network.parameterIDs {
      let old = network[id]
      network[id] = Matrix(rows: old.rows, columns: old.columns, numbers[id.description] ?? [])
    }
  }

  private func expectClose(_ network: Network, _ expected: Numbers) {
    for id in network.parameterIDs {
      for (found, expected) in zip(network[id].elements, expected[id.description] ?? []) {
        #expect(abs(found - expected) <= Self.tolerance, "\(id)")
      }
      #expect(network[id].count == expected[id.description]?.count)
    }
  }

  @Test func `averages are PyTorch's after every update`() throws {
    var exponential = WeightAverage(.exponential(decay: 0.9)), equal = WeightAverage(.equal)
    var trained = try network()
    for step in try fixture().steps {
      set(&trained, step.parameters)
      exponential.update(with: trained)
      equal.update(with: trained)
      var averaged = trained
      exponential.apply(to: &averaged)
      expectClose(averaged, step.ema)
      equal.apply(to: &averaged)
      expectClose(averaged, step.swa)
    }
    #expect(exponential.state.count == 12 && equal.state.count == 12)
  }

  @Test func `an average goes on from its state to the same bits`() throws {
    let steps = try fixture().steps
    for rule in [WeightAverage.Rule.equal, .exponential(decay: 0.9)] {
      var whole = WeightAverage(rule), trained = try network()
      var stored = WeightAverage.State()
      for (index, step) in steps.enumerated() {
        if index == 5 { stored = whole.state }
        set(&trained, step.parameters)
        whole.update(with: trained)
      }
      var resumed = WeightAverage(rule, state: stored)
      for step in steps[5...] {
        set(&trained, step.parameters)
        resumed.update(with: trained)
      }
      #expect(resumed == whole)
    }
  }

  @Test func `the first update copies, and none changes nothing`() throws {
    var average = WeightAverage(.exponential(decay: 0.999))
    let trained = try network()
    var other = trained
    for id in other.parameterIDs { other[id].scale(by: 2) }
    let doubled = other
    average.apply(to: &other)
    #expect(other == doubled)
    average.update(with: trained)
    average.apply(to: &other)
    #expect(other == trained)
  }

  @Test func `the operations are counted, and nothing is allocated after the first update`() throws {
    let trained = try network()
    var average = WeightAverage(.equal)
    average.update(with: trained)
    average.update(with: trained)
    let before = MatrixMemory.systemAllocations
    let operations = OperationCounter.count { average.update(with: trained) }.operations
    // A product for what is kept, a product and a sum for what is new.
    #expect(operations == 3 * trained.parameterCount)
    #expect(MatrixMemory.systemAllocations == before)
  }

  @Test func `batch norm is estimated anew as update_bn does it`() throws {
    let fixture = try fixture().normalization
    var generator = Philox(seed: 1)
    var network = Network.mlp(
      inputDimension: 3, hidden: [4, 4], outputDimension: 2, batchNorm: true, using: &generator)
    set(&network, fixture.parameters)
    for layer in network.normalizationLayers {
      // What was there is forgotten, also where it is no number.
      var norm = network[normalization: layer]
      norm.runningMean = Matrix(rows: 1, columns: 4, repeating: .infinity)
      network[normalization: layer] = norm
    }
    let batches = fixture.batches.map { Matrix(rows: $0.count / 3, columns: 3, $0) }
    try network.estimateNormalization(batches: batches.count, using: &generator) { batches[$0] }
    #expect(network.normalizationLayers == [1, 4])
    for layer in network.normalizationLayers {
      let norm = network[normalization: layer]
      for (found, name) in [(norm.runningMean, "running_mean"), (norm.runningVariance, "running_var")] {
        let expected = fixture.buffers["\(layer).\(name)"] ?? []
        #expect(found.count == expected.count)
        for (found, expected) in zip(found.elements, expected) { #expect(abs(found - expected) <= Self.tolerance) }
      }
    }
  }

  @Test func `without batch norm no batch is asked for, and without batches the statistics stay`() throws {
    var plain = try network(), generator = Philox(seed: 1)
    try plain.estimateNormalization(batches: 3, using: &generator) { _ in
      Issue.record("a batch was asked for")
      return Matrix(rows: 1, columns: 3)
    }
    #expect(try plain == network())
    let before = Network.mlp(inputDimension: 3, hidden: [4], outputDimension: 2, batchNorm: true, using: &generator)
    var normalized = before
    try normalized.estimateNormalization(batches: 0, using: &generator) { _ in Matrix(rows: 1, columns: 3) }
    #expect(normalized == before)
  }

  @Test func `an equal average starts after its share of the epochs`() throws {
    func epochs(_ configuration: AveragingConfiguration, of total: Int) -> [Int] {
      (0..<total).map { $0 + 1 }.filter { configuration.includesEnd(ofEpoch: $0, of: total) }
    }
    var late = AveragingConfiguration.Equal()
    #expect(epochs(.equal(late), of: 8) == [7, 8])
    #expect(epochs(.equal(late), of: 1) == [1])
    late.start = 0
    #expect(epochs(.equal(late), of: 3) == [1, 2, 3])
    var moving = AveragingConfiguration.Exponential()
    #expect(epochs(.exponential(moving), of: 3) == [] && AveragingConfiguration.exponential(moving).isPerStep)
    moving.per = .epoch
    #expect(epochs(.exponential(moving), of: 3) == [1, 2, 3] && !AveragingConfiguration.exponential(moving).isPerStep)
  }
}
