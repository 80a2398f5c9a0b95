@testable import AttuneInference
import AttuneCore
import AttuneTesting
import AttuneTraining
import Foundation
import Testing

/// What a reset brings back, what is kept, and what must not enter.
@Suite struct RecipeStateTests {
  private let context = AdaptationContext(task: .classification, generator: Philox(seed: 9))

  private func network() -> Network {
    var generator = Philox(seed: 33)
    var network = Network.mlp(
      inputDimension: 5, hidden: [12, 8], outputDimension: 6, batchNorm: true, using: &generator)
    for index in network.normalizationLayers { network[normalization: index].gamma.scale(by: 2) }
    return network
  }

  private func batches(_ sizes: [Int]) -> [Matrix] {
    var generator = Philox(seed: 34)
    return sizes.map { generator.normal(rows: $0, columns: 5).map { 1.5 * $0 + 0.5 } }
  }

  /// Everything at once: moving statistics, selection, a memory with ages, a teacher, Adam, the filter, a correction.
  private func everything(_ memory: PartChoice<MemoryPlace>) throws -> CustomRecipe {
    try CustomRecipe {
      $0.statistics = .part(MovingNormalization.self)
      $0.scope = ParameterScope(.all)
      $0.objectives = [.part(TeacherCrossEntropy.self), .part(SoftLikelihoodRatio.self, weight: 0.3)]
      $0.selection = [.part(CertaintyDiversity.self)]
      $0.memory = memory
      $0.recovery = [.part(KalmanEnsembling.self), .part(StochasticRestore.self)]
      $0.correction = [.part(PriorCorrection.self)]
      $0.teacher = TeacherSettings()
      $0.teacher?.momentum = 0.9
      $0.augmentations = [.part(NoiseView.self)]
      $0.timing.learnsFromView = true
      $0.timing.prediction = .teacher
    }
  }

  private static func small<Settings: DefaultInitializable>(
    _ capacity: WritableKeyPath<Settings, Int>, _ every: WritableKeyPath<Settings, Int>
  ) -> Settings {
    var settings = Settings()
    settings[keyPath: capacity] = 8
    settings[keyPath: every] = 5
    return settings
  }

  private var memories: [PartChoice<MemoryPlace>] {
    let settings: MemorySettings = Self.small(\.capacity, \.every)
    var confident: HighConfidenceMemory.Configuration = Self.small(\.capacity, \.every)
    confident.confidence = 0.1
    return [
      .part(FirstInFirstOut.self, settings), .part(Reservoir.self, settings),
      .part(ClassBalancedMemory.self, settings),
      .part(CategoryTimeliness.self, Self.small(\.capacity, \.every)), .part(HighConfidenceMemory.self, confident),
    ]
  }

  private func encoded(_ state: RecipeState) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(state)
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

  @Test func `a state that was kept goes on to the same bits with every memory`() throws {
    let stream = batches([16, 7, 16, 1, 16, 3, 16])
    for memory in memories {
      let strategy = try everything(memory), network = network(), context = context
      var state = try strategy.start(network, in: context)
      for batch in stream.prefix(3) { _ = try strategy.predict(batch, &state) }
      #expect(state.network != network, "\(memory.description): nothing was learned")
      let decoder = JSONDecoder(), key = try #require(Kept.key)
      let restore: @Sendable (any Decoder) throws -> RecipeState = {
        try strategy.restore(from: $0, network, in: context)
      }
      decoder.userInfo[key] = restore
      var kept = try decoder.decode(Kept.self, from: try encoded(state)).state
      for batch in stream.dropFirst(3) {
        #expect(try strategy.predict(batch, &kept) == strategy.predict(batch, &state), "\(memory.description)")
      }
      #expect(try encoded(kept) == encoded(state))
    }
  }

  @Test func `a reset brings everything back but the random numbers and the recovery`() throws {
    for memory in memories {
      let strategy = try everything(memory), fresh = try strategy.start(network(), in: context)
      var state = fresh
      for batch in batches([16, 16, 16]) { _ = try strategy.predict(batch, &state) }
      #expect(try encoded(state) != encoded(fresh))
      state.run.reset(because: "a test")
      #expect(strategy.takeEvents(&state).map(\.message) == ["a test"])
      state.tellOfReset()
      #expect((state.recovery.first as? KalmanEnsembling)?.state.hidden.isEmpty == true)
      (state.run.generator, state.recovery) = (fresh.run.generator, fresh.recovery)
      #expect(try encoded(state) == encoded(fresh), "\(memory.description)")
    }
  }

