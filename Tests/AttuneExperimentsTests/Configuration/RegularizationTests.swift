import AttuneCore
import AttuneData
import AttuneTraining
import Testing

@testable import AttuneExperiments

/// The keys of a training arm and a network that regularize.
@Suite struct RegularizationTests {
  private func arm(_ settings: String) throws -> TrainingArmConfiguration {
    try decode(TrainingArmConfiguration.self, "{name: a, \(settings)}")
  }

  @Test func `the keys are read, with their defaults`() throws {
    let plain = try arm("epochs: 2")
    #expect(plain.l1 == 0 && plain.maxNorm == nil && plain.groups.isEmpty && plain.mixup == nil)
    #expect(plain.averaging == nil)
    let full = try arm(
      "l1: 0.01, maxNorm: 3, mixup: 0.2, averaging: ema, groups: [{layers: [0, 3], learningRateFactor: 0.1}, "
        + "{layers: biasesAndNorms, weightDecay: 0}, {layers: [6], frozen: true}]")
    #expect(full.l1 == 0.01 && full.maxNorm == 3 && full.mixup == 0.2)
    #expect(full.averaging == .exponential(AveragingConfiguration.Exponential()))
    #expect(
      try full.groups.map { try $0.make() } == [
        ParameterGroup(.layers([0, 3]), learningRateFactor: 0.1), ParameterGroup(.biasesAndNorms, weightDecay: 0),
        ParameterGroup(.layers([6]), isFrozen: true),
      ])
    #expect(
      full.summary == "Adam 0.001, 30 epochs, batches of 32, L1 0.01, incoming norms at most 3.0, "
        + "layers 0, 3 with learning rate × 0.1, biases and norms with weight decay 0.0, layer 6 frozen, mixup 0.2, "
        + "averaged weights (EMA 0.999 per step)")
    #expect(
      try arm("averaging: {kind: swa, start: 0.5}").summary.hasSuffix("averaged weights (SWA from 0.5 of the epochs)"))
  }

  @Test(
    arguments: [
      "l1: 0.5", "maxNorm: 2", "mixup: 0.4", "averaging: {kind: ema, decay: 0.5, per: epoch}",
      "averaging: {kind: swa, start: 0}", "groups: [{layers: [2, 0], learningRateFactor: 0.5, weightDecay: 0.1}]",
      "groups: [{layers: biasesAndNorms, frozen: true}]",
      "augmentation: [{kind: one-of, shifts: [{kind: scaling}, {kind: contrast, factor: 0.1}], unchanged: 0.5, per: row}]",
      "augmentation: [{kind: jitter, pixels: 2}, {kind: feature-dropout, probability: 0.5, fill: zero}]",
    ])
  func `what is written is read again`(settings: String) throws {
    let first = try arm(settings)
    let text = try ConfigWriter.yaml(from: first)
    let again = try decode(TrainingArmConfiguration.self, text)
    let plain = try arm("epochs: 30")
    #expect(again.summary == first.summary && first.summary != plain.summary)
    #expect(again.groups == first.groups && again.averaging == first.averaging)
    #expect(try ConfigWriter.yaml(from: again) == text)
  }

  @Test(
    arguments: [
      ("l1: -1", "x.yaml:1:15: l1: must be a finite number of at least 0, found '-1'"),
      ("maxNorm: 0", "x.yaml:1:20: maxNorm: must be a finite number above 0, found '0'"),
      ("mixup: 0", "x.yaml:1:18: mixup: must be a finite number above 0, found '0'"),
      ("averaging: {kind: ema, decay: 1}", "x.yaml:1:41: averaging.decay: must be at least 0 and below 1, found '1'"),
      ("averaging: {kind: swa, start: 1}", "x.yaml:1:41: averaging.start: must be at least 0 and below 1, found '1'"),
      (
        "averaging: {kind: swa, per: step}",
        "x.yaml:1:34: averaging.per: unknown key; allowed here: kind, start"
      ),
      (
        "groups: [{layers: norms}]",
        "x.yaml:1:29: groups[0].layers: must be a list of layer numbers, or 'biasesAndNorms', found 'norms'"
      ),
      ("groups: [{layers: []}]", "x.yaml:1:29: groups[0].layers: must be at least one layer number"),
      (
        "groups: [{layers: [0], frozen: true, weightDecay: 0}]",
        "x.yaml:1:61: groups[0].weightDecay: does nothing beside 'frozen: true'; remove one, found '0'"
      ),
      (
        "solver: ridge, mixup: 0.2",
        "x.yaml:1:33: mixup: does nothing beside 'solver', which solves in closed form; remove one, found '0.2'"
      ),
      (
        "augmentation: [{kind: one-of, shifts: [{kind: jitter, pixels: -1}]}]",
        "x.yaml:1:50: augmentation[0].shifts[0]: jitter: pixels is -1; give an integer of 0 or more"
      ),
      (
        "augmentation: [{kind: one-of, shifts: [jiter]}]",
        "x.yaml:1:50: augmentation[0].shifts[0]: unknown kind, found 'jiter'; did you mean 'jitter'? Known: brightness, "
          + "broken-features, category-drift, column-swaps, contrast, corruption, feature-dropout, gaussian-noise, "
          + "jitter, missing-sensors, "
      ),
    ])
  func `a wrong setting is an error with its place`(settings: String, expected: String) {
    #expect(errorText { try arm(settings) }.hasPrefix(expected))
  }

  @Test func `a group of a layer without parameters names those that have some`() {
    let text = errorText {
      try SmallExperiment.load(
        training: ["{name: a, groups: [{layers: [0]}, {layers: [0, 2]}]}"], inference: [SmallExperiment.none])
    }
    #expect(text.contains("groups[1] of arm 'a' names layer 2, which has no parameters; layers with parameters: 0 "))
  }

  @Test func `dropout of the inputs is the first layer, of either kind of network`() throws {
    let mlp = try decode(NetworkConfiguration.self, "{hidden: [3], inputDropout: 0.2, dropout: 0.5}")
    var generator = Philox(seed: 1)
    let network = mlp.make(inputDimension: 4, outputDimension: 2, using: &generator)
    #expect(
      network.summary == "dropout 0.2, linear 4→3, batch norm, relu, dropout 0.5, linear 3→2")
    #expect(network.summary.contains(mlp.outline.layers.isEmpty ? "-" : "dropout 0.2"))
    #expect(mlp.outline.parameterIDs == network.parameterIDs)
    let linear = try decode(NetworkConfiguration.self, "{kind: linear, inputDropout: 0.2}")
    #expect(
      linear.make(inputDimension: 4, outputDimension: 2, using: &generator).summary == "dropout 0.2, linear 4→2")
    #expect(
      errorText { try decode(NetworkConfiguration.self, "{inputDropout: 1}") }
        == "x.yaml:1:16: inputDropout: must be a number of at least 0 and below 1, found '1'")
  }

  @Test func `dropout of the inputs changes training and nothing else`() throws {
    var first = Philox(seed: 1), second = Philox(seed: 1)
    let plain = Network.mlp(inputDimension: 4, hidden: [3], outputDimension: 2, using: &first)
    let dropping = Network.mlp(inputDimension: 4, hidden: [3], outputDimension: 2, inputDropout: 0.5, using: &second)
    let x = first.normal(rows: 64, columns: 4)
    #expect(try plain.predict(x) == dropping.predict(x))
    #expect(try plain.features(x) == dropping.features(x))
    let operations = [plain, dropping].map { network in OperationCounter.count { try? network.predict(x) }.operations }
    #expect(operations[0] == operations[1])
    let trained = try dropping.trainingForward(x, on: Tape(), differentiating: [], using: &second).output.value
    #expect(try trained != plain.predict(x))
  }

  private func trained(
    _ settings: String, optimizer: String = "optimizer: {kind: sgd, learningRate: 0.1}"
  ) throws -> Model {
    let experiment = try SmallExperiment.load(
      training: ["{name: a, batchSize: 4, epochs: 3, \(optimizer), \(settings)}"],
      inference: [SmallExperiment.none])
    var generator = Philox(seed: 1)
    let rows = Table(
      features: generator.normal(rows: 18, columns: 3),
      targets: .classes(labels: (0..<18).map { $0 % 2 }, names: ["a", "b"]), columnNames: ["a", "b", "c"])
    return try ModelTraining(experiment.training[0], in: experiment).train(on: rows, seed: 1).model
  }

  @Test func `a model with dropout of its inputs survives its file`() async throws {
    let model = try trained("network: {hidden: [3], inputDropout: 0.3}")
    #expect(model.network.summary.hasPrefix("dropout 0.3, "))
    try await SmallExperiment.inFolder { path in
      _ = try model.write(to: path)
      #expect(try Model(contentsOf: path) == model)
    }
  }

  @Test(
    arguments: [
      "l1: 0.01", "maxNorm: 0.3", "mixup: 0.4", "averaging: ema", "averaging: {kind: swa, start: 0}",
      "groups: [{layers: [0], frozen: true}]", "groups: [{layers: biasesAndNorms, learningRateFactor: 0}]",
      "augmentation: [{kind: one-of, shifts: [{kind: scaling}, {kind: contrast}], per: row}]",
      "augmentation: [{kind: feature-dropout, probability: 0.5}]", "network: {hidden: [8], inputDropout: 0.5}",
    ])
  func `every setting changes what an arm learns, the same way each time`(setting: String) throws {
    let plain = try trained("labelSmoothing: 0"), changed = try trained(setting)
    #expect(changed.network.parameterIDs.contains { changed.network[$0].isFinite })
    #expect(changed.network != plain.network)
    #expect(try trained(setting) == changed)
  }

  @Test func `L1 leaves zeros, max-norm holds, and frozen layers keep their first weights`() throws {
    let sparse = try trained("l1: 0.5").network, start = try trained("groups: [{layers: [0], frozen: true}]").network
    let first = ParameterID(layer: 0, role: .weight)
    #expect(sparse[first].elements.contains(0))
    let limited = try trained("maxNorm: 0.3").network
    for id in limited.parameterIDs where id.role == .weight {
      guard case .linear = limited.layers[id.layer] else { continue }
      for row in 0..<limited[id].rows {
        #expect(limited[id].row(row).reduce(0) { $0 + $1 * $1 }.squareRoot() < 0.3001)
      }
    }
    #expect(try start[first] == trained("l1: 0", optimizer: "optimizer: {kind: sgd, learningRate: 0}").network[first])
  }
}
