internal import AttuneCore

/// All units of an experiment: trainings and arms over the jobs, each kept as soon as it is finished.
struct UnitsRun {
  let run: UnitRun
  /// What stored units must have in common with this run.
  let identity: String
  let jobs: Int
  let recorder: RunRecorder?
  let progress: @Sendable (ExperimentRunner.Event) -> Void

  /// A unit while it is run.
  private struct Unit {
    let arm: TrainingArmConfiguration
    let seed: UInt64
    var outcome: UnitOutcome?
    var record: TrainingRecord?
    var trained: TrainedUnit?
    var log: ArmLog?
    /// The finished arms, by inference arm and scenario.
    var arms: [[ArmOutcome?]]
  }

  /// What a job brings back.
  private enum Finished: Sendable {
    case training(unit: Int, TrainingRecord, TrainedUnit?, ArmLog?)
    case preparation(unit: Int, inference: Int)
    case arm(unit: Int, inference: Int, scenario: Int, ArmOutcome)
  }

  private var experiment: ExperimentConfiguration { run.experiment }

  /// The outcomes in the order of training arms and seeds: those that the folder holds, and the others after they ran.
  ///
  /// - Throws: `CancellationError`; what files that cannot be written throw. All that is finished is kept.
  func outcomes() async throws -> [UnitOutcome] {
    var units = try found()
    var schedule = ArmSchedule(
      twins: try twins(units), prepared: experiment.inference.map(\.isPreparedOnce),
      scenarios: experiment.scenarios.count, jobs: jobs)
    var estimate = WorkEstimate(
      units: units.map(\.arm.name), prepared: experiment.inference.map(\.isPreparedOnce),
      scenarios: experiment.scenarios.count, jobs: jobs)
    for index in units.indices where units[index].record != nil || units[index].outcome != nil {
      let arms = units[index].arms, isWhole = units[index].outcome != nil
      estimate.skip(unit: index) { isWhole || arms[$0][$1] != nil }
      guard !isWhole else {
        schedule.skip(unit: index)
        continue
      }
      schedule.open(unit: index) { arms[$0][$1] != nil }
      // Killed between its last arm and its file.
      if !arms.joined().contains(where: { $0 == nil }) { try save(&units[index]) }
    }
    progress(.unit(done: units.count { $0.outcome != nil }, of: units.count, name: ""))
    progress(.progress(estimate.progress(name: "")))
    try await withThrowingTaskGroup(of: (Finished?, Double).self) { group in
      var running = 0
      func start() {
        while running < jobs, let work = schedule.next() {
          running += 1
          let job = job(work, units)
          group.addTask {
            let clock = ContinuousClock(), begin = clock.now
            try Cancellation.check()
            return (try job(), (clock.now - begin) / .seconds(1))
          }
        }
      }
      start()
      while let (finished, seconds) = try await group.next() {
        running -= 1
        if let finished { try take(finished, seconds, &units, &schedule, &estimate) }
        start()
      }
    }
    return units.compactMap(\.outcome)
  }

  /// What the folder holds of each unit.
  private func found() throws -> [Unit] {
    let empty = experiment.inference.map { _ in [ArmOutcome?](repeating: nil, count: experiment.scenarios.count) }
    return try experiment.training.flatMap { arm in experiment.seeds.map { (arm, $0) } }.map { arm, seed in
      var unit = Unit(arm: arm, seed: seed, arms: empty)
      unit.outcome = run.folder.unit(training: arm.name, seed: seed, run: identity, notice: run.notice)
      if unit.outcome == nil,
        let kept = run.folder.armLog(training: arm.name, seed: seed, run: identity, notice: run.notice)
      {
        try reopen(&unit, kept)
      }
      return unit
    }
  }

  /// Goes on with a unit of which some arms are finished.
  private func reopen(_ unit: inout Unit, _ kept: ArmLog.Contents) throws {
    let (name, seed) = (unit.arm.name, unit.seed)
    unit.record = kept.record
    for outcome in kept.arms {
      guard let inference = experiment.inference.firstIndex(where: { $0.name == outcome.inference }),
        let scenario = experiment.scenarios.firstIndex(where: { $0.name == outcome.scenario })
      else { continue }
      unit.arms[inference][scenario] = outcome
    }
    unit.trained = try run.unit(unit.arm, seed: seed, record: kept.record)
    unit.log = try ArmLog(
      run.folder.armLogPath(training: name, seed: seed), run: identity, continuing: kept)
  }

