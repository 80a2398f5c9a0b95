import AttuneCore
import Foundation
import Testing

@testable import AttuneTraining

@Suite struct CheckpointResumeTests {
  /// Stops a training at every place, by way of the bytes of a file, and compares the ends.
  private func expectResumes(_ problem: CheckpointProblem, _ comment: Comment) throws {
    let (states, end) = try problem.states()
    for state in states {
      let bytes = try state.checkpoint(identity: ["a": "1"]).serialized()
      var again = try problem.start()
      try again.restore(TrainingCheckpoint(bytes: bytes), identity: ["a": "1"])
      expectSameBits(again, state, comment)
      #expect(try again.checkpoint(identity: ["a": "1"]).serialized() == bytes, comment)
      expectSameBits(try problem.finished(again), end, comment)
    }
  }

  @Test(arguments: OptimizerCases.names) func `an optimizer stopped anywhere ends with the same bits`(name: String)
    throws
  {
    try expectResumes(try CheckpointProblem(OptimizerCases.make(name)), "\(name)")
  }

  static let schedules: [ScheduleConfiguration] = {
    var plateau = ReduceOnPlateau.Configuration()
    plateau.patience = 0
    var step = OneCycle.Configuration()
    step.per = .step
    return [
      .plateau(plateau), .cosine(CosineAnnealing.Configuration()), .oneCycle(step),
      .warmup(LinearWarmup.Configuration()),
    ]
  }()

  @Test(arguments: schedules) func `a schedule stopped anywhere ends with the same bits`(
    schedule: ScheduleConfiguration
  ) throws {
    let problem = try CheckpointProblem(try SGD(learningRate: 0.5, momentum: 0.9), schedule: schedule.make(), epochs: 5)
    try expectResumes(problem, "\(schedule.kind)")
    if case .plateau = schedule {
      let rates = try #require(try problem.states().end.rates)
      #expect(rates.plateau.factor < 1, "the rate fell at least once")
    }
  }

  @Test func `early stopping stopped anywhere ends with the best network`() throws {
    let problem = try CheckpointProblem(
      try Adam(learningRate: 0.3), epochs: 30, earlyStopping: try EarlyStopping(patience: 2))
    try expectResumes(problem, "early stopping")
    let end = try problem.states().end
    #expect(end.report.stoppedEarly && end.history.count < 30)
    #expect(end.network == end.bestNetwork && end.report.bestEpoch == end.history.count - 2)
    #expect(
      try problem.validation.measure(end.network, problem.trainer.loss).loss
        == end.history.compactMap(\.validationLoss)
        .min())
  }

  @Test func `frozen groups and linear networks go on, too`() throws {
    var problem = try CheckpointProblem(try Adam(learningRate: 0.1))
    problem.trainer.groups = [try ParameterGroup(.layers([0]), isFrozen: true)]
    problem.trainer.maxNorm = 0.5
    try expectResumes(problem, "groups")
  }

  @Test func `checkpoints on the way change no bit, and the observer is told`() throws {
    try withTemporaryFile { path in
      let problem = try CheckpointProblem(try Adam(learningRate: 0.1))
      let end = try problem.finished(problem.start())
      var run = try problem.start(), kept: [Int] = [], steps: [Int] = [], epochs: [Int] = []
      let plan = CheckpointPlan(path: path, interval: 0)
      _ = try run.complete(
        on: problem.rows, validation: problem.validation, transform: problem.transform, checkpoints: plan
      ) { event in
        switch event {
        case .started(let position, 3, 3): #expect(position == TrainingPosition())
        case .started: Issue.record("\(event)")
        case .step(let record, let rate):
          steps.append(record.globalStep)
          #expect(rate > 0 && record.loss.isFinite && record.gradientNorm.map { $0 > 0 } == true)
          #expect(record.rows == (record.step == 3 ? 7 : 8) && record.learningRate == 0.1)
        case .epoch(let record): epochs.append(record.epoch)
        case .checkpointing(let position): kept.append(position.globalStep)
        }
      }
      expectSameBits(run, end)
      #expect(steps == Array(1...9) && epochs == [1, 2, 3])
      #expect(kept == [1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9], "after each step and each epoch")
      var again = try problem.start()
      try again.resume(plan)
      #expect(again.isFinished && again.network == end.network)
      var anew = try problem.start()
      try anew.resume(CheckpointPlan(path: path, startsAnew: true))
      #expect(anew.position == TrainingPosition())
    }
  }

  @Test func `who stops a training finds a checkpoint of the step before`() throws {
    try withTemporaryFile { path in
      let problem = try CheckpointProblem(try Adam(learningRate: 0.1)), plan = CheckpointPlan(path: path)
      let end = try problem.finished(problem.start())
      for stop in 1...9 {
        try? FileManager.default.removeItem(atPath: path)
        var run = try problem.start(), isStopping = false
        #expect(throws: CancellationError.self) {
          try run.complete(
            on: problem.rows, validation: problem.validation, transform: problem.transform, checkpoints: plan
          ) { event in
            // A wish to stop stays: it comes with every event after the first, too.
            if case .step(let record, _) = event, record.globalStep == stop { isStopping = true }
            if isStopping { throw CancellationError() }
          }
        }
        var again = try problem.start()
        try again.resume(plan)
        #expect(again.position.globalStep == stop)
        expectSameBits(try problem.finished(again), end)
      }
    }
  }

  @Test func `costs go on, too`() throws {
    let problem = try CheckpointProblem(try Adam(learningRate: 0.1))
    var whole = try problem.start(), half = try problem.start()
    let report = try whole.complete(on: problem.rows, validation: problem.validation)
    #expect(throws: CancellationError.self) {
      try half.complete(
        on: problem.rows, validation: problem.validation,
        observer: { event in
          if case .step(let record, _) = event, record.globalStep == 5 { throw CancellationError() }
        })
    }
    var again = try problem.start()
    try again.restore(TrainingCheckpoint(bytes: half.checkpoint().serialized()))
    let resumed = try again.complete(on: problem.rows, validation: problem.validation)
    #expect(resumed.operations == report.operations && resumed.losses == report.losses)
    #expect(resumed.seconds > again.history[0].seconds)
  }
}
