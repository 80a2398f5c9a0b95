import AttuneCore
import Testing

@Suite struct NetworkTests {
  /// A network with every kind of layer and numbers that are easy to follow.
  static func everyKind() throws -> Network {
    var norm = BatchNorm(dimension: 2, epsilon: 0.25)
    norm.gamma = Matrix(row: [2, 3])
    norm.beta = Matrix(row: [0.5, -1])
    norm.runningMean = Matrix(row: [1, -2])
    norm.runningVariance = Matrix(row: [3.75, 0])
    return try Network([
      .linear(Linear(weight: Matrix([[1, 2, 0], [0, -1, 1]]), bias: Matrix(row: [0.5, -0.5]))), .batchNorm(norm),
      .activation(.relu), .dropout(rate: 0.5), .linear(Linear(weight: Matrix([[1, -1]]), bias: nil)),
    ])
  }

  @Test func `the outputs are those of a calculation by hand`() throws {
    let network = try Self.everyKind(), x = Matrix([[1, 1, 1], [2, 0, 1]])
    // Linear: [3.5, -0.5], [2.5, 0.5]. Batch norm divides by 2 and 0.5: [3, 8], [2, 14]. ReLU keeps them all.
    #expect(try network.predict(x) == Matrix([[-5], [-12]]))
    #expect(try network.features(x) == Matrix([[3, 8], [2, 14]]))
    let pass = try network.forward(x, on: Tape(), statistics: .running)
    #expect(pass.output.value == Matrix([[-5], [-12]]))
    #expect(pass.statistics[1]?.batchWeight == 0)
    #expect(network.outputLayerIndex == 4)
    #expect(network.parameterCount == 6 + 2 + 2 + 2 + 2)
  }

  @Test func `each policy takes its share of the batch`() throws {
    let layer = try Self.everyKind()[normalization: 1], batch = Matrix([[0, 2], [2, 4], [4, 6]])
    func statistics(_ policy: NormalizationPolicy) -> NormalizationStatistics {
      NormalizationStatistics(policy, layer: layer, batch: batch)
    }
    let running = statistics(.running), full = statistics(.batch)
    #expect((running.mean, running.variance) == (layer.runningMean, layer.runningVariance))
    #expect(full.mean == Matrix(row: [2, 4]))
    #expect(full.variance.elements.allSatisfy { abs($0 - 8.0 / 3) < 1e-6 })
    let blend = statistics(.blend(weight: 0.25, variance: .unbiased))
    #expect(blend.mean == Matrix(row: [1.25, -0.5]))
    #expect(zip(blend.variance.elements, [0.75 * 3.75 + 0.25 * 4, 1]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(abs(blend.varianceCorrection - 1.5) < 1e-6)
    let one = NormalizationStatistics(
      .blend(weight: 1, variance: .unbiased), layer: layer, batch: Matrix(row: [3, 4]))
    #expect((one.mean, one.variance) == (Matrix(row: [3, 4]), Matrix(row: [0, 0])))
  }

  @Test func `running statistics move by the momentum towards the unbiased variance`() throws {
    var network = try Self.everyKind()
    let statistics = NormalizationStatistics(
      .batch, layer: network[normalization: 1], batch: Matrix([[0, 2], [2, 4], [4, 6]]))
    network.updateRunningStatistics([1: statistics], rows: 3)
    let norm = network[normalization: 1]
    #expect(zip(norm.runningMean.elements, [0.9 + 0.2, -1.8 + 0.4]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(zip(norm.runningVariance.elements, [0.9 * 3.75 + 0.4, 0.4]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `changing a parameter in place copies nothing`() throws {
    var network = try Self.everyKind()
    for id in network.parameterIDs {
      // Small matrices share nothing: the address says whether the storage stayed.
      let before = network[id].withElements { UInt(bitPattern: $0.baseAddress) }
      network[id].withMutableElements { $0[0] += 1 }
      network[id].add(Matrix(rows: network[id].rows, columns: network[id].columns, repeating: 1))
      #expect(network[id].withElements { UInt(bitPattern: $0.baseAddress) } == before, "\(id)")
    }
    let snapshot = network, id = network.parameterIDs[0], value = network[id][0, 0]
    network[id][0, 0] = 100
    #expect(snapshot[id][0, 0] == value)
    #expect(network != snapshot)
  }

