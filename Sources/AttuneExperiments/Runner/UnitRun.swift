internal import AttuneCore
internal import AttuneData
internal import AttuneInference
internal import AttuneTraining

/// The work of one unit, piece by piece: trains a model, prepares what serves, and runs inference arms on scenarios.
struct UnitRun: Sendable {
  let experiment: ExperimentConfiguration
  let data: ExperimentData
  let folder: RunFolder
  /// Strategies that were prepared.
  var cache = PreparationCache(keeping: nil)
  /// Models that were trained before; nil trains each anew.
  var trainings: TrainingCache?
  /// Seconds between two checkpoints of a training.
  var checkpointInterval = 30.0
  /// Told where a checkpoint or a stored model is passed by, and why.
  var notice: @Sendable (String) -> Void = { _ in }

  /// Runs the whole unit, one piece after the other. What fails is in the outcome; only cancellation and files that
  /// cannot be written are thrown.
  func run(_ arm: TrainingArmConfiguration, seed: UInt64) throws -> UnitOutcome {
    let (record, unit) = try trained(arm, seed: seed)
    var outcome = UnitOutcome(training: arm.name, seed: seed, record, arms: [])
    guard let unit else { return outcome }
    for inference in experiment.inference.indices {
      for scenario in experiment.scenarios.indices {
        try Cancellation.check()
        outcome.arms.append(try outcomeOf(unit, inference: inference, scenario: scenario))
      }
      unit.release(inference: inference)
    }
    return outcome
  }

  /// Trains the model of a unit, or finds it where it was trained before, and leaves it in the run folder.
  ///
  /// - Returns: how that ended, and the unit; nil where the training failed.
  /// - Throws: `CancellationError` and `FileError` only.
  func trained(_ arm: TrainingArmConfiguration, seed: UInt64) throws -> (TrainingRecord, TrainedUnit?) {
    let parts = try data.split(seed: seed)
    let path = folder.modelPath(training: arm.name, seed: seed)
    let training = ModelTraining(arm, in: experiment)
    let identity = try training.identity(of: parts.train, seed: seed)
    let key = try trainings.map { _ in try training.cacheKey(identity, of: parts.train) }
    if let key, let found = try trainings?.take(key, to: path, notice: notice) {
      return (found, try unit(arm, seed: seed, record: found, parts: parts))
    }
    let model: Model, report: TrainingReport
    do {
      (model, report) = try train(training, on: parts.train, seed: seed, identity)
    } catch let error where !(error is CancellationError || error is FileError) {
      return (TrainingRecord(cost: nil, failure: "\(error)"), nil)
    }
    let bytes = try model.write(to: path)
    let record = TrainingRecord(
      cost: TrainingCost(report, modelBytes: bytes, model: model), modelHash: try Provenance.sha256(file: path))
    if let key { trainings?.keep(record, model: path, as: key, notice: notice) }
    return (record, try unit(arm, seed: seed, record: record, parts: parts))
  }

  /// A unit whose model the run folder holds.
  ///
  /// - Parameter parts: the rows of the seed where the caller has them.
  /// - Throws: what reading the model throws.
  func unit(
    _ arm: TrainingArmConfiguration, seed: UInt64, record: TrainingRecord, parts: (train: Table, test: Table)? = nil
  ) throws -> TrainedUnit {
    TrainedUnit(
      arm, seed: seed, model: try Model(contentsOf: folder.modelPath(training: arm.name, seed: seed)),
      modelBytes: record.cost?.modelBytes ?? 0, parts: try parts ?? data.split(seed: seed), in: experiment)
  }

  /// Makes what serves in an inference arm, for all its scenarios. A failure is kept, and is that of every arm.
  ///
  /// - Throws: `CancellationError` and `FileError` only.
  func prepare(_ unit: TrainedUnit, inference: Int) throws {
    do {
      _ = try served(unit, inference)
    } catch let error where !(error is CancellationError || error is FileError) {
      return
    }
  }

  /// Runs an inference arm on a scenario, both by their numbers. What fails is in the outcome.
  ///
  /// - Throws: `CancellationError`; `FileError` where a student cannot be written.
  func outcomeOf(_ unit: TrainedUnit, inference: Int, scenario: Int) throws -> ArmOutcome {
    let names = (experiment.inference[inference].name, experiment.scenarios[scenario].name)
    let served: ServedArm
    do {
      served = try self.served(unit, inference)
    } catch let error where !(error is CancellationError || error is FileError) {
      return ArmOutcome(failed: error, inference: names.0, scenario: names.1)
    }
    do {
      return try run(served, of: unit, experiment.inference[inference], scenario)
    } catch let error where !(error is CancellationError) {
      return ArmOutcome(failed: error, inference: names.0, scenario: names.1)
    }
  }

