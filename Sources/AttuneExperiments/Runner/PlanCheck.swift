internal import AttuneCore
public import AttuneData
internal import AttuneInference
internal import AttuneTraining

/// What can be known of an experiment before it trains: whether data, shifts and strategies fit.
public struct PlanCheck: Sendable {
  /// An inference arm that cannot run on the model of a training arm.
  public struct ExpectedFailure: Equatable, Sendable {
    /// Name of the training arm.
    public let training: String
    /// Name of the inference arm.
    public let inference: String
    /// Why it cannot run, and what to do.
    public let reason: String
  }

  let experiment: ExperimentConfiguration
  let data: ExperimentData

  init(_ experiment: ExperimentConfiguration, data: ExperimentData) {
    self.experiment = experiment
    self.data = data
  }

  /// A check of an experiment, whose data are loaded.
  ///
  /// - Parameters:
  ///   - experiment: the experiment.
  ///   - configFolder: the folder of the config file.
  ///   - note: called once for each file of which rows were left out.
  /// - Throws: what the loaders throw.
  public init(
    _ experiment: ExperimentConfiguration, configFolder: String,
    note: @escaping @Sendable (SkippedRows) -> Void = { _ in }
  ) throws {
    self.init(experiment, data: try ExperimentData(experiment.data, folder: configFolder, note: note))
  }

  /// Throws where an experiment has no arm or no scenario to run.
  ///
  /// - Throws: `ConfigValueError` that names the section.
  public static func checkSections(of experiment: ExperimentConfiguration) throws {
    guard experiment.inference.isEmpty || experiment.scenarios.isEmpty else { return }
    throw ConfigValueError(
      "a run needs at least one; 'attune train' trains without",
      key: experiment.inference.isEmpty ? "inference" : "scenarios")
  }

  /// Makes every stream of the first seed once, so that a shift that does not fit stops a run before it trains.
  ///
  /// - Throws: `UnfitScenario` where a shift does not fit; what loading a scenario's data and splitting throw.
  public func checkScenarios() throws {
    guard let seed = experiment.seeds.first else { return }
    let (train, test) = try data.split(seed: seed)
    for scenario in experiment.scenarios {
      do {
        _ = try data.stream(of: scenario, train: train, test: test, seed: seed)
      } catch let error as ShiftError {
        throw UnfitScenario(scenario: scenario.name, problem: error)
      }
    }
    // With another seed a rare category may be in the test part only.
    guard train.hasCategories else { return }
    for seed in experiment.seeds.dropFirst() { _ = try data.split(seed: seed) }
  }

  /// The inference arms that fail whatever training finds: each strategy is started on an untrained network of each
  /// training arm, or on an untrained student.
  ///
  /// - Throws: what splitting the data throws.
  public func expectedFailures() throws -> [ExpectedFailure] {
    guard let seed = experiment.seeds.first else { return [] }
    let (train, _) = try data.split(seed: seed)
    return experiment.training.flatMap { arm -> [ExpectedFailure] in
      let untrained = Result { try untrainedModel(of: arm, train, seed: seed) }
      return experiment.inference.compactMap { inference in
        do {
          try start(inference, on: untrained.get(), arm, train, seed: seed)
          return nil
        } catch {
          return ExpectedFailure(training: arm.name, inference: inference.name, reason: "\(error)")
        }
      }
    }
  }

  private func untrainedModel(of arm: TrainingArmConfiguration, _ train: Table, seed: UInt64) throws -> Model {
    let training = ModelTraining(arm, in: experiment)
    do {
      try training.checkAugmentation(on: train, seed: seed)
      let model = try training.untrained(for: train, seed: seed)
      try training.checkStart(of: model, on: train, seed: seed)
      return model
    } catch {
      throw TrainingFailure(reason: "\(error)")
    }
  }

  private func start(
    _ inference: InferenceArmConfiguration, on model: Model, _ arm: TrainingArmConfiguration, _ train: Table,
    seed: UInt64
  ) throws {
    var served = model
    if let student = inference.student {
      var generator = Philox(seed: seed).fork("student")
      served.network = .mlp(
        inputDimension: model.network.inputDimension, hidden: student.hidden,
        outputDimension: model.network.outputDimension, activation: student.activation, batchNorm: student.batchNorm,
        using: &generator)
    }
    let scenario = experiment.scenarios.first?.name ?? ""
    if let strategy = inference.strategy.strategy as? any PreparedStrategy {
      let heldOut = try experiment.data.heldOut == nil ? nil : data.parts(seed: seed).heldOut
      return try strategy.check(
        for: served.network,
        in: UnitRun.preparationContext(inference, served, train: train, heldOut: heldOut, seed: seed))
    }
    let strategy = inference.strategy.strategy, samples = try SourceSamples(of: served, train, seed: seed)
    let context = UnitRun.context(served, arm.name, inference.name, scenario, seed: seed).declared(
      by: strategy, samples: samples, target: samples.inputs, image: experiment.data.image ?? train.image)
    _ = try strategy.run(served.network, in: context)
  }
}

/// A training arm has no model to serve.
private struct TrainingFailure: Error, CustomStringConvertible {
  let reason: String
  var description: String { "training failed: \(reason)" }
}

/// A scenario has a shift that does not fit the data.
public struct UnfitScenario: Error, Equatable, CustomStringConvertible {
  /// Name of the scenario.
  public let scenario: String
  /// What does not fit, and what to do.
  public let problem: ShiftError

  /// The scenario and the problem.
  public var description: String { "scenario '\(scenario)': \(problem)" }
}