  @Test func `rows that are not finite do not enter a memory, and the others do`() throws {
    for memory in memories {
      let strategy = try everything(memory)
      var state = try strategy.start(network(), in: context), batch = batches([4])[0]
      (batch[1, 2], batch[3, 0]) = (.nan, .infinity)
      let answer = try strategy.predict(batch, &state)
      #expect(state.run.adapted.memory?.contents.inputs.rows == 2, "\(memory.description)")
      #expect(state.run.adapted.memory?.contents.inputs.isFinite == true)
      #expect([0, 2].allSatisfy { answer.row($0).allSatisfy(\.isFinite) })
      for next in batches([16, 1, 16]) { #expect(try strategy.predict(next, &state).isFinite) }
    }
  }

  @Test func `the statistics of a teacher move also where it looks at views`() throws {
    let strategy = try Recipe<ContinualTeacher> {
      $0.statistics = .part(MovingNormalization.self)
      $0.teacher?.confidence = .below(1)
      $0.teacher?.views = 2
      $0.teacher?.momentum = 1
    }
    var state = try strategy.start(network(), in: context)
    _ = try strategy.predict(batches([16])[0], &state)
    let index = try #require(network().normalizationLayers.first)
    let teacher = try #require(state.run.adapted.teacher)
    #expect(teacher[normalization: index].runningMean == state.network[normalization: index].runningMean)
    #expect(teacher[normalization: index].runningMean != network()[normalization: index].runningMean)
    #expect(teacher[normalization: index].gamma == network()[normalization: index].gamma)
  }

  @Test func `weights of a batch without differences are 1, and of one row too`() throws {
    let row = batches([1])[0], equal = Matrix.concatenatingRows(Array(repeating: row, count: 4))
    for rows in [row, equal] {
      let setup = RecipeSetup(strategy: "test", network: network(), context: context, parameters: [])
      var part = try CertaintyDiversity(in: setup), weights = RowWeights(rows: rows.rows)
      let logits = try network().predict(rows)
      var selection = SelectionContext(
        rows: rows, logits: logits, probabilities: logits.softmax(), features: logits,
        entropies: logits.rowEntropies().elements, generator: context.generator, network: network(), policy: .running,
        augmentations: [])
      part.select(&weights, &selection)
      #expect(weights.values.allSatisfy { $0 == 1 })
      #expect(weights.divisor == Float(rows.rows))
    }
  }

  @Test func `training by the batch moves the average, which answers`() throws {
    var settings = MovingNormalization.Configuration()
    (settings.momentum, settings.variance, settings.learnsByBatch) = (0.2, .unbiased, true)
    let strategy = try CustomRecipe { $0.statistics = .part(MovingNormalization.self, settings) }
    var state = try strategy.start(network(), in: context)
    let batch = batches([6])[0], index = try #require(network().normalizationLayers.first)
    let answer = try strategy.predict(batch, &state)
    let taped = try network().forward(batch, on: Tape(), statistics: .batch).output.value
    // The answer may have been made without a tape, where sums have another order.
    #expect(zip(answer.elements, taped.elements).allSatisfy { abs($0 - $1) < 1e-5 * (1 + abs($1)) })
    #expect(try strategy.answer(batch, state) == state.network.predict(batch))
    let inputs = try Network(Array(network().layers.prefix(index))).predict(batch)
    for column in 0..<inputs.columns {
      let values = (0..<6).map { Double(inputs[$0, column]) }, mean = values.reduce(0, +) / 6
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5
      let norm = network()[normalization: index], moved = state.network[normalization: index]
      #expect(
        abs(Double(moved.runningMean[0, column]) - (0.8 * Double(norm.runningMean[0, column]) + 0.2 * mean)) < 1e-6)
      let expected = 0.8 * Double(norm.runningVariance[0, column]) + 0.2 * variance
      #expect(abs(Double(moved.runningVariance[0, column]) - expected) < 1e-5)
    }
    settings.asPublished = true
    #expect(throws: ConfigValueError.self) { try settings.validate() }
  }

  @Test func `every memory is sound in the middle of a recipe, also with one place`() throws {
    var single = MemorySettings()
    (single.capacity, single.every) = (1, 1)
    for memory in memories + [.part(ClassBalancedMemory.self, single), .part(Reservoir.self, single)] {
      let failures = StrategyConformance.failures(of: try everything(memory))
      #expect(failures.isEmpty, "\(memory.description): \(failures.map(\.description).joined(separator: "\n"))")
    }
  }

  @Test func `presets are sound at the edges of their settings`() throws {
    let strategies: [any AdaptationStrategy] = [
      try Recipe<ContinualTeacher> {
        var settings = TeacherCrossEntropy.Configuration()
        settings.symmetric = true
        $0.objectives = [.part(TeacherCrossEntropy.self, settings)]
        $0.teacher?.confidence = .sourceQuantile
        $0.timing.steps = 2
      },
      try Recipe<RobustOnlineIdentification> {
        var prior = PriorCorrection.Configuration()
        prior.on = .probabilities
        $0.correction = [.part(PriorCorrection.self, prior)]
        $0.recovery.append(.part(EpisodicReset.self))
        $0.timing.prediction = .after
      },
      try Recipe<RobustOnlineIdentification> { $0.statistics = .part(MovingNormalization.self) },
      try Recipe<NonIndependentEntropy> {
        $0.timing.unit = .row
        $0.timing.prediction = .after
      },
    ]
    for strategy in strategies {
      let failures = StrategyConformance.failures(of: strategy)
      #expect(failures.isEmpty, "\(failures.map(\.description).joined(separator: "\n"))")
    }
  }

  @Test func `a recipe says what does not go together`() {
    #expect(throws: ConfigValueError.self) {
      try CustomRecipe {
        $0.scope = ParameterScope(.all)
        $0.objectives = [.part(TeacherCrossEntropy.self)]
      }
    }
    #expect(throws: ConfigValueError.self) { try CustomRecipe { $0.timing.learnsFromView = true } }
  }
}
