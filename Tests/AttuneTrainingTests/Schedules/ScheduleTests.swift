import AttuneCore
import Testing

@testable import AttuneTraining

/// The learning rates of PyTorch's `lr_scheduler` classes (`make_schedule_fixtures.py`).
@Suite struct ScheduleTests {
  static let names = [
    "step", "exponential", "cosine", "cosine-minimum", "warmup", "warmup-cosine", "warmup-step", "one-cycle",
    "one-cycle-settings", "inverse-time",
  ]

  static func schedule(_ name: String) throws -> any LearningRateSchedule {
    switch name {
    case "step": try StepDecay(size: 7, decay: 0.5)
    case "exponential": try ExponentialDecay(decay: 0.9)
    case "cosine": try CosineAnnealing()
    case "cosine-minimum": try CosineAnnealing(minimum: 0.1)
    case "warmup": try LinearWarmup()
    case "warmup-cosine": try LinearWarmup(length: 8, then: CosineAnnealing())
    case "warmup-step": try LinearWarmup(length: 8, then: StepDecay(size: 7, decay: 0.5))
    case "one-cycle": try OneCycle()
    case "one-cycle-settings": try OneCycle(warmupShare: 0.5, initialDivisor: 10, finalDivisor: 100)
    case "inverse-time": try InverseTimeDecay(decay: 0.25)
    default: throw OptimizerCases.UnknownCase(name: name)
    }
  }

  /// Of the base rate: PyTorch multiplies the last rate by a ratio, which collects rounding.
  static let tolerance = 1e-13

  @Test(arguments: names)
  func `the learning rates are those of PyTorch`(name: String) throws {
    let fixture = try ScheduleFixture.load()
    let expected = try #require(fixture.rates[name])
    // PyTorch's one-cycle schedules were made for 41 steps, so that the 41st, which it never uses, is the last.
    let total = name.hasPrefix("one-cycle") ? 41 : 40
    let schedule = try Self.schedule(name)
    for (time, expected) in expected.enumerated() {
      let found = fixture.base * schedule.factor(at: time, of: total)
      #expect(abs(found - expected) <= Self.tolerance * fixture.base, "time \(time): \(found), PyTorch \(expected)")
    }
  }

  @Test(arguments: ["defaults", "settings"])
  func `the reductions on a plateau are those of PyTorch`(name: String) throws {
    let fixture = try ScheduleFixture.load()
    let expected = try #require(fixture.plateau.rates[name])
    let rule =
      name == "defaults" ? try ReduceOnPlateau() : try ReduceOnPlateau(decay: 0.5, patience: 2, threshold: 1e-2)
    var state = ReduceOnPlateau.State()
    var falls = 0
    for (loss, expected) in zip(fixture.plateau.losses, expected) {
      let before = state.factor
      rule.observe(loss, &state)
      if state.factor < before { falls += 1 }
      #expect(abs(fixture.base * state.factor - expected) <= Self.tolerance * expected)
    }
    #expect(falls > 2)
  }

  @Test func `NaN is no improvement`() throws {
    let rule = try ReduceOnPlateau(patience: 0)
    var state = ReduceOnPlateau.State()
    rule.observe(1, &state)
    rule.observe(.nan, &state)
    #expect(state.factor == 0.1 && state.best == 1)
  }

  @Test(arguments: names)
  func `no time, no length and the time past the end give a finite factor`(name: String) throws {
    let schedule = try Self.schedule(name)
    for (time, total) in [(0, 0), (0, 1), (1, 1), (0, 2), (5, 3), (1_000, 40)] {
      let factor = schedule.factor(at: time, of: total)
      #expect(factor.isFinite && factor >= 0 && factor <= 1, "\(factor) at \(time) of \(total)")
    }
  }

  @Test func `a cycle of no or only rise starts or ends at the maximum`() throws {
    #expect(try OneCycle(warmupShare: 0).factor(at: 0, of: 100) < 1)
    #expect(try OneCycle(warmupShare: 0.01).factor(at: 0, of: 100) == 1)
    #expect(try OneCycle(warmupShare: 1).factor(at: 99, of: 100) == 1)
  }

  @Test func `what follows a warm-up counts from its own start`() throws {
    let twice = try LinearWarmup(length: 2, start: 0, then: LinearWarmup(length: 4, start: 0.5))
    #expect((0..<7).map { twice.factor(at: $0, of: 7) } == [0, 0.5, 0.5, 0.625, 0.75, 0.875, 1])
  }

  private func message(_ make: () throws -> Void) -> String {
    do {
      try make()
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test func `schedules say which setting is wrong`() {
    #expect(message { _ = try StepDecay(size: 0) } == "step: size is 0; give an integer of at least 1")
    #expect(
      message { _ = try ExponentialDecay(decay: -1) }
        == "exponential: decay is -1.0; give a finite number of at least 0")
    #expect(
      message { _ = try CosineAnnealing(minimum: .nan) }
        == "cosine: minimum is nan; give a finite number of at least 0")
    #expect(message { _ = try LinearWarmup(length: -1) } == "warmup: length is -1; give an integer of at least 1")
    #expect(
      message { _ = try OneCycle(warmupShare: 1.5) }
        == "one-cycle: warmupShare is 1.5; give a number of at least 0 and at most 1")
    #expect(
      message { _ = try OneCycle(finalDivisor: 0) } == "one-cycle: finalDivisor is 0.0; give a finite number above 0")
    #expect(
      message { _ = try InverseTimeDecay(decay: .infinity) }
        == "inverse-time: decay is inf; give a finite number of at least 0")
    #expect(
      message { _ = try ReduceOnPlateau(decay: 1) } == "plateau: decay is 1.0; give a number of at least 0 and below 1")
    #expect(
      message { _ = try ReduceOnPlateau(patience: -1) }
        == "plateau: patience is -1; give an integer of at least 0")
  }
}

/// `Tests/Fixtures/schedules/schedules.json`.
struct ScheduleFixture: Decodable {
  let base: Double
  let rates: [String: [Double]]
  let plateau: Plateau
  let limits: Limits
  let training: Training

  struct Plateau: Decodable {
    let losses: [Double]
    let rates: [String: [Double]]
  }

  struct Limits: Decodable {
    let gradients: [[Float]]
    let globalNorm: [Double]
    let small: [[Float]]
    let large: [[Float]]
    let value: [[Float]]
    let renorm: [[Float]]

    private enum CodingKeys: String, CodingKey {
      case gradients, globalNorm
      case small = "norm-0.5"
      case large = "norm-50.0"
      case value = "value-0.75"
      case renorm = "renorm-2"
    }
  }

  struct Training: Decodable {
    let losses: [Float]
    let parameters: [String: [Float]]
  }

  static func load() throws -> ScheduleFixture {
    try FixtureFile.decode(ScheduleFixture.self, from: "schedules/schedules.json")
  }
}
