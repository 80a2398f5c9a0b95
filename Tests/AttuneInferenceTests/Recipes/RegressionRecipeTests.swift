import AttuneCore
import AttuneInference
import AttuneTraining
import Testing

/// Recipes on models that predict numbers.
@Suite struct RegressionRecipeTests {
  private var network: Network {
    var generator = Philox(seed: 71)
    return Network.mlp(inputDimension: 4, hidden: [12, 8], outputDimension: 1, batchNorm: true, using: &generator)
  }

  private func rows(_ count: Int, shift: Float = 0) -> Matrix {
    var generator = Philox(seed: 72)
    return generator.normal(rows: count, columns: 4).map { $0 + shift }
  }

  private var context: AdaptationContext {
    let samples = rows(300)
    return AdaptationContext(
      task: .regression, source: SourceStatistics(inputs: samples), samples: SourceSamples(inputs: samples))
  }

  @Test func `policies of batch norm answer regression models as they do classifiers`() throws {
    let batch = rows(20, shift: 1), strategy = try Recipe<BatchNormBatch>()
    var state = try strategy.start(network, in: context)
    let expected = try network.forward(batch, on: Tape(), statistics: .batch).output.value
    let found = try strategy.predict(batch, &state)
    #expect(zip(found.elements, expected.elements).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(try found != network.predict(batch))
    for entry in StrategyRegistry.builtIn.all where entry.name.hasPrefix("bn-") || entry.name == "foa-shift" {
      let type = try #require(entry.type as? any DefaultRecipe.Type, "\(entry.name)")
      var running = try type.makeDefault().run(network, in: context)
      #expect(try running.predict(batch).isFinite)
    }
  }

  @Test func `parts that need no classes learn together`() throws {
    let strategy = try CustomRecipe {
      $0.scope = ParameterScope(.normAffine)
      $0.objectives = [.part(MomentMatching.self), .part(SubspaceAlignment.self, weight: 0.1)]
      $0.memory = .part(FirstInFirstOut.self)
      $0.recovery = [.part(WeightEnsembling.self), .part(StochasticRestore.self), .part(KalmanEnsembling.self)]
      $0.statistics = .part(MovingNormalization.self)
    }
    var state = try strategy.start(network, in: context)
    _ = try strategy.predict(rows(128, shift: 1), &state)
    #expect(state.network != network)
    #expect(state.network.parameterIDs.allSatisfy { id in state.network[id].isFinite })
  }

  private func error(_ change: (inout RecipeConfiguration) -> Void) throws -> ClassificationOnly? {
    let strategy = try CustomRecipe(change)
    return #expect(throws: ClassificationOnly.self) { _ = try strategy.start(network, in: context) }
  }

  @Test func `a part that needs classes is named with its place`() throws {
    let entropy = try error {
      $0.scope = ParameterScope(.all)
      $0.objectives = [.part(MomentMatching.self), .part(EntropyObjective.self)]
    }
    #expect(
      entropy?.description
        == "strategy 'recipe' is for classification, as its part 'objectives: entropy' needs classes, and the model predicts "
        + "numbers; choose another strategy")
    #expect(try error { $0.memory = .part(ClassBalancedMemory.self) }?.part == "memory: class-balanced")
    #expect(try error { $0.selection = [.part(EntropyMargin.self)] }?.part == "selection: entropy-margin")
    #expect(try error { $0.correction = [.part(PriorCorrection.self)] }?.part == "correction: prior")
    #expect(
      try error { $0.recovery = [.part(EpisodicReset.self), .part(FisherPenalty.self)] }?.part == "recovery: fisher")
    let views = try error {
      $0.teacher = TeacherSettings()
      $0.teacher?.views = 2
    }
    #expect(views?.part == "teacher: views")
  }

  @Test func `only recipes without such parts need no classifier`() {
    #expect(SignificantSubspaceAlignment.recipe.requirements.isEmpty)
    #expect(BatchNormBatch.recipe.requirements.count == 1)
    #expect(Tent.recipe.requirements.first == "a classifier")
  }
}

/// A recipe as its preset has it.
private protocol DefaultRecipe {
  static func makeDefault() throws -> any AdaptationStrategy
}

extension Recipe: DefaultRecipe {
  fileprivate static func makeDefault() throws -> any AdaptationStrategy { try Self() }
}
