/// What is to be done next in an experiment: trainings, preparations and arms, each as soon as what it needs is there.
///
/// Arms of models that are trained come before further trainings, but one training is always ahead of the arms, so that
/// all jobs have work and few models are in memory at the same time. Which piece runs when changes no figure.
struct ArmSchedule {
  /// A piece of work, by the numbers of unit, inference arm and scenario.
  enum Work: Hashable {
    case training(unit: Int)
    case preparation(unit: Int, inference: Int)
    case arm(unit: Int, inference: Int, scenario: Int)
  }

  /// How far a unit is.
  enum Phase: Equatable {
    case waiting, training, open, finished
  }

  private struct Unit {
    var phase = Phase.waiting
    /// A unit that trains the same model and goes first.
    var twin: Int?
    /// Inference arms that must be prepared before they run.
    var unprepared: Set<Int> = []
    /// Those that are being prepared.
    var inPreparation: Set<Int> = []
    /// Arms that no job has taken, in order.
    var open: [(inference: Int, scenario: Int)] = []
    /// Arms that are not finished, by their inference arm.
    var left: [Int: Int] = [:]
  }

  private var units: [Unit]
  private let scenarios: Int
  private let prepared: [Bool]
  /// Units whose models may be in memory at the same time.
  private let limit: Int

  /// A schedule in which nothing is done.
  ///
  /// - Parameters:
  ///   - twins: for each unit the number of an earlier one whose model is the same, which is trained first; nil for none.
  ///   - prepared: for each inference arm whether it is prepared once for all scenarios.
  ///   - scenarios: the number of scenarios.
  ///   - jobs: pieces of work that run at the same time.
  init(twins: [Int?], prepared: [Bool], scenarios: Int, jobs: Int) {
    units = twins.map { Unit(twin: $0) }
    self.prepared = prepared
    self.scenarios = scenarios
    limit = max(1, jobs) + 1
  }

  /// Notes a unit that is whole.
  mutating func skip(unit: Int) { units[unit].phase = .finished }

  /// Notes that the model of a unit is there, and which arms are not: those of `isDone` are.
  mutating func open(unit: Int, isDone: (_ inference: Int, _ scenario: Int) -> Bool = { _, _ in false }) {
    let arms = prepared.indices.flatMap { inference in
      (0..<scenarios).filter { !isDone(inference, $0) }.map { (inference: inference, scenario: $0) }
    }
    units[unit].phase = arms.isEmpty ? .finished : .open
    units[unit].open = arms
    units[unit].left = arms.reduce(into: [:]) { $0[$1.inference, default: 0] += 1 }
    units[unit].unprepared = Set(units[unit].left.keys.filter { prepared[$0] })
  }

  /// A piece of work that can begin; nil where all that is left waits for others, or nothing is left.
  mutating func next() -> Work? {
    let inMemory = units.count { $0.phase == .training || $0.phase == .open }
    if inMemory < limit, let work = nextTraining() { return work }
    for unit in units.indices where units[unit].phase == .open {
      if let work = nextArm(of: unit) { return work }
    }
    // Better more models in memory than a job without work.
    return nextTraining()
  }

  private mutating func nextTraining() -> Work? {
    let ready = units.indices.first { unit in
      units[unit].phase == .waiting
        && (units[unit].twin.map { units[$0].phase == .open || units[$0].phase == .finished } ?? true)
    }
    guard let ready else { return nil }
    units[ready].phase = .training
    return .training(unit: ready)
  }

  private mutating func nextArm(of unit: Int) -> Work? {
    for (position, arm) in units[unit].open.enumerated() {
      if units[unit].inPreparation.contains(arm.inference) { continue }
      if units[unit].unprepared.contains(arm.inference) {
        units[unit].unprepared.remove(arm.inference)
        units[unit].inPreparation.insert(arm.inference)
        return .preparation(unit: unit, inference: arm.inference)
      }
      units[unit].open.remove(at: position)
      return .arm(unit: unit, inference: arm.inference, scenario: arm.scenario)
    }
    return nil
  }

  /// Notes that an inference arm of a unit is prepared.
  mutating func prepared(unit: Int, inference: Int) { units[unit].inPreparation.remove(inference) }

  /// Notes a finished arm.
  ///
  /// - Returns: whether it was the last of its inference arm, and whether the unit is whole.
  mutating func finish(unit: Int, inference: Int) -> (inference: Bool, unit: Bool) {
    units[unit].left[inference, default: 1] -= 1
    if units[unit].left[inference] == 0 { units[unit].left[inference] = nil }
    if units[unit].left.isEmpty { units[unit].phase = .finished }
    return (units[unit].left[inference] == nil, units[unit].left.isEmpty)
  }
}
