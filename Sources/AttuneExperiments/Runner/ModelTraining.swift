internal import AttuneCore
public import AttuneData
public import AttuneTraining

/// Training of the model of one training arm and seed.
public struct ModelTraining: Sendable {
  /// The arm.
  public let arm: TrainingArmConfiguration
  /// The experiment's data section.
  public let data: DataConfiguration
  /// The network that is trained.
  public let network: NetworkConfiguration

  /// Training of an arm of an experiment.
  public init(_ arm: TrainingArmConfiguration, in experiment: ExperimentConfiguration) {
    self.arm = arm
    data = experiment.data
    network = arm.network ?? experiment.network
  }

  /// Trains a model on raw rows.
  ///
  /// - Parameters:
  ///   - rows: the training part.
  ///   - seed: the seed of initialization, order, dropout and augmentation.
  ///   - progress: called after each epoch with its number, from 1, and its mean loss.
  /// - Throws: `DivergenceError` or `NonFiniteParameters` when training diverged; what preprocessing, augmentation and
  ///   closed-form solvers throw.
  public func train(
    on rows: Table, seed: UInt64, progress: (_ epoch: Int, _ loss: Double) throws -> Void = { _, _ in }
  ) throws -> (model: Model, report: TrainingReport) {
    let preprocessing = try data.preprocessing.fit(to: rows)
    let inputs = try preprocessing.apply(rows.features)
    var model = try untrainedModel(rows, preprocessing, inputs, seed: seed)
    let targets = model.networkTargets(rows.targets, rows: 0..<rows.count)
    // An arm's random streams depend on the seed only: arms that differ in one setting start from the same weights.
    let generator = Philox(seed: seed).fork("training")
    if let solver = arm.solver {
      let report = try solve(solver, &model, inputs, rows.targets)
      return (try checked(model), report)
    }
    let trainer = Trainer(
      optimizer: try arm.optimizer.make(),
      loss: data.task == .classification ? .crossEntropy(labelSmoothing: arm.labelSmoothing) : .meanSquaredError,
      epochs: arm.epochs, batchSize: arm.batchSize, schedule: try arm.schedule?.make(), clipping: arm.gradientClipping)
    guard !arm.augmentation.isEmpty else {
      let report = try trainer.train(
        &model.network, features: inputs, targets: targets, using: generator, progress: progress)
      return (try checked(model), report)
    }
    let context = data.shiftContext(for: rows), shifts = arm.augmentation.map(\.shift)
    let report = try trainer.train(
      &model.network, features: rows.features, targets: targets,
      transform: { batch, generator in
        var batch = batch
        for shift in shifts { batch = try shift.apply(to: batch, in: context, using: &generator) }
        return try preprocessing.apply(batch)
      }, using: generator, progress: progress)
    return (try checked(model), report)
  }

  /// The model, unless the last update spoiled it: no loss was computed after that.
  private func checked(_ model: Model) throws -> Model {
    for (name, tensor) in model.network.stateDictionary.sorted(by: { $0.key < $1.key })
    where !tensor.matrix.isFinite {
      throw NonFiniteParameters(arm: arm.name, parameter: name)
    }
    return model
  }

  /// The model before the first step, as `train` starts from.
  func untrained(for rows: Table, seed: UInt64) throws -> Model {
    let preprocessing = try data.preprocessing.fit(to: rows)
    return try untrainedModel(rows, preprocessing, try preprocessing.apply(rows.features), seed: seed)
  }

  /// Throws where a shift of the augmentation does not fit the rows; one batch of them is tried.
  func checkAugmentation(on rows: Table, seed: UInt64) throws {
    let context = data.shiftContext(for: rows)
    var generator = Philox(seed: seed).fork("training")
    var batch = rows.features.rows(0..<min(arm.batchSize, rows.count))
    for shift in arm.augmentation { batch = try shift.shift.apply(to: batch, in: context, using: &generator) }
  }

  private func untrainedModel(
    _ rows: Table, _ preprocessing: Preprocessing, _ inputs: Matrix, seed: UInt64
  ) throws -> Model {
    var initialization = Philox(seed: seed).fork("initialization")
    var classes: [String] = [], shares: [Double] = []
    switch rows.targets {
    case .classes(let labels, let names):
      classes = names
      shares = names.indices.map { c in Double(labels.count { $0 == c }) / Double(labels.count) }
    case .values: break
    case .none: throw ConfigValueError("the rows have no target", key: "data")
    }
    let network = network.make(
      inputDimension: inputs.columns, outputDimension: max(1, classes.count), using: &initialization)
    return Model(
      network: network, task: data.task, preprocessing: preprocessing, classes: classes,
      source: SourceStatistics(inputs: inputs, classShares: shares))
  }

  private func solve(
    _ solver: SolverConfiguration, _ model: inout Model, _ inputs: Matrix, _ targets: Targets
  ) throws -> TrainingReport {
    let started = ThreadClock.now
    let scaled = model.networkTargets(targets, rows: 0..<inputs.rows)
    let (solution, operations) = try OperationCounter.count {
      switch solver {
      case .leastSquares:
        return try LeastSquares.ordinary(features: inputs, targets: scaled, dependence: .refused)
      case .ridge(let settings):
        return try LeastSquares.ridge(features: inputs, targets: scaled, l2: settings.l2)
      case .logistic(let settings):
        guard case .classes(let labels, let names) = targets else {
          throw ConfigValueError("the solver logistic needs classes as targets", key: "data")
        }
        var configuration = LogisticRegression.Configuration()
        configuration.c = settings.c
        return try LogisticRegression(configuration)
          .fit(features: inputs, labels: labels, classes: names.count).perClass
      }
    }
    model.network[ParameterID(layer: 0, role: .weight)] = Matrix(solution.weights.map { $0.map { Float($0) } })
    model.network[ParameterID(layer: 0, role: .bias)] = Matrix(row: solution.intercepts.map { Float($0) })
    return TrainingReport(losses: [], seconds: ThreadClock.now - started, operations: operations)
  }
}

/// Training ended with parameters that are not finite numbers.
public struct NonFiniteParameters: Error, Equatable, CustomStringConvertible {
  /// Name of the training arm.
  public let arm: String
  /// Name of the first such parameter or buffer.
  public let parameter: String

  /// What happened and what to try.
  public var description: String {
    "training arm '\(arm)' diverged: \(parameter) holds values that are not finite; lower the learning rate, or check "
      + "the scale of the inputs"
  }
}
