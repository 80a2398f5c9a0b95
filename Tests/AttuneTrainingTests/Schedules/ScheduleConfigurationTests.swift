import AttuneCore
import Foundation
import Testing

@testable import AttuneTraining

@Suite struct ScheduleConfigurationTests {
  @Test(arguments: ScheduleConfiguration.kinds)
  func `a plain name gives the schedule with its defaults, and survives coding`(kind: String) throws {
    let configuration = try JSONDecoder().decode(ScheduleConfiguration.self, from: Data("\"\(kind)\"".utf8))
    #expect(configuration.kind == kind)
    let again = try JSONDecoder().decode(ScheduleConfiguration.self, from: JSONEncoder().encode(configuration))
    #expect(again == configuration)
    switch try configuration.make() {
    case .perEpoch(let schedule):
      #expect(type(of: schedule).name == kind && kind != OneCycle.name)
    case .perStep(let schedule): #expect(type(of: schedule).name == kind && kind == OneCycle.name)
    case .onPlateau: #expect(kind == ReduceOnPlateau.name)
    }
  }

  @Test func `a warm-up holds the schedule that follows it`() throws {
    let text = """
      {"kind": "warmup", "per": "step", "length": 2, "start": 0.5,
       "then": {"kind": "cosine", "per": "step", "minimum": 0.25}}
      """
    let configuration = try JSONDecoder().decode(ScheduleConfiguration.self, from: Data(text.utf8))
    guard case .perStep(let schedule) = try configuration.make() else {
      Issue.record("\(configuration) does not count steps")
      return
    }
    #expect((0..<5).map { schedule.factor(at: $0, of: 4) } == [0.5, 0.75, 1, 0.625, 0.25])
  }

  @Test func `what follows a warm-up must count as it does`() throws {
    var warmup = LinearWarmup.Configuration()
    warmup.then = .oneCycle(OneCycle.Configuration())
    #expect(
      throws: ConfigValueError(
        "'one-cycle' does not count per epoch as the warm-up before it does; set 'per' of both to the same")
    ) { try ScheduleConfiguration.warmup(warmup).validate() }
    warmup.then = .plateau(ReduceOnPlateau.Configuration())
    #expect(
      throws: ConfigValueError("'plateau' cannot follow a warm-up; give a schedule that depends on time alone")
    ) { try ScheduleConfiguration.warmup(warmup).validate() }
    warmup.then = .constant
    warmup.per = .step
    try ScheduleConfiguration.warmup(warmup).validate()
  }

  @Test func `every setting reaches the schedule`() throws {
    var step = StepDecay.Configuration()
    (step.per, step.size, step.decay) = (.step, 3, 0.5)
    guard case .perStep(let schedule) = try ScheduleConfiguration.step(step).make() else {
      Issue.record("not per step")
      return
    }
    #expect(schedule as? StepDecay == (try StepDecay(size: 3, decay: 0.5)))
    var cycle = OneCycle.Configuration()
    (cycle.per, cycle.warmupShare, cycle.initialDivisor, cycle.finalDivisor) = (.epoch, 0.5, 2, 3)
    guard case .perEpoch(let schedule) = try ScheduleConfiguration.oneCycle(cycle).make() else {
      Issue.record("not per epoch")
      return
    }
    #expect(schedule as? OneCycle == (try OneCycle(warmupShare: 0.5, initialDivisor: 2, finalDivisor: 3)))
    var plateau = ReduceOnPlateau.Configuration()
    (plateau.decay, plateau.patience, plateau.threshold) = (0.5, 3, 0.25)
    guard case .onPlateau(let rule) = try ScheduleConfiguration.plateau(plateau).make() else {
      Issue.record("no plateau")
      return
    }
    #expect(rule == (try ReduceOnPlateau(decay: 0.5, patience: 3, threshold: 0.25)))
  }

  @Test func `an unknown kind lists those that are known`() {
    #expect(throws: ConfigValueError("unknown kind", given: "cosin", known: ScheduleConfiguration.kinds)) {
      try JSONDecoder().decode(ScheduleConfiguration.self, from: Data("\"cosin\"".utf8))
    }
  }
}
