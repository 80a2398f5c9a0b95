import AttuneCore
import AttuneInference
import Testing

@Suite struct BatchNormStrategyTests {
  private let context = AdaptationContext(task: .classification)

  /// A network whose running statistics are far from those of the stream.
  private func network(hidden: [Int] = [12, 8]) -> Network {
    var generator = Philox(seed: 2)
    var network = Network.mlp(
      inputDimension: 4, hidden: hidden, outputDimension: 3, batchNorm: true, using: &generator)
    for index in network.normalizationLayers {
      let width = network[normalization: index].dimension
      network[normalization: index].runningMean = generator.normal(rows: 1, columns: width)
      network[normalization: index].runningVariance = generator.uniform(rows: 1, columns: width, in: 0.5..<3)
    }
    return network
  }

  private func stream(rows: [Int] = [32, 2, 16, 32, 7]) -> [Matrix] {
    var generator = Philox(seed: 11)
    return rows.map { generator.normal(rows: $0, columns: 4).map { 2 * $0 + 1 } }
  }

  private func outputs(_ strategy: some AdaptationStrategy, _ stream: [Matrix]) throws -> [Matrix] {
    var running = try strategy.run(network(), in: context)
    return try stream.map { try running.predict($0) }
  }

  private func prior(_ value: Double, _ variance: VarianceConvention = .biased) throws -> CustomRecipe {
    var configuration = PriorNormalization.Configuration()
    (configuration.prior, configuration.variance) = (value, variance)
    try configuration.validate()
    return try CustomRecipe { $0.statistics = .part(PriorNormalization.self, configuration) }
  }

  private func average(_ momentum: Double, _ variance: VarianceConvention = .biased) throws -> CustomRecipe {
    var configuration = MovingNormalization.Configuration()
    (configuration.momentum, configuration.variance) = (momentum, variance)
    try configuration.validate()
    return try CustomRecipe { $0.statistics = .part(MovingNormalization.self, configuration) }
  }

  @Test func `bn-prior with prior zero equals bn-batch, also for one row`() throws {
    let stream = stream(rows: [32, 2, 1, 16])
    #expect(try outputs(prior(0), stream) == outputs(Recipe<BatchNormBatch>(), stream))
  }

  @Test func `bn-prior with a prior beyond all rows equals no adaptation`() throws {
    #expect(try outputs(prior(.infinity), stream()) == outputs(NoAdaptation(), stream()))
  }

  @Test func `bn-ema with momentum one equals bn-batch, with momentum zero no adaptation`() throws {
    #expect(try outputs(average(1), stream()) == outputs(Recipe<BatchNormBatch>(), stream()))
    #expect(try outputs(average(0), stream()) == outputs(NoAdaptation(), stream()))
    #expect(try outputs(NoAdaptation(), stream()) != outputs(Recipe<BatchNormBatch>(), stream()))
  }

  @Test func `the variance convention matters by n over n minus one`() throws {
    // One layer, weight 1 on the batch: the variance of 2 rows doubles.
    let batch = Matrix([[0, 0, 0, 1], [1, 2, 3, 4]])
    for (convention, factor) in [(VarianceConvention.biased, Float(1)), (.unbiased, 2)] {
      var state = try average(1, convention).start(network(hidden: [5]), in: context)
      _ = try average(1, convention).predict(batch, &state)
      let hidden = batch.linear(weight: state.network[ParameterID(layer: 0, role: .weight)], bias: nil)
      for j in 0..<5 {
        let half = (hidden[0, j] - hidden[1, j]) / 2
        #expect(abs(state.network[normalization: 1].runningVariance[0, j] - factor * half * half) < 1e-5)
      }
    }
  }

  @Test func `bn-ema converges to the statistics of a stationary stream`() throws {
    // One and the same batch again and again: the distance of the first layer shrinks by 0.9 a batch.
    let batch = stream(rows: [64])[0], strategy = try average(0.1)
    var state = try strategy.start(network(), in: context)
    var last = Matrix(rows: 0, columns: 0)
    for _ in 0..<300 { last = try strategy.predict(batch, &state) }
    let exact = try outputs(Recipe<BatchNormBatch>(), [batch])[0]
    for (found, wanted) in zip(last.elements, exact.elements) { #expect(abs(found - wanted) < 1e-4) }
    // Independent batches: the mean over about 1/m batches of 64.
    var generator = Philox(seed: 12)
    let slow = try average(0.02)
    for _ in 0..<600 { _ = try slow.predict(generator.normal(rows: 64, columns: 4).map { 2 * $0 + 1 }, &state) }
    guard case .linear(let first) = state.network.layers[0] else { throw MissingNormalization(strategy: "test") }
    for j in 0..<12 {
      // Of h = w·x + b with x = 1 + 2 z: mean b + Σ w, variance 4 Σ w².
      let w = first.weight.row(j), mean = w.reduce(first.bias?[0, j] ?? 0, +)
      let variance = 4 * w.reduce(0) { $0 + $1 * $1 }
      #expect(abs(state.network[normalization: 1].runningMean[0, j] - mean) < 0.15 * variance.squareRoot())
      #expect(abs(state.network[normalization: 1].runningVariance[0, j] / variance - 1) < 0.15)
    }
  }

  @Test func `a stream of single rows leaves bn-ema as it is`() throws {
    // The variance of one row is zero: averaged in, 0.9ⁿ of the variance would be left and the outputs would explode.
    let strategy = try average(0.1)
    var state = try strategy.start(network(), in: context)
    let rows = stream(rows: Array(repeating: 1, count: 300))
    for row in rows { #expect(try strategy.predict(row, &state) == network().predict(row)) }
    #expect(state.network == network())
  }

  @Test func `a value that is not finite does not stay in the moving average`() throws {
    let strategy = try average(0.1)
    var state = try strategy.start(network(), in: context)
    _ = try strategy.predict(stream()[0], &state)
    let before = state.network
    for value in [Float.nan, .infinity] {
      var broken = stream()[0]
      broken[3, 1] = value
      #expect(try !strategy.predict(broken, &state).isFinite)
      #expect(state.network == before)
    }
    #expect(try strategy.predict(stream()[2], &state).isFinite)
  }

  @Test func `a network without batch norm is refused with what to do`() throws {
    var generator = Philox(seed: 1)
    let plain = Network.mlp(inputDimension: 4, hidden: [5], outputDimension: 3, using: &generator)
    let strategies: [any AdaptationStrategy] = [
      try Recipe<BatchNormBatch>(), try Recipe<BatchNormPrior>(), try Recipe<BatchNormMovingAverage>(),
      try Recipe<Tent>(),
    ]
    for strategy in strategies {
      let error = #expect(throws: MissingNormalization.self) { try strategy.run(plain, in: context) }
      #expect(
        error?.description == "strategy '\(type(of: strategy).name)' adapts normalization, and the network has "
          + "no batch-norm layer and the model no statistics of its inputs; set network.batchNorm: true, train the model "
          + "with attune, or choose another strategy")
    }
  }

  @Test(arguments: [-0.1, 1.1, .nan]) func `a momentum outside of zero to one is refused`(value: Double) {
    let error = #expect(throws: ConfigValueError.self) { try average(value) }
    #expect(error?.description == "momentum: must be at least 0 and at most 1, found '\(value)'")
  }

  @Test(arguments: [-1, .nan]) func `a negative prior is refused`(value: Double) {
    let error = #expect(throws: ConfigValueError.self) { try prior(value) }
    #expect(error?.description == "prior: must be at least 0, found '\(value == -1 ? "-1" : "nan")'")
  }
}
