@testable import AttuneInference
import AttuneCore
import AttuneTraining
import Testing

/// Ten consecutive batches against the published code of ROID and CMF.
@Suite struct PublishedEnsemblingTests {
  struct ROIDTrace: Decodable { let probabilities: [[Double]] }
  struct CMFTrace: Decodable { let beta: [Double], hiddenVariance: [Double] }

  private func use<Trace>(
    _ variant: TracedFixture<Trace>.Variant, _ recipe: inout RecipeConfiguration
  ) throws {
    recipe.optimizer = try variant.optimizer()
    recipe.augmentations = []
    switch variant.settings["consistency"]?.text {
    case nil: recipe.objectives.removeLast()
    case "noise": recipe.augmentations = [.part(StoredNoise.self, StoredNoise.Configuration())]
    default: break
    }
  }

  @Test(arguments: [
    "adam", "fastAdam", "sgd", "noPriorCorrection", "noWeighting", "strongSource", "consistencyIdentity",
    "consistencyNoise",
  ])
  func `roid gives the published logits, weights and averages`(name: String) throws {
    let problem = try PublishedProblem()
    let variant = try #require(try TracedFixture<ROIDTrace>.load("roid")[name])
    var recipe = RobustOnlineIdentification.recipe
    try use(variant, &recipe)
    if variant.settings["prior"]?.flag == false { recipe.correction = [] }
    if variant.settings["weighting"]?.flag == false { recipe.selection = [] }
    if let momentum = variant.settings["momentumSource"]?.number {
      var ensembling = WeightEnsembling.Configuration()
      ensembling.momentum = momentum
      recipe.recovery = [.part(WeightEnsembling.self, ensembling)]
    }
    let strategy = try Recipe<RobustOnlineIdentification>(.init(recipe))
    let state = try strategy.check(against: variant.logits, on: problem, name)
    try check(state.network, against: variant.final.filter { !$0.key.contains("running") }, name)
    if let selection = state.run.adapted.selection.first as? CertaintyDiversity {
      for (found, expected) in zip(selection.state.average, try #require(variant.trace.probabilities.last)) {
        #expect(abs(found - expected) < 1e-6)
      }
    }
  }

  @Test(arguments: ["asPublished", "scaled", "largest", "consistencyNoise"])
  func `cmf gives the published logits, weights and hidden model`(name: String) throws {
    let problem = try PublishedProblem()
    let variant = try #require(try TracedFixture<CMFTrace>.load("cmf")[name])
    var recipe = ContinualMomentumFiltering.recipe
    try use(variant, &recipe)
    var filter = KalmanEnsembling.Configuration()
    filter.scalesNoise = true
    filter.noise = variant.settings["q"]?.number ?? filter.noise
    filter.hiddenMomentum = variant.settings["alpha"]?.number ?? filter.hiddenMomentum
    filter.momentum = variant.settings["gamma"]?.number ?? filter.momentum
    recipe.recovery = [.part(KalmanEnsembling.self, filter)]
    let strategy = try Recipe<ContinualMomentumFiltering>(.init(recipe))
    let state = try strategy.check(against: variant.logits, on: problem, name)
    try check(state.network, against: variant.final.filter { !$0.key.contains("running") }, name)
    let kalman = try #require(state.recovery.first as? KalmanEnsembling)
    #expect(abs(kalman.state.variance - (try #require(variant.trace.hiddenVariance.last))) < 1e-12)
    for (id, hidden) in zip(state.run.adaptedParameters, kalman.state.hidden) {
      let expected = try #require(variant.final["hidden.\(id)"])
      #expect((zip(hidden.elements, expected).map { abs($0 - $1) }.max() ?? 1) < publishedTolerance, "\(name), \(id)")
    }
  }
}
