public import AttuneCore
public import AttuneData
public import AttuneTraining

/// A training arm: how a model is optimized before it is deployed.
public struct TrainingArmConfiguration: Codable, Sendable, ValidatedConfiguration {
  /// Name in tables.
  public var name: String
  /// The rule of the updates.
  public var optimizer: OptimizerConfiguration
  /// Passes over the training rows.
  public var epochs: Int
  /// Rows of a batch.
  public var batchSize: Int
  /// Share of each target that moves to the uniform distribution; classification only.
  public var labelSmoothing: Double
  /// Shifts applied to each training batch, anew every time.
  public var augmentation: [ShiftConfiguration]
  /// How the learning rate changes; nil keeps the optimizer's.
  public var schedule: ScheduleConfiguration?
  /// A limit on the gradients; nil sets none.
  public var gradientClipping: GradientClipping?
  /// Rows that are not learned from, but looked at after each epoch; nil sets none aside.
  public var validation: ValidationConfiguration?
  /// The end of a training whose validation loss no longer falls; nil trains all epochs.
  public var earlyStopping: EarlyStoppingConfiguration?
  /// Weight of an L1 penalty on the weights of linear layers, which can make them exactly 0; 0 is none.
  public var l1: Double
  /// A limit on the norm of the incoming weights of each unit; nil sets none.
  public var maxNorm: Double?
  /// Parameters with settings of their own; the first group that a parameter belongs to holds.
  public var groups: [ParameterGroupConfiguration]
  /// Both shapes of the beta distribution from which mixup draws its proportions; nil mixes nothing.
  public var mixup: Double?
  /// An average of the weights that takes their place at the end; nil keeps the last ones.
  public var averaging: AveragingConfiguration?
  /// A solver in place of the optimizer; linear networks only.
  public var solver: SolverConfiguration?
  /// A network of the arm's own; nil for the experiment's.
  public var network: NetworkConfiguration?
  /// The columns that the arm's network sees; nil for all.
  public var features: [String]?

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    name = try keys.decode(String.self, forKey: .name)
    solver = try keys.decodeIfPresent(SolverConfiguration.self, forKey: .solver)
    optimizer = try keys.decodeIfPresent(OptimizerConfiguration.self, forKey: .optimizer) ?? .adam(Adam.Configuration())
    epochs = try keys.decodeIfPresent(Int.self, forKey: .epochs) ?? 30
    batchSize = try keys.decodeIfPresent(Int.self, forKey: .batchSize) ?? 32
    labelSmoothing = try keys.decodeIfPresent(Double.self, forKey: .labelSmoothing) ?? 0
    augmentation = try keys.decodeIfPresent([ShiftConfiguration].self, forKey: .augmentation) ?? []
    schedule = try keys.decodeIfPresent(ScheduleConfiguration.self, forKey: .schedule)
    gradientClipping = try keys.decodeIfPresent(GradientClipping.self, forKey: .gradientClipping)
    validation = try keys.decodeIfPresent(ValidationConfiguration.self, forKey: .validation)
    earlyStopping = try keys.decodeIfPresent(EarlyStoppingConfiguration.self, forKey: .earlyStopping)
    l1 = try keys.decodeIfPresent(Double.self, forKey: .l1) ?? 0
    maxNorm = try keys.decodeIfPresent(Double.self, forKey: .maxNorm)
    groups = try keys.decodeIfPresent([ParameterGroupConfiguration].self, forKey: .groups) ?? []
    mixup = try keys.decodeIfPresent(Double.self, forKey: .mixup)
    averaging = try keys.decodeIfPresent(AveragingConfiguration.self, forKey: .averaging)
    network = try keys.decodeIfPresent(NetworkConfiguration.self, forKey: .network)
    features = try keys.decodeIfPresent([String].self, forKey: .features)
    let iterative: [CodingKeys] = [
      .optimizer, .epochs, .batchSize, .labelSmoothing, .augmentation, .schedule, .gradientClipping, .l1, .maxNorm,
      .groups, .mixup, .averaging, .validation, .earlyStopping,
    ]
    if solver != nil, let key = iterative.first(where: keys.contains) {
      throw ConfigValueError("does nothing beside 'solver', which solves in closed form; remove one", key: key.rawValue)
    }
  }

  private enum CodingKeys: String, CodingKey {
    case name, optimizer, epochs, batchSize, labelSmoothing, augmentation, schedule, gradientClipping, validation
    case earlyStopping, solver, network, features
    case l1, maxNorm, groups, mixup, averaging
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(name, forKey: .name)
    try keys.encodeIfPresent(network, forKey: .network)
    try keys.encodeIfPresent(features, forKey: .features)
    if let solver { return try keys.encode(solver, forKey: .solver) }
    try keys.encode(optimizer, forKey: .optimizer)
    try keys.encode(epochs, forKey: .epochs)
    try keys.encode(batchSize, forKey: .batchSize)
    try keys.encode(labelSmoothing, forKey: .labelSmoothing)
    try keys.encode(augmentation, forKey: .augmentation)
    try keys.encodeIfPresent(schedule, forKey: .schedule)
    try keys.encodeIfPresent(gradientClipping, forKey: .gradientClipping)
    try keys.encodeIfPresent(validation, forKey: .validation)
    try keys.encodeIfPresent(earlyStopping, forKey: .earlyStopping)
    try keys.encode(l1, forKey: .l1)
    try keys.encodeIfPresent(maxNorm, forKey: .maxNorm)
    try keys.encode(groups, forKey: .groups)
    try keys.encodeIfPresent(mixup, forKey: .mixup)
    try keys.encodeIfPresent(averaging, forKey: .averaging)
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    if let features {
      try ConfigCheck.require(
        !features.isEmpty && Set(features).count == features.count, "features",
        "must name one column or more, each of them once")
    }
    try ConfigCheck.require(epochs >= 0, "epochs", "must be an integer of at least 0")
    try ConfigCheck.require(epochs <= 1_000_000_000, "epochs", "must be an integer of at most 1,000,000,000")
    try ConfigCheck.require(batchSize >= 1, "batchSize", "must be an integer of at least 1")
    try ConfigCheck.require(
      labelSmoothing >= 0 && labelSmoothing < 1, "labelSmoothing", "must be a number of at least 0 and below 1")
    try ConfigCheck.require(
      earlyStopping == nil || validation != nil, "earlyStopping",
      "needs 'validation' beside it, for example validation: {fraction: 0.1}")
    try ConfigCheck.require(l1 >= 0 && l1.isFinite, "l1", "must be a finite number of at least 0")
    for (key, value) in [("maxNorm", maxNorm), ("mixup", mixup)] {
      guard let value else { continue }
      try ConfigCheck.require(value > 0 && value.isFinite, key, "must be a finite number above 0")
    }
  }

  /// One line for tables.
  public var summary: String {
    (features.map { "\(Wording.counted($0.count, "column")): " } ?? "") + method
  }

  private var method: String {
    if let solver { return solver.summary }
    var parts = [optimizer.summary, "\(epochs) epochs", "batches of \(batchSize)"]
    if let schedule { parts.append("\(schedule.kind) schedule") }
    if let gradientClipping { parts.append(gradientClipping.summary) }
    if let validation { parts.append("validated on \(validation.fraction) of the rows") }
    if let earlyStopping { parts.append("stopped after \(earlyStopping.patience) epochs without improvement") }
    if l1 > 0 { parts.append("L1 \(l1)") }
    if let maxNorm { parts.append("incoming norms at most \(maxNorm)") }
    parts += groups.map(\.summary)
    if labelSmoothing > 0 { parts.append("label smoothing \(labelSmoothing)") }
    if !augmentation.isEmpty { parts.append("augmented: " + augmentation.map(\.shift.summary).joined(separator: ", ")) }
    if let mixup { parts.append("mixup \(mixup)") }
    if let averaging { parts.append(averaging.summary) }
    return parts.joined(separator: ", ")
  }
}

extension GradientClipping {
  /// What is limited, and to what.
  var summary: String {
    switch self {
    case .norm(let limit): "gradient norm at most \(limit)"
    case .value(let limit): "gradient elements at most \(limit)"
    }
  }
}

extension OptimizerConfiguration {
  /// The rule and its learning rate.
  var summary: String {
    switch self {
    case .sgd(let c): "SGD \(c.learningRate)" + (c.momentum > 0 ? " momentum \(c.momentum)" : "")
    case .adam(let c): "Adam \(c.learningRate)" + (c.amsgrad ? " AMSGrad" : "")
    case .adamw(let c): "AdamW \(c.learningRate)" + (c.amsgrad ? " AMSGrad" : "")
    case .rmsprop(let c): "RMSprop \(c.learningRate)"
    case .nadam(let c): "NAdam \(c.learningRate)"
    case .radam(let c): "RAdam \(c.learningRate)"
    case .adagrad(let c): "Adagrad \(c.learningRate)"
    case .adadelta(let c): "Adadelta \(c.learningRate)"
    case .adamax(let c): "Adamax \(c.learningRate)"
    }
  }
}
