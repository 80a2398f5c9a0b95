public import AttuneCore
public import AttuneTraining

/// A method as a list of parts, one for each place in which published methods differ.
///
/// In a config file: `{strategy: recipe, statistics: batch, scope: norm-affine, objectives: [entropy]}`; or a preset whose
/// parts are replaced one by one: `{strategy: tent, statistics: {kind: moving-average, momentum: 0.05}}`.
public struct RecipeConfiguration: Codable, Sendable, DefaultInitializable, ValidatedConfiguration {
  /// Which statistics batch norm uses.
  public var statistics = PartChoice<StatisticsPlace>.part(SourceNormalization.self)
  /// Which parameters change.
  public var scope = ParameterScope(.none)
  /// What is made small: the weighted sum of these.
  public var objectives: [ObjectiveChoice] = []
  /// Which rows are learned from: each part narrows what the ones before have left.
  public var selection: [PartChoice<SelectionPlace>] = []
  /// Which rows of the stream are kept to learn from.
  public var memory = PartChoice<MemoryPlace>.none
  /// What brings a run-away adaptation back.
  public var recovery: [PartChoice<RecoveryPlace>] = []
  /// What becomes of the logits on their way out.
  public var correction: [PartChoice<CorrectionPlace>] = []
  /// When the answer is taken, and how many steps a batch makes.
  public var timing = AdaptationTiming()
  /// A slowly moving copy of the network, for objectives and answers; nil without one.
  public var teacher: TeacherSettings?
  /// What makes another view of a row.
  public var augmentations: [PartChoice<AugmentationPlace>] = []
  /// The rule of the steps.
  public var optimizer = OptimizerConfiguration.adam(Adam.Configuration(learningRate: 1e-3))
  /// Radius ρ of sharpness-aware steps; 0 makes ordinary ones.
  public var sharpness = 0.0
  /// Whether dropout is active in the passes that are learned from.
  public var dropout = false

  /// The trained model as it is.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.require(
      sharpness >= 0 && sharpness.isFinite, "sharpness", "must be a finite number of at least 0")
    try ConfigCheck.require(
      scope.kind == .none || !objectives.isEmpty, "objectives",
      "must name what is made small, as 'scope' names parameters")
    try ConfigCheck.require(
      scope.kind != .none || objectives.isEmpty, "scope", "must name parameters, as there are 'objectives'")
    try ConfigCheck.require(
      timing.prediction != .teacher || teacher != nil, "teacher", "must be there, as it gives the answers")
    try timing.validate()
    try teacher?.validate()
    try ConfigCheck.require(
      teacher != nil || !objectives.contains { $0.choice.kind.name == TeacherCrossEntropy.kind }, "teacher",
      "must be there, as an objective learns from it")
    try ConfigCheck.require(
      !timing.learnsFromView || timing.prediction != .before || memory.kind.name != NoMemory.kind, "timing",
      "must predict 'after' or by the 'teacher', as the pass that is learned from sees a view of the rows")
    try optimizer.validate()
  }

  /// What the parts together need of the training data.
  public var sourceAccess: SourceAccess {
    var accesses = [statistics.sourceAccess, memory.sourceAccess]
    accesses += objectives.map(\.choice.sourceAccess)
    accesses += selection.map(\.sourceAccess)
    accesses += recovery.map(\.sourceAccess)
    accesses += correction.map(\.sourceAccess)
    accesses += augmentations.map(\.sourceAccess)
    if teacher?.confidence == .sourceQuantile { accesses.append(.samples) }
    return accesses.max() ?? .none
  }
}

/// When a recipe answers, and how often it steps.
public struct AdaptationTiming: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// The moment of the answer.
  public enum Prediction: String, Codable, Sendable, CaseIterable {
    /// By the last forward pass before an update, that is after `steps − 1` of them.
    case before
    /// By a pass of its own after the last update.
    case after
    /// By the teacher, before the update.
    case teacher
  }
  /// What is adapted to at once.
  public enum Unit: String, Codable, Sendable, CaseIterable {
    /// A batch.
    case batch
    /// Each row of a batch for itself.
    case row
  }

  /// The moment of the answer.
  public var prediction = Prediction.before
  /// Updates per batch, at least 1.
  public var steps = 1
  /// What is adapted to at once.
  public var unit = Unit.batch
  /// Whether the pass that is learned from sees an augmented view of the rows.
  public var learnsFromView = false

  /// Before the update, one step per batch.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws { try ConfigCheck.range("steps", steps, atLeast: 1) }
}
