import AttuneCore
import AttuneInference
import AttuneTraining
import Testing

@Suite struct TentTests {
  private let context = AdaptationContext(task: .classification)

  private func network() -> Network {
    var generator = Philox(seed: 21)
    return Network.mlp(inputDimension: 5, hidden: [16, 8], outputDimension: 4, batchNorm: true, using: &generator)
  }

  private func tent(learningRate: Double, steps: Int = 1) throws -> Recipe<Tent> {
    var rule = SGD.Configuration()
    (rule.learningRate, rule.momentum) = (learningRate, 0)
    return try Recipe { ($0.optimizer, $0.timing.steps) = (.sgd(rule), steps) }
  }

  private func batches(_ count: Int, rows: Int = 32) -> [Matrix] {
    var generator = Philox(seed: 22)
    return (0..<count).map { _ in generator.normal(rows: rows, columns: 5) }
  }

  @Test func `learning rate zero equals bn-batch`() throws {
    let still = try tent(learningRate: 0)
    let batchNorm = try Recipe<BatchNormBatch>()
    var state = try still.start(network(), in: context), other = try batchNorm.start(network(), in: context)
    for batch in batches(5) {
      #expect(try still.predict(batch, &state) == batchNorm.predict(batch, &other))
    }
    #expect(state.network == network())
  }

  @Test func `two steps return the logits after one update and make two`() throws {
    let once = try tent(learningRate: 0.05), twice = try tent(learningRate: 0.05, steps: 2)
    let batch = batches(1)[0]
    var single = try once.start(network(), in: context), double = try twice.start(network(), in: context)
    _ = try once.predict(batch, &single)
    let afterOne = try once.predict(batch, &single)
    #expect(try twice.predict(batch, &double) == afterOne)
    #expect(double.network == single.network)
  }

  @Test func `a small step lowers the entropy of the batch, by scale and shift only`() throws {
    let strategy = try tent(learningRate: 0.01)
    let batch = batches(1, rows: 64)[0]
    var state = try strategy.start(network(), in: context)
    var last = Float.infinity
    for _ in 0..<20 {
      let entropies = try strategy.predict(batch, &state).rowEntropies().elements
      let mean = entropies.reduce(0, +) / 64
      #expect(mean < last)
      last = mean
    }
    let before = network()
    for id in before.parameterIDs {
      let isAffine = before.normalizationParameterIDs.contains(id)
      #expect((state.network[id] == before[id]) == !isAffine, "\(id)")
    }
    for index in before.normalizationLayers {
      #expect(state.network[normalization: index].runningMean == before[normalization: index].runningMean)
      #expect(state.network[normalization: index].runningVariance == before[normalization: index].runningVariance)
    }
  }

  @Test(arguments: [1e3, 1e18, 1e30, 1e38])
  func `a huge learning rate gives finite answers or the error that says so, never silent NaN`(rate: Double) throws {
    let strategies = try [
      tent(learningRate: rate), Recipe<Tent> { $0.optimizer = .adam(Adam.Configuration(learningRate: rate)) },
    ]
    for strategy in strategies {
      var state = try strategy.start(network(), in: context), errors = 0
      for batch in batches(20) {
        do {
          #expect(try strategy.predict(batch, &state).isFinite)
        } catch let error as DivergedAdaptation {
          errors += 1
          #expect(
            error.description == "strategy 'tent' has diverged: its output is not finite for finite inputs; lower its "
              + "learning rate and start again")
        }
      }
      if rate < 1e6 { #expect(errors == 0) }
      // Below that the layers after a normalization bring the numbers back to size.
      if rate >= 1e38, case .adam = strategy.configuration.recipe.optimizer { #expect(errors > 0) }
    }
  }

  @Test func `a value that is not finite gives answers that are not, and reaches no parameter`() throws {
    let strategy = try Recipe<Tent>()
    var state = try strategy.start(network(), in: context)
    var broken = batches(1)[0]
    broken[0, 0] = .nan
    #expect(try !strategy.predict(broken, &state).isFinite)
    #expect(state.network == network())
    #expect(try strategy.predict(batches(1)[0], &state).isFinite)
  }

  @Test func `a regression model is refused`() throws {
    let error = #expect(throws: ClassificationOnly.self) {
      try Recipe<Tent>().start(network(), in: AdaptationContext(task: .regression))
    }
    #expect(
      error?.description
        == "strategy 'tent' is for classification, as its part 'objectives: entropy' needs classes, and the model predicts "
        + "numbers; choose another strategy")
  }

  @Test func `steps below one are refused`() {
    let error = #expect(throws: ConfigValueError.self) { try tent(learningRate: 0.1, steps: 0) }
    #expect(error?.description == "steps: must be at least 1, found '0'")
  }
}
