internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining

/// One unit: trains a model, distills its students, and runs all inference arms on all scenarios.
struct UnitRun: Sendable {
  let experiment: ExperimentConfiguration
  let data: ExperimentData
  let folder: RunFolder
  /// Strategies that were prepared.
  var cache = PreparationCache(keeping: nil)
  /// Seconds between two checkpoints of a training.
  var checkpointInterval = 30.0
  /// Told where a checkpoint is passed by, and why.
  var notice: @Sendable (String) -> Void = { _ in }

  /// Runs the unit. What fails is in the outcome; only cancellation and files that cannot be written are thrown.
  func run(_ arm: TrainingArmConfiguration, seed: UInt64) throws -> UnitOutcome {
    let (train, test) = try data.split(seed: seed)
    let model: Model, report: TrainingReport
    do {
      (model, report) = try self.train(arm, on: train, seed: seed)
    } catch let error where !(error is CancellationError || error is FileError) {
      return UnitOutcome(training: arm.name, seed: seed, cost: nil, failure: "\(error)", arms: [])
    }
    let bytes = try model.write(to: folder.modelPath(training: arm.name, seed: seed))
    let cost = TrainingCost(report, modelBytes: bytes, model: model)
    let streams = experiment.scenarios.map { scenario in
      Result { try prepare(scenario, model, train: train, test: test, seed: seed) }
    }
    var arms: [ArmOutcome] = []
    for inference in experiment.inference {
      let served: ServedArm
      do {
        served = try serve(inference, model, arm, modelBytes: bytes, train: train, seed: seed)
      } catch let error where !(error is CancellationError || error is FileError) {
        arms += experiment.scenarios.map { ArmOutcome(failed: error, inference: inference.name, scenario: $0.name) }
        continue
      }
      // The same for all scenarios; made when something asks for them.
      lazy var heldOut = Result { try data.parts(seed: seed).heldOut }
      lazy var samples = Result { try SourceSamples(of: served.model, train, seed: seed) }
      for (scenario, stream) in zip(experiment.scenarios, streams) {
        try Cancellation.check()
        do {
          let stream = try stream.get()
          func context(_ strategy: any AdaptationStrategy) throws -> AdaptationContext {
            try Self.context(served.model, arm.name, inference.name, scenario.name, seed: seed).declared(
              by: strategy, samples: try samples.get(), target: stream.inputs,
              image: experiment.data.image ?? train.image)
          }
          var strategy = served.strategy, choice: ChoiceOutcome?
          if let configuration = inference.choice {
            let parts = try ModelTraining(arm, in: experiment).parts(of: train, seed: seed)
            (strategy, choice) = try SettingChoice(
              configuration: configuration, model: served.model, stream: stream, source: parts.validated ?? train,
              context: context, seed: seed
            ).choose()
          }
          let told = try context(strategy)
          let intervals = try inference.intervals.map { configuration in
            let rows = try heldOut.get()
            let own = served.strategy is any PreparedStrategy ? rows?.everyOther(from: 1) : rows
            return try IntervalCalibration(model: served.model, heldOut: own, stream: stream).intervals(
              configuration, of: strategy, in: told)
          }
          var outcome = try StreamEvaluation(model: served.model, stream: stream).run(
            strategy, in: told,
            watch: try watch(inference.strategy.name, served.model, told, samples: try samples.get()),
            intervals: intervals?.intervals)
          outcome.preparation = served.cost(calibrating: intervals, modelBytes: bytes)
          outcome.choice = choice
          outcome.servesStudent = inference.student == nil ? nil : true
          outcome.inference = inference.name
          outcome.scenario = scenario.name
          arms.append(outcome)
        } catch let error where !(error is CancellationError) {
          arms.append(ArmOutcome(failed: error, inference: inference.name, scenario: scenario.name))
        }
      }
    }
    return UnitOutcome(training: arm.name, seed: seed, cost: cost, failure: nil, arms: arms)
  }

  /// The experiment's monitors, which may know training rows whether the strategy does or not; nil without monitors.
  private func watch(
    _ strategy: String, _ model: Model, _ context: AdaptationContext, samples: @autoclosure () throws -> SourceSamples
  ) throws -> StreamWatch? {
    let monitors = experiment.monitors
    guard !monitors.isEmpty else { return nil }
    var known = context
    known.source = model.source
    if monitors.contains(where: { $0.sourceAccess == .samples }) {
      known.samples = try samples()
    }
    known.generator = context.generator.fork("monitors")
    return StreamWatch(monitors, of: strategy, model.network, in: known)
  }

