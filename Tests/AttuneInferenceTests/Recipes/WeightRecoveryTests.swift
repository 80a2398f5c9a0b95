@testable import AttuneInference
import AttuneCore
import AttuneTraining
import Foundation
import Testing

/// What draws weights back, and the prior correction, against their formulas.
@Suite struct WeightRecoveryTests {
  private let id = ParameterID(layer: 1, role: .weight)
  private let context = AdaptationContext(task: .classification, generator: Philox(seed: 3))

  private func network() -> Network {
    var generator = Philox(seed: 32)
    return Network.mlp(inputDimension: 5, hidden: [16], outputDimension: 4, batchNorm: true, using: &generator)
  }

  private func start(_ scope: ParameterScope.Kind = .normAffine) throws -> RecipeState {
    try CustomRecipe {
      $0.scope = ParameterScope(scope)
      $0.objectives = [.part(EntropyObjective.self)]
    }.start(network(), in: context)
  }

  private var setup: RecipeSetup {
    RecipeSetup(
      strategy: "test", network: network(), context: context, parameters: network().normalizationParameterIDs)
  }
  private let step = AdaptationStep(loss: 0, rows: 1)

  @Test func `weight ensembling mixes the source in and leaves other weights`() throws {
    var state = try start(), settings = WeightEnsembling.Configuration()
    settings.momentum = 0.9
    var part = try WeightEnsembling(settings, in: setup)
    let other = ParameterID(layer: 0, role: .weight)
    for parameter in [id, other] { state.run.network[parameter] = state.run.network[parameter].map { $0 + 2 } }
    part.afterStep(step, &state.run)
    for (found, source) in zip(state.network[id].elements, network()[id].elements) {
      #expect(abs(Double(found) - (0.9 * Double(source + 2) + 0.1 * Double(source))) < 1e-6)
    }
    #expect(state.network[other] == network()[other].map { $0 + 2 })
  }

  @Test func `the Kalman filter follows its recursion in Double`() throws {
    var state = try start(), settings = KalmanEnsembling.Configuration()
    (settings.hiddenMomentum, settings.momentum, settings.noise) = (0.95, 0.8, 0.03)
    var part = try KalmanEnsembling(settings, in: setup)
    let source = network()[id].elements.map(Double.init)
    var hidden = source, model = source, variance = 0.0
    for round in 1...6 {
      let move = Double(round) / 10
      state.run.network[id] = state.run.network[id].map { $0 + Float(move) }
      part.afterStep(step, &state.run)
      variance = 0.95 * 0.95 * variance + 0.03
      let gain = max(0.89, 0.97 / (variance + 0.97))
      variance *= gain
      for i in source.indices {
        model[i] += move
        hidden[i] = 0.95 * hidden[i] + 0.05 * source[i]
        hidden[i] = gain * hidden[i] + (1 - gain) * model[i]
        model[i] = 0.8 * model[i] + 0.2 * hidden[i]
        #expect(abs(Double(state.network[id].elements[i]) - model[i]) < 1e-5, "round \(round)")
      }
      #expect(abs(part.state.variance - variance) < 1e-12)
    }
    part.afterReset(state.run)
    #expect(part.state.hidden.isEmpty && part.state.variance == 0)
  }

  @Test func `a reset by another part takes the hidden model along`() throws {
    let episodic = try Recipe<ContinualMomentumFiltering> { $0.recovery.append(.part(EpisodicReset.self)) }
    var state = try episodic.start(network(), in: context), generator = Philox(seed: 5)
    _ = try episodic.predict(generator.normal(rows: 16, columns: 5), &state)
    let kalman = try #require(state.recovery.first as? KalmanEnsembling)
    let noise = KalmanEnsembling.Configuration().noise, once = noise * (1 - noise) / (noise + 1 - noise)
    #expect(abs(kalman.state.variance - once) < 1e-15)
    _ = try episodic.predict(generator.normal(rows: 16, columns: 5), &state)
    #expect((state.recovery.first as? KalmanEnsembling)?.state.variance == kalman.state.variance)
  }

  @Test func `noise that is not below 1 is refused`() {
    var settings = KalmanEnsembling.Configuration()
    settings.noise = 1
    #expect(throws: ConfigValueError.self) { try settings.validate() }
    settings.scalesNoise = true
    #expect(throws: Never.self) { try settings.validate() }
  }

  @Test func `stochastic restore gives about its share of all weights back, others each time`() throws {
    var state = try start(.all), settings = StochasticRestore.Configuration()
    settings.probability = 0.25
    var part = try StochasticRestore(settings, in: setup), places: [[Int]] = []
    for _ in 0..<2 {
      for parameter in state.run.adaptedParameters {
        state.run.network[parameter] = network()[parameter].map { $0 + 1 }
      }
      var copy = part, other = state
      part.afterStep(step, &state.run)
      copy.afterStep(step, &other.run)
      #expect(state.network == other.network, "the same step draws other weights")
      let pairs = state.run.adaptedParameters.flatMap { parameter in
        Array(zip(state.network[parameter].elements, network()[parameter].elements))
      }
      #expect(pairs.allSatisfy { $0 == $1 || abs($0 - $1 - 1) < 1e-5 })
      places.append(pairs.indices.filter { pairs[$0].0 == pairs[$0].1 })
      // Five standard deviations of a binomial.
      let count = Double(pairs.count)
      #expect(abs(Double(places.last?.count ?? 0) - count / 4) < 5 * (count * 3 / 16).squareRoot())
    }
    #expect(places[0] != places[1])
    settings.probability = 0
    var never = try StochasticRestore(settings, in: setup)
    let before = state.network
    never.afterStep(step, &state.run)
    #expect(state.network == before)
  }

  @Test(arguments: PriorCorrection.Target.allCases)
  func `the prior multiplies logits or probabilities by the smoothed mean`(target: PriorCorrection.Target) throws {
    var settings = PriorCorrection.Configuration(), generator = Philox(seed: 6)
    settings.on = target
    var part = PriorCorrection(settings, in: setup)
    let logits = generator.normal(rows: 3, columns: 4).scaled(by: 2)
    var answer = Answer(rows: logits, logits: logits, features: logits, network: network())
    part.correct(&answer, using: &generator)
    let z = (0..<3).map { logits.row($0).map(Double.init) }, p = z.map(softmax)
    let mean = (0..<4).map { k in p.reduce(0) { $0 + $1[k] } / 3 }
    let smoothing = (1 / 3.0) / (mean.max() ?? 0)
    let prior = mean.map { ($0 + smoothing) / (1 + 4 * smoothing) }
    for row in 0..<3 {
      let product = zip(p[row], prior).map { $0 * $1 }, sum = product.reduce(0, +)
      let found = answer.logits.row(row).map(Double.init)
      for k in 0..<4 {
        switch target {
        case .logits: #expect(abs(found[k] - z[row][k] * prior[k]) < 1e-5)
        case .probabilities: #expect(abs(softmax(found)[k] - product[k] / sum) < 1e-6)
        }
      }
    }
  }

  @Test func `a row that is not finite does not spoil the prior of the others`() throws {
    var part = PriorCorrection(in: setup), generator = Philox(seed: 7)
    var logits = generator.normal(rows: 4, columns: 4)
    logits[2, 1] = .nan
    var answer = Answer(rows: logits, logits: logits, features: logits, network: network())
    part.correct(&answer, using: &generator)
    #expect([0, 1, 3].allSatisfy { answer.logits.row($0).allSatisfy(\.isFinite) })
  }
}