  private func run(
    _ served: ServedArm, of unit: TrainedUnit, _ inference: InferenceArmConfiguration, _ number: Int
  ) throws -> ArmOutcome {
    let scenario = experiment.scenarios[number], seed = unit.seed, train = unit.train
    let stream = try unit.stream(number) {
      try prepare(scenario, unit.model, train: train, test: unit.test, seed: seed)
    }
    func samples() throws -> SourceSamples {
      try served.samples.get { try SourceSamples(of: served.model, train, seed: seed) }
    }
    func context(_ strategy: any AdaptationStrategy) throws -> AdaptationContext {
      try Self.context(served.model, unit.arm.name, inference.name, scenario.name, seed: seed).declared(
        by: strategy, samples: try samples(), target: stream.inputs, image: experiment.data.image ?? train.image)
    }
    var strategy = served.strategy, choice: ChoiceOutcome?
    if let configuration = inference.choice {
      let parts = try ModelTraining(unit.arm, in: experiment).parts(of: train, seed: seed)
      (strategy, choice) = try SettingChoice(
        configuration: configuration, model: served.model, stream: stream, source: parts.validated ?? train,
        context: context, seed: seed
      ).choose()
    }
    let told = try context(strategy)
    let intervals = try inference.intervals.map { configuration in
      let rows = try unit.heldOut.get { try data.parts(seed: seed).heldOut }
      let own = served.strategy is any PreparedStrategy ? rows?.everyOther(from: 1) : rows
      return try IntervalCalibration(model: served.model, heldOut: own, stream: stream).intervals(
        configuration, of: strategy, in: told)
    }
    var outcome = try StreamEvaluation(model: served.model, stream: stream).run(
      strategy, in: told, watch: try watch(inference.strategy.name, served.model, told, samples: try samples()),
      intervals: intervals?.intervals)
    outcome.preparation = served.cost(calibrating: intervals, modelBytes: unit.modelBytes)
    outcome.choice = choice
    outcome.servesStudent = inference.student == nil ? nil : true
    outcome.inference = inference.name
    outcome.scenario = scenario.name
    return outcome
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
    _ training: ModelTraining, on rows: Table, seed: UInt64, _ identity: [String: String]
  ) throws -> (model: Model, report: TrainingReport) {
    var plan = CheckpointPlan(
      path: folder.checkpointPath(training: training.arm.name, seed: seed), interval: checkpointInterval)
    func train() throws -> (model: Model, report: TrainingReport) {
      try training.train(on: rows, seed: seed, checkpoints: plan, identity: identity) { _ in try Cancellation.check() }
    }
    do {
      return try train()
    } catch let error as CheckpointError {
      notice("\(training.arm.name), seed \(seed) trains anew: \(error.reason)")
      plan.startsAnew = true
      return try train()
    }
  }

  /// The stream of a scenario as a model's network meets it.
  func prepare(
    _ scenario: ScenarioConfiguration, _ model: Model, train: Table, test: Table, seed: UInt64
  ) throws -> PreparedStream {
    try PreparedStream(
      try data.scenarioStream(of: scenario, train: train, test: test, seed: seed), of: scenario, for: model)
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

extension UnitRun {
  /// What serves in an inference arm, by its number: made by the first that asks.
  private func served(_ unit: TrainedUnit, _ number: Int) throws -> ServedArm {
    try unit.served(number) { try serve(experiment.inference[number], unit) }
  }

  private func serve(_ inference: InferenceArmConfiguration, _ unit: TrainedUnit) throws -> ServedArm {
    var model = unit.model, distilling: TrainingCost?
    if let student = inference.student {
      // Arms with the same student share its random numbers, and so its weights.
      let generator = Philox(seed: unit.seed).fork("student")
      let inputs = try model.preprocessing.apply(unit.train.features)
      let (network, report) = try student.distill(model.network, task: model.task, inputs: inputs, using: generator)
      model.network = network
      let path = folder.modelPath(training: unit.arm.name, seed: unit.seed, student: inference.name)
      distilling = TrainingCost(report, modelBytes: try model.write(to: path), model: model)
    }
    let (strategy, report) = try prepare(inference, model, unit.arm, seed: unit.seed)
    guard let report else { return ServedArm(model: model, strategy: strategy, cost: distilling) }
    var cost = TrainingCost(report, modelBytes: distilling?.modelBytes ?? unit.modelBytes, model: model)
    if let distilling {
      cost.seconds += distilling.seconds
      cost.operations += distilling.operations
    }
    return ServedArm(model: model, strategy: strategy, cost: cost)
  }
}
