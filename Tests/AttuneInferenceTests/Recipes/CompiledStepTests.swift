@testable import AttuneInference
import AttuneCore
import AttuneTraining
import Foundation
import Testing

/// Steps without a tape of the network against those with one, which are their reference.
@Suite(.enabled(if: CompiledNetwork.isFast)) struct CompiledStepTests {
  private func network() -> Network {
    var generator = Philox(seed: 71)
    var network = Network.mlp(
      inputDimension: 9, hidden: [21, 34, 13], outputDimension: 5, batchNorm: true, dropout: 0.2, using: &generator)
    for index in network.normalizationLayers { network[normalization: index].gamma.scale(by: 1.5) }
    return network
  }

  private func batches(_ sizes: [Int]) -> [Matrix] {
    var generator = Philox(seed: 72)
    return sizes.map { generator.normal(rows: $0, columns: 9).map { 1.3 * $0 + 0.4 } }
  }

  private var context: AdaptationContext {
    let samples = batches([150])[0]
    return AdaptationContext(
      task: .classification, source: SourceStatistics(inputs: samples), samples: SourceSamples(inputs: samples),
      generator: Philox(seed: 73))
  }

  /// Roundings that a few steps carry on, relative to the largest number.
  private static let tolerance: Float = 1e-4

  private func expectClose(_ found: Matrix, _ expected: Matrix, _ what: String) {
    let scale = expected.elements.reduce(Float(1e-3)) { max($0, abs($1)) }
    let difference = zip(found.elements, expected.elements).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    #expect(found.shape == expected.shape && difference <= Self.tolerance * scale, "\(what): \(difference) of \(scale)")
  }

  @Test(arguments: CompiledStepCase.all) func `answers and parameters are those with a tape`(example: CompiledStepCase)
    throws
  {
    let name = example.testDescription, strategy = try CustomRecipe(example.change)
    var compiled = try strategy.start(network(), in: context), taped = compiled
    #expect(compiled.run.passes != nil)
    taped.run.passes = nil
    for batch in batches([64, 33, 1, 2, 40, 64]) {
      let before = try strategy.answer(batch, compiled)
      expectClose(before, try strategy.answer(batch, taped), "\(name), answer to \(batch.rows) rows")
      let found = try strategy.predict(batch, &compiled), expected = try strategy.predict(batch, &taped)
      expectClose(found, expected, "\(name), \(batch.rows) rows")
      for id in compiled.network.parameterIDs {
        expectClose(compiled.network[id], taped.network[id], "\(name), \(id) after \(batch.rows) rows")
      }
      for layer in compiled.network.normalizationLayers {
        let (mine, theirs) = (compiled.network[normalization: layer], taped.network[normalization: layer])
        expectClose(mine.runningMean, theirs.runningMean, "\(name), mean of layer \(layer)")
        expectClose(mine.runningVariance, theirs.runningVariance, "\(name), variance of layer \(layer)")
      }
    }
    let isStill = strategy.configuration.recipe.scope.kind == .none
    #expect((compiled.network == network()) == isStill, "\(name): a test of steps makes steps")
  }

  @Test(arguments: CompiledStepCase.all) func `a copy, and one by way of a file, go on to the same bits`(
    example: CompiledStepCase
  ) throws {
    let name = example.testDescription, strategy = try CustomRecipe(example.change)
    let network = network(), context = context
    var state = try strategy.start(network, in: context)
    let stream = batches([64, 33, 1, 17, 64])
    for batch in stream.prefix(2) { _ = try strategy.predict(batch, &state) }
    var copy = state
    let restore: @Sendable (any Decoder) throws -> RecipeState = {
      try strategy.restore(from: $0, network, in: context)
    }
    let decoder = JSONDecoder()
    decoder.userInfo[try #require(Kept.key)] = restore
    var kept = try decoder.decode(Kept.self, from: try JSONEncoder().encode(state)).state
    for batch in stream.dropFirst(2) {
      let answer = try strategy.predict(batch, &state)
      #expect(try strategy.predict(batch, &copy) == answer, "\(name), copy, \(batch.rows) rows")
      #expect(try strategy.predict(batch, &kept) == answer, "\(name), kept, \(batch.rows) rows")
    }
  }

  private struct Kept: Decodable {
    static let key = CodingUserInfoKey(rawValue: "restore")
    let state: RecipeState
    init(from decoder: any Decoder) throws {
      let key = try #require(Self.key)
      let restore = try #require(decoder.userInfo[key] as? @Sendable (any Decoder) throws -> RecipeState)
      state = try restore(decoder)
    }
  }
}