  @Test func `a parameter keeps its shape`() async {
    await #expect(processExitsWith: .failure) {
      var network = try NetworkTests.everyKind()
      network[ParameterID(layer: 0, role: .weight)] = Matrix(row: [1])
    }
    await #expect(processExitsWith: .failure) {
      var network = try NetworkTests.everyKind()
      network[normalization: 1].runningMean = Matrix(row: [1])
    }
    await #expect(processExitsWith: .failure) {
      _ = try NetworkTests.everyKind()[ParameterID(layer: 4, role: .bias)]
    }
  }

  private func error(_ layers: [Layer]) -> String? {
    do {
      _ = try Network(layers)
      return nil
    } catch { return "\(error)" }
  }

  @Test func `layers that do not fit are refused by name`() throws {
    let linear = Linear(weight: Matrix(rows: 2, columns: 3), bias: nil)
    var norm = BatchNorm(dimension: 2)
    norm.runningVariance = Matrix(row: [1])
    var biased = linear
    biased.bias = Matrix(row: [1, 2, 3])
    #expect(error([]) == "network: expected at least one linear layer, found none")
    #expect(error([.activation(.relu)]) == "network: expected at least one linear layer, found none")
    #expect(error([.linear(linear), .linear(linear)]) == "layer 1 (linear): expected 3 input features, found 2")
    #expect(
      error([.linear(linear), .batchNorm(BatchNorm(dimension: 3))])
        == "layer 1 (batch norm): expected 3 input features, found 2")
    #expect(
      error([.linear(linear), .batchNorm(norm)])
        == "layer 1 (batch norm): expected parameters and statistics [1, 2], found [1, 1]")
    #expect(error([.linear(biased)]) == "layer 0 (linear): expected a bias [1, 2], found [1, 3]")
    let first = try Network([.batchNorm(BatchNorm(dimension: 3)), .linear(linear)])
    #expect((first.inputDimension, first.outputDimension) == (3, 2))
  }

  @Test func `inputs that do not fit are refused with both widths`() throws {
    let network = try Self.everyKind()
    let wrong = ShapeError(operation: "network", expected: "3 input features", found: "2 columns")
    #expect(throws: wrong) { try network.predict(Matrix(row: [1, 2])) }
    #expect(throws: wrong) { try network.features(Matrix(row: [1, 2])) }
    #expect(throws: wrong) { try network.forward(Matrix(row: [1, 2]), on: Tape(), statistics: .batch) }
    let empty = ShapeError(operation: "batch norm", expected: "a batch of at least one row", found: "none")
    #expect(throws: empty) { try network.forward(Matrix(rows: 0, columns: 3), on: Tape(), statistics: .batch) }
    #expect(try network.predict(Matrix(rows: 0, columns: 3)).shape == Shape(rows: 0, columns: 1))
  }

  @Test func `a state dictionary and the architecture give the network back`() throws {
    let network = try Self.everyKind(), state = network.stateDictionary
    #expect(
      state.keys.sorted() == [
        "0.bias", "0.weight", "1.bias", "1.running_mean", "1.running_var", "1.weight", "4.weight",
      ])
    let restored = try Network(network.architecture) { name, shape in
      let entry = try #require(state[name])
      #expect(entry.shape == shape)
      return entry.matrix
    }
    #expect(restored == network)
  }

  @Test func `sizes below one are refused before a number is asked for`() {
    let lies: [LayerDescription] = [
      .linear(inputs: 0, outputs: 1 << 62, bias: false), .linear(inputs: 3, outputs: -1, bias: true),
      .batchNorm(features: 0, epsilon: 1e-5, momentum: 0.1),
    ]
    for lie in lies {
      #expect(throws: ShapeError.self) {
        try Network([lie]) { name, _ in
          Issue.record("asked for \(name)")
          return Matrix(rows: 0, columns: 0)
        }
      }
    }
  }

  @Test func `dropout keeps the mean while training and is off at inference`() throws {
    let identity = Matrix([[1, 0], [0, 1]])
    let network = try Network([.dropout(rate: 0.3), .linear(Linear(weight: identity, bias: nil))])
    let x = Matrix(rows: 20_000, columns: 2, repeating: 1)
    var generator = Philox(seed: 2)
    let pass = try network.trainingForward(x, on: Tape(), differentiating: [], using: &generator)
    let values = Set(pass.output.value.elements)
    #expect(values == [0, 1 / (1 - Float(0.3))])
    // Four standard errors: √(0.3 / 0.7) / √40,000 = 0.0033.
    #expect(abs(pass.output.value.mean - 1) < 0.0131)
    #expect(generator != Philox(seed: 2))
    #expect(try network.predict(x) == x)
    #expect(try network.forward(x, on: Tape(), statistics: .batch).output.value == x)
    let all = try Network([.linear(Linear(weight: identity, bias: nil)), .dropout(rate: 1)])
    #expect(try all.trainingForward(x, on: Tape(), differentiating: [], using: &generator).output.value.sum == 0)
  }
}