  /// Trains, and goes on where a run that was stopped was. A checkpoint that does not fit is no more believed than a
  /// damaged unit: the training starts anew.
  private func train(
    _ arm: TrainingArmConfiguration, on rows: Table, seed: UInt64
  ) throws -> (model: Model, report: TrainingReport) {
    var plan = CheckpointPlan(
      path: folder.checkpointPath(training: arm.name, seed: seed), interval: checkpointInterval)
    let training = ModelTraining(arm, in: experiment)
    do {
      return try training.train(on: rows, seed: seed, checkpoints: plan) { _ in try Cancellation.check() }
    } catch let error as CheckpointError {
      notice("\(arm.name), seed \(seed) trains anew: \(error.reason)")
      plan.startsAnew = true
      return try training.train(on: rows, seed: seed, checkpoints: plan) { _ in try Cancellation.check() }
    }
  }

  /// The stream of a scenario as a model's network meets it.
  func prepare(
    _ scenario: ScenarioConfiguration, _ model: Model, train: Table, test: Table, seed: UInt64
  ) throws -> PreparedStream {
    try PreparedStream(
      try data.scenarioStream(of: scenario, train: train, test: test, seed: seed), of: scenario, for: model)
  }

  /// What serves in an inference arm.
  private struct ServedArm {
    /// The trained model, or a student of it.
    var model: Model
    /// The strategy, prepared where it prepares itself.
    var strategy: any AdaptationStrategy
    /// What was spent between training and serving; nil where nothing was.
    var cost: TrainingCost?

    /// The cost with that of a calibration.
    func cost(calibrating intervals: IntervalCalibration.Calibrated?, modelBytes: Int) -> TrainingCost? {
      guard let intervals, intervals.operations > 0 else { return cost }
      var sum =
        cost
        ?? TrainingCost(TrainingReport(losses: [], seconds: 0, operations: 0), modelBytes: modelBytes, model: model)
      sum.operations += intervals.operations
      sum.seconds += intervals.seconds
      return sum
    }
  }

  private func serve(
    _ inference: InferenceArmConfiguration, _ model: Model, _ arm: TrainingArmConfiguration, modelBytes: Int,
    train: Table,
    seed: UInt64
  ) throws -> ServedArm {
    var served = ServedArm(model: model, strategy: inference.strategy.strategy, cost: nil)
    if let student = inference.student {
      // Arms with the same student share its random numbers, and so its weights.
      let generator = Philox(seed: seed).fork("student")
      let inputs = try model.preprocessing.apply(train.features)
      let (network, report) = try student.distill(model.network, task: model.task, inputs: inputs, using: generator)
      served.model.network = network
      let bytes = try served.model.write(to: folder.modelPath(training: arm.name, seed: seed, student: inference.name))
      served.cost = TrainingCost(report, modelBytes: bytes, model: served.model)
    }
    let (strategy, report) = try prepare(inference, served.model, arm, seed: seed)
    served.strategy = strategy
    guard let report else { return served }
    var cost = TrainingCost(report, modelBytes: served.cost?.modelBytes ?? modelBytes, model: served.model)
    if let distilling = served.cost {
      cost.seconds += distilling.seconds
      cost.operations += distilling.operations
    }
    served.cost = cost
    return served
  }

  static func context(
    _ model: Model, _ training: String, _ inference: String, _ scenario: String, seed: UInt64
  ) -> AdaptationContext {
    let generator = Philox(seed: seed).fork("inference").fork(training).fork(inference).fork(scenario)
    var context = AdaptationContext(task: model.task, source: model.source, generator: generator)
    context.inputNames = model.preprocessing.inputNames
    return context
  }
}

extension TrainingCost {
  init(_ report: TrainingReport, modelBytes: Int, model: Model) {
    self.init(
      seconds: report.seconds, operations: report.operations, modelBytes: modelBytes,
      parameters: model.network.parameterCount, epochs: report.epochs.isEmpty ? nil : report.epochs.count,
      bestEpoch: report.bestEpoch)
  }
}

extension ArmOutcome {
  init(failed error: any Error, inference: String, scenario: String) {
    self.init(
      inference: inference, scenario: scenario, quality: nil, trace: [], rows: 0, operationsPerSample: 0,
      preparation: nil,
      failure: "\(error)")
  }
}
