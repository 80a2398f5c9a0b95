public import AttuneCore
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

  /// Trains a model on raw rows, in memory or in a file: the result is the same to the bit.
  ///
  /// Where the arm validates, preprocessing and network see only the rows that are not set aside.
  ///
  /// - Parameters:
  ///   - rows: the training part.
  ///   - seed: the seed of initialization, order, dropout, augmentation, and of the choice of validation rows.
  ///   - checkpoints: where the training is kept, and goes on from if it was kept there before; nil keeps nothing. Arm,
  ///     data and seed are added to its identity.
  ///   - identity: that of `identity(of:seed:)` where the caller has it; nil finds it, by two passes over the rows.
  ///   - observer: told of steps and epochs; solvers have none.
  /// - Throws: `DivergenceError` or `NonFiniteParameters` when training diverged; `CheckpointError` where the checkpoint
  ///   belongs to another training or is damaged; what preprocessing, augmentation and closed-form solvers throw; `ConfigValueError` for a solver and rows in a file.
  public func train(
    on rows: some TableRows, seed: UInt64, checkpoints: CheckpointPlan? = nil, identity: [String: String]? = nil,
    observer: TrainingObserver = { _ in }
  ) throws -> (model: Model, report: TrainingReport) {
    let (fitted, validated) = try parts(of: rows, seed: seed)
    let preprocessing = try data.fitPreprocessing(to: fitted, using: arm.features)
    let table = fitted as? Table
    // Rows in memory are preprocessed once, others with each batch: the same operations on each number.
    let inputs = try table.map { try preprocessing.apply($0.features) }
    var model = try untrainedModel(fitted, preprocessing, inputs, seed: seed)
    if let solver = arm.solver {
      guard let inputs, let table else { throw Self.solverRefusal }
      let report = try solve(solver, &model, inputs, table.targets)
      return (try checked(model), report)
    }
    // An arm's random streams depend on the seed only: arms that differ in one setting start from the same weights.
    let generator = Philox(seed: seed).fork("training")
    let transform = try transform(preprocessing, of: fitted)
    let trained: any TrainingRows
    if let table, let inputs {
      trained = MatrixRows(
        features: transform == nil ? inputs : table.features,
        targets: model.networkTargets(table.targets, rows: 0..<table.count))
    } else {
      trained = PreprocessedRows(fitted, for: model, isRaw: transform != nil)
    }
    return try run(
      model, on: trained, rows: rows, validated: validated, transform: transform, seed: seed, using: generator,
      checkpoints, identity, observer)
  }

  private func run(
    _ start: Model, on trained: any TrainingRows, rows: some TableRows, validated: (some TableRows)?,
    transform: Trainer.Transform?, seed: UInt64, using generator: Philox, _ checkpoints: CheckpointPlan?,
    _ identity: [String: String]?, _ observer: TrainingObserver
  ) throws -> (model: Model, report: TrainingReport) {
    var model = start
    var run: TrainingRun
    do {
      run = try TrainingRun(try trainer(), model.network, rows: trained, using: generator)
    } catch let error as ShapeError where trained.count < 2 && trained.count < rows.count {
      throw error.blamingValidation(arm.validation?.fraction ?? 0, rows.count)
    }
    var plan = checkpoints
    if let given = checkpoints {
      let own = try identity ?? self.identity(of: rows, seed: seed)
      plan?.identity = given.identity.merging(own) { $1 }
      if let plan { try run.resume(plan) }
    }
    let report = try run.complete(
      on: trained, validation: try validated.map { try validation(on: $0, model) }, transform: transform,
      checkpoints: plan, observer: observer)
    model.network = run.network
    return (model, report)
  }

  private func trainer() throws -> Trainer {
    Trainer(
      optimizer: try arm.optimizer.make(),
      loss: data.task == .classification ? .crossEntropy(labelSmoothing: arm.labelSmoothing) : .meanSquaredError,
      epochs: arm.epochs, batchSize: arm.batchSize, schedule: try arm.schedule?.make(), clipping: arm.gradientClipping,
      maxNorm: arm.maxNorm, groups: try arm.groups.map { try $0.make() }, earlyStopping: try arm.earlyStopping?.make(),
      l1: arm.l1, mixup: arm.mixup.map { Mixup(alpha: $0) }, averaging: arm.averaging)
  }

  /// The arm's augmentation, then preprocessing; nil where nothing is augmented and rows are preprocessed once.
  private func transform(_ preprocessing: Preprocessing, of rows: some TableRows) throws -> Trainer.Transform? {
    guard !arm.augmentation.isEmpty else { return nil }
    let context = try data.shiftContext(forRows: rows)
    let shifts = arm.augmentation.map(\.shift)
    return { batch, generator in
      var batch = batch
      for shift in shifts { batch = try shift.applyToRows(of: batch, in: context, using: &generator) }
      return try preprocessing.apply(batch)
    }
  }

  /// The model, unless its solver overflowed. A training of steps checks its own outcome.
  private func checked(_ model: Model) throws -> Model {
    for (name, tensor) in model.network.stateDictionary.sorted(by: { $0.key < $1.key })
    where !tensor.matrix.isFinite {
      throw NonFiniteParameters(arm: arm.name, parameter: name)
    }
    return model
  }

  /// The model before the first step, as `train` starts from.
  func untrained(for rows: Table, seed: UInt64) throws -> Model {
    let fitted = try parts(of: rows, seed: seed).fitted
    let preprocessing = try data.fitPreprocessing(to: fitted, using: arm.features)
    return try untrainedModel(fitted, preprocessing, preprocessing.apply(fitted.features), seed: seed)
  }

  /// Throws where a training could not take its first step: batches that batch norm cannot take, settings of the
  /// optimizer that do not fit.
  func checkStart(of model: Model, on rows: Table, seed: UInt64) throws {
    guard arm.solver == nil else { return }
    let fitted = try parts(of: rows, seed: seed).fitted
    let trained = MatrixRows(
      features: fitted.features, targets: model.networkTargets(fitted.targets, rows: 0..<fitted.count))
    _ = try TrainingRun(try trainer(), model.network, rows: trained, using: Philox(seed: seed).fork("training"))
  }

  /// Throws where a shift of the augmentation does not fit the rows; one batch of them is tried.
  func checkAugmentation(on rows: Table, seed: UInt64) throws {
    let context = data.shiftContext(for: rows)
    var generator = Philox(seed: seed).fork("training")
    var batch = rows.features.rows(0..<min(arm.batchSize, rows.count))
    for shift in arm.augmentation.flatMap(\.alternatives) {
      batch = try shift.applyToRows(of: batch, in: context, using: &generator)
    }
  }

  /// The error of an arm with a solver on rows in a file.
  public static var solverRefusal: ConfigValueError {
    ConfigValueError(
      "a solver needs all rows in memory, and data.source.streaming keeps them in a file; leave out one of them",
      key: "training")
  }

  /// - Parameter inputs: the preprocessed features; nil preprocesses block by block.
  private func untrainedModel(
    _ rows: some TableRows, _ preprocessing: Preprocessing, _ inputs: Matrix?, seed: UInt64
  ) throws -> Model {
    var initialization = Philox(seed: seed).fork("initialization")
    let classes = rows.classNames ?? [], width = preprocessing.inputCount
    var counts = [Int](repeating: 0, count: classes.count)
    try rows.forEachBlock { block, _ in
      switch block.targets {
      case .classes(let labels, _): for label in labels { counts[label] += 1 }
      case .values: break
      case .none: throw ConfigValueError("the rows have no target", key: "data")
      }
    }
    let shares = counts.map { Double($0) / Double(rows.count) }
    let network = network.make(
      inputDimension: width, outputDimension: max(1, classes.count), using: &initialization)
    let source: SourceStatistics
    if let inputs {
      source = SourceStatistics(inputs: inputs, classShares: shares)
    } else {
      source = try SourceStatistics(rows: rows.count, columns: width, classShares: shares) { add in
        try rows.forEachBlock { block, _ in add(try preprocessing.apply(block.features)) }
      }
    }
    return Model(
      network: network, task: data.task, preprocessing: preprocessing, classes: classes, source: source,
      dialect: data.source.dialect)
  }

  private func solve(
    _ solver: SolverConfiguration, _ model: inout Model, _ inputs: Matrix, _ targets: Targets
  ) throws -> TrainingReport {
    let started = ThreadClock.now
    let scaled = model.networkTargets(targets, rows: 0..<inputs.rows)
    let (solution, operations) = try OperationCounter.count {
      switch solver {
      case .leastSquares(let settings):
        return try LeastSquares.ordinary(
          features: inputs, targets: scaled, dependence: .refused, intercept: settings.intercept)
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
    let layer = model.network.outputLayerIndex
    model.network[ParameterID(layer: layer, role: .weight)] = Matrix(solution.weights.map { $0.map { Float($0) } })
    model.network[ParameterID(layer: layer, role: .bias)] = Matrix(row: solution.intercepts.map { Float($0) })
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