  /// For each unit the first one with the same settings and seed: where trainings are shared, that one trains for both.
  private func twins(_ units: [Unit]) throws -> [Int?] {
    guard run.trainings != nil else { return units.map { _ in nil } }
    var first: [[String: String]: Int] = [:]
    return try units.enumerated().map { index, unit in
      var settings = try ModelTraining(unit.arm, in: experiment).settingsWithoutName()
      settings["seed"] = "\(unit.seed)"
      if let twin = first[settings] { return twin }
      first[settings] = index
      return nil
    }
  }

  /// A piece of work for another thread, which keeps what it finishes.
  private func job(_ work: ArmSchedule.Work, _ units: [Unit]) -> @Sendable () throws -> Finished? {
    let run = run, recorder = recorder, identity = identity
    switch work {
    case .training(let index):
      let (arm, seed) = (units[index].arm, units[index].seed)
      return {
        let (record, trained) = try run.trained(arm, seed: seed)
        var log: ArmLog?
        if trained != nil {
          log = try ArmLog(run.folder.armLogPath(training: arm.name, seed: seed), run: identity)
          try log?.append(.training(record, arm: arm.name, seed: seed))
        }
        recorder?.training(record, arm: arm.name, seed: seed)
        return .training(unit: index, record, trained, log)
      }
    case .preparation(let index, let inference):
      guard let unit = units[index].trained else { return { nil } }
      return {
        try run.prepare(unit, inference: inference)
        return .preparation(unit: index, inference: inference)
      }
    case .arm(let index, let inference, let scenario):
      guard let unit = units[index].trained, let log = units[index].log else { return { nil } }
      return {
        let outcome = try log.kept(try run.outcomeOf(unit, inference: inference, scenario: scenario))
        recorder?.arm(outcome, training: unit.arm.name, seed: unit.seed)
        return .arm(unit: index, inference: inference, scenario: scenario, outcome)
      }
    }
  }

  /// Takes in what a job brought back.
  private func take(
    _ finished: Finished, _ seconds: Double, _ units: inout [Unit], _ schedule: inout ArmSchedule,
    _ estimate: inout WorkEstimate
  ) throws {
    var name = "", isWhole: Int?
    switch finished {
    case .training(let index, let record, let trained, let log):
      (units[index].record, units[index].trained, units[index].log) = (record, trained, log)
      name = "\(units[index].arm.name), seed \(units[index].seed)"
      estimate.finish(training: index, seconds: record.isReused == true ? nil : seconds)
      if trained != nil {
        schedule.open(unit: index)
      } else {
        schedule.skip(unit: index)
        estimate.skip(unit: index) { _, _ in true }
        isWhole = index
      }
    case .preparation(let index, let inference):
      schedule.prepared(unit: index, inference: inference)
      estimate.finish(preparation: inference, seconds: seconds)
    case .arm(let index, let inference, let scenario, let outcome):
      units[index].arms[inference][scenario] = outcome
      estimate.finish(inference: inference, scenario: scenario, seconds: seconds)
      name = "\(units[index].arm.name), \(outcome.inference), \(outcome.scenario), seed \(units[index].seed)"
      let last = schedule.finish(unit: index, inference: inference)
      if last.inference { units[index].trained?.release(inference: inference) }
      if last.unit { isWhole = index }
    }
    if let isWhole { try save(&units[isWhole]) }
    progress(.progress(estimate.progress(name: name)))
    if let isWhole {
      progress(
        .unit(
          done: units.count { $0.outcome != nil }, of: units.count,
          name: "\(units[isWhole].arm.name), seed \(units[isWhole].seed)"))
    }
  }

  /// Keeps a unit that is whole, and lets go of what its arms shared.
  private func save(_ unit: inout Unit) throws {
    guard let record = unit.record else { return }
    let outcome = UnitOutcome(
      training: unit.arm.name, seed: unit.seed, record, arms: unit.arms.joined().compactMap(\.self))
    try run.folder.save(outcome, run: identity)
    (unit.outcome, unit.trained, unit.log) = (outcome, nil, nil)
  }
}
