import AttuneCore
import AttuneInference
import AttuneTraining
import Foundation
import Testing

@Suite struct RecoveryTests {
  @Test func `the Fisher penalty adds 2 beta F times the way from the source`() throws {
    var hand = HandGradient()
    let inputs = HandGradient(rows: 130, seed: 51).batch
    hand.samples = SourceSamples(inputs: inputs)
    var settings = FisherPenalty.Configuration()
    (settings.weight, settings.rows, settings.batch) = (3, 100, 64)
    let penalized = try hand.recipe {
      ($0.objectives, $0.recovery) = ([.part(EntropyObjective.self)], [.part(FisherPenalty.self, settings)])
    }
    let free = try hand.recipe { $0.objectives = [.part(EntropyObjective.self)] }
    var state = try penalized.start(hand.network, in: hand.context)
    var other = try free.start(hand.network, in: hand.context)
    _ = (try penalized.predict(hand.batch, &state), try free.predict(hand.batch, &other))
    let bias = ParameterID(layer: 0, role: .bias), once = state.network[bias]
    #expect(once == other.network[bias], "at the source the penalty has no slope")
    _ = (try penalized.predict(hand.batch, &state), try free.predict(hand.batch, &other))
    // Rows 0 to 63 and 64 to 99; the gradient of the mean cross-entropy with the own answer is the mean of p - one-hot.
    let zeros = Array(repeating: 0.0, count: 4)
    let squares = [0..<64, 64..<100].map { rows in
      let slopes = hand.logits(inputs.rows(rows), adding: zeros).map { z in
        z.indices.map { z.softmax[$0] - (z[$0] == z.max() ? 1 : 0) }
      }
      return meanVector(slopes).map { $0 * $0 }
    }
    for (c, fisher) in meanVector(squares).enumerated() {
      let way = Double(once[0, c] - hand.network[bias][0, c]),
        found = other.network[bias][0, c] - state.network[bias][0, c]
      #expect(abs(Double(found) - 2 * 3 * fisher * way) < 1e-6)
      #expect(fisher > 1e-6)
    }
  }

  @Test func `eata without training rows says what it needs`() throws {
    let (network, _) = try collapsed()
    let error = #expect(throws: MissingSourceSamples.self) {
      try Recipe<AntiForgettingEntropyMinimization>().start(network, in: AdaptationContext(task: .classification))
    }
    #expect(error?.description.hasPrefix("strategy 'eata' needs rows of the training data, and none are given") == true)
  }

  /// A network so sure that its entropy is below any floor, on batch norm and a batch.
  private func collapsed() throws -> (Network, Matrix) {
    var generator = Philox(seed: 52)
    var network = Network.mlp(
      inputDimension: 4, hidden: [8], outputDimension: 3, batchNorm: true, using: &generator)
    network[ParameterID(layer: network.outputLayerIndex, role: .weight)].scale(by: 8)
    return (network, generator.normal(rows: 32, columns: 4))
  }

  @Test func `the floor resets a collapsed model with an event, and forgets its average`() throws {
    let (network, batch) = try collapsed()
    var floor = EntropyFloor.Configuration()
    floor.share = 0.4
    let strategy = try Recipe<SharpnessAwareReliable> { $0.recovery = [.part(EntropyFloor.self, floor)] }
    var state = try strategy.start(network, in: AdaptationContext(task: .classification))
    for _ in 0..<3 {
      _ = try strategy.predict(batch, &state)
      #expect(state.network == network)
      let events = strategy.takeEvents(&state)
      #expect(events.map(\.kind) == [.reset])
      // All kept rows are below the margin, which is the floor.
      #expect(events.first?.message.hasPrefix("the moving average of the loss, 0.") == true, "\(events)")
      #expect(events.first?.message.hasSuffix(", is below 0.4394") == true, "\(events)")
    }
  }

  @Test func `with a floor of zero nothing is reset, and sar moves scale and shift of the one batch norm`() throws {
    let (network, batch) = try collapsed()
    var floor = EntropyFloor.Configuration()
    floor.share = 0
    let strategy = try Recipe<SharpnessAwareReliable> { $0.recovery = [.part(EntropyFloor.self, floor)] }
    var state = try strategy.start(network, in: AdaptationContext(task: .classification))
    for _ in 0..<3 { _ = try strategy.predict(batch, &state) }
    #expect(strategy.takeEvents(&state).isEmpty)
    for id in network.parameterIDs {
      #expect((state.network[id] != network[id]) == network.normalizationParameterIDs.contains(id), "\(id)")
    }
  }

  @Test func `after a reset, by whichever part, a recipe is where it was at its start`() throws {
    let (network, batch) = try collapsed()
    var periodic = PeriodicReset.Configuration(), floor = EntropyFloor.Configuration()
    (periodic.batches, floor.share) = (2, 1e-6)
    let strategy = try Recipe<EfficientEntropyMinimization> {
      $0.recovery = [.part(PeriodicReset.self, periodic), .part(EntropyFloor.self, floor)]
    }
    let context = AdaptationContext(task: .classification)
    var state = try strategy.start(network, in: context), fresh = try strategy.start(network, in: context)
    for factor in [3, 2, 1] as [Float] { _ = try strategy.predict(batch.scaled(by: factor), &state) }
    _ = try strategy.predict(batch, &fresh)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(strategy.takeEvents(&state).map(\.message) == ["2 batches since the last start"])
    let kept = try encoder.encode(state)
    #expect(try kept == encoder.encode(fresh))
    // The average of the loss, and that of the predictions.
    let averages = String(decoding: kept, as: UTF8.self).matches(of: /"average":[\[0-9]/)
    #expect(averages.count == 2, "an average was not kept at all")
  }
}
