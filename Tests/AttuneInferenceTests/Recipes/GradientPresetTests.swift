import AttuneCore
import AttuneInference
import AttuneTraining
import Foundation
import Testing

/// What is particular to single presets.
@Suite struct GradientPresetTests {
  private func network(classes: Int = 3) -> Network {
    var generator = Philox(seed: 61)
    return Network.mlp(
      inputDimension: 4, hidden: [12, 8], outputDimension: classes, batchNorm: true, using: &generator)
  }

  private func batches(_ count: Int, rows: Int = 20, shift: Float = 0) -> [Matrix] {
    var generator = Philox(seed: 62)
    return (0..<count).map { _ in generator.normal(rows: rows, columns: 4).map { $0 + shift } }
  }

  private func context(_ samples: Matrix) -> AdaptationContext {
    AdaptationContext(
      task: .classification, source: SourceStatistics(inputs: samples), samples: SourceSamples(inputs: samples))
  }

  @Test func `memo answers each row by itself, from the source, whatever stands before it`() throws {
    let batch = batches(1)[0], context = AdaptationContext(task: .classification)
    // Without noise all views are the row: the answers do not depend on the random numbers.
    let strategy = try Recipe<MarginalEntropyMinimization> { $0.augmentations = [] }
    var state = try strategy.start(network(), in: context)
    let together = try strategy.predict(batch, &state)
    for row in 0..<batch.rows {
      var alone = try strategy.start(network(), in: context)
      #expect(try strategy.predict(batch.rows(row..<row + 1), &alone).elements == together.row(row))
    }
    let still = try network().predict(batch)
    #expect(zip(together.rowEntropies().elements, still.rowEntropies().elements).allSatisfy { $0 < $1 })
  }

  @Test func `memo with noise learns from the views and not from the row`() throws {
    let batch = batches(1)[0], context = AdaptationContext(task: .classification)
    let noisy = try Recipe<MarginalEntropyMinimization>()
    let exact = try Recipe<MarginalEntropyMinimization> { $0.augmentations = [] }
    var state = try noisy.start(network(), in: context), other = try exact.start(network(), in: context)
    #expect(try noisy.predict(batch, &state) != exact.predict(batch, &other))
  }

  @Test func `actmad brings the outputs of batch norm nearer to the source's`() throws {
    let samples = batches(1, rows: 400)[0], shifted = batches(30, rows: 64, shift: 1)
    let strategy = try Recipe<ActivationMatching> { $0.optimizer = .adam(Adam.Configuration(learningRate: 3e-3)) }
    var state = try strategy.start(network(), in: context(samples))
    func distance(_ adapted: Network) throws -> Float {
      let source = try network().forward(samples, on: Tape(), statistics: .running).normalized
      let target = try adapted.forward(shifted[0], on: Tape(), statistics: .running).normalized
      return source.keys.sorted().reduce(0) { sum, layer in
        let means = [source, target].map { $0[layer]?.columnMeans().value.elements ?? [] }
        return sum + zip(means[0], means[1]).reduce(0) { $0 + abs($1.0 - $1.1) }
      }
    }
    let before = try distance(network())
    for batch in shifted { _ = try strategy.predict(batch, &state) }
    #expect(try distance(state.network) < 0.5 * before)
    let output = network().outputLayerIndex
    #expect(state.network.layers[output] == network().layers[output])
  }

  @Test func `poem moves little where nothing has shifted, and more where something has`() throws {
    let samples = batches(1, rows: 2000)[0]
    func moved(_ stream: [Matrix]) throws -> Double {
      let strategy = try Recipe<ProtectedEntropyMatching> {
        var settings = EntropyMatching.Configuration(), rule = SGD.Configuration()
        (settings.sourceStatistics, settings.share) = (.source, 1.1)
        (rule.learningRate, rule.momentum) = (0.02, 0)
        ($0.statistics, $0.optimizer) = (.part(SourceNormalization.self), .sgd(rule))
        $0.objectives = [.part(EntropyMatching.self, settings)]
      }
      var state = try strategy.start(network(), in: context(samples))
      for batch in stream { _ = try strategy.predict(batch, &state) }
      return network().normalizationParameterIDs.reduce(0) { $0 + (state.network[$1] - network()[$1]).sumOfSquares }
    }
    var generator = Philox(seed: 63)
    let same = (0..<30).map { _ in generator.normal(rows: 20, columns: 4) }
    let still = try moved(same), shifted = try moved(same.map { $0.scaled(by: 3) })
    #expect(still > 0 && 20 * still < shifted, "\(still), \(shifted)")
  }

  @Test func `conjugate predicts after its update, and is tent with cross-entropy`() throws {
    let batch = batches(1)[0], context = AdaptationContext(task: .classification)
    let tent = try Recipe<Tent> { $0.timing.prediction = .after }, conjugate = try Recipe<ConjugatePseudoLabeling>()
    var state = try tent.start(network(), in: context), other = try conjugate.start(network(), in: context)
    let answers = (try tent.predict(batch, &state), try conjugate.predict(batch, &other))
    #expect(answers.0 == answers.1)
  }

  @Test func `shot-im leaves the last layer as it is`() throws {
    let strategy = try Recipe<InformationMaximizing>()
    var state = try strategy.start(network(), in: AdaptationContext(task: .classification))
    for batch in batches(3) { _ = try strategy.predict(batch, &state) }
    let output = network().outputLayerIndex
    for id in network().parameterIDs where id.role == .weight {
      #expect((state.network[id] == network()[id]) == (id.layer == output), "\(id)")
    }
  }

  private func answers<Preset: RecipePreset>(_ preset: Preset.Type) throws {
    var generator = Philox(seed: 64)
    let linear = Network.linear(inputDimension: 4, outputDimension: 2, using: &generator)
    let stream = batches(4) + batches(1, rows: 1) + [Matrix(rows: 6, columns: 4, repeating: 2)] + batches(1)
    let strategy = try Recipe<Preset>()
    var state = try strategy.start(linear, in: context(batches(1, rows: 200)[0]))
    for batch in stream { #expect(try strategy.predict(batch, &state).isFinite, "\(Preset.name)") }
  }

  @Test func `a linear model with two classes gets finite answers from every preset`() throws {
    try answers(PseudoLabeling.self)
    try answers(RobustPseudoLabeling.self)
    try answers(InformationMaximizing.self)
    try answers(ConjugatePseudoLabeling.self)
    try answers(ConservativeEntropyMinimization.self)
    try answers(EfficientEntropyMinimization.self)
    try answers(AntiForgettingEntropyMinimization.self)
    try answers(PeriodicallyReset.self)
    try answers(SharpnessAwareReliable.self)
    try answers(DestroyTheObject.self)
    try answers(ProtectedEntropyMatching.self)
    try answers(MarginalEntropyMinimization.self)
    try answers(ActivationMatching.self)
  }
}
