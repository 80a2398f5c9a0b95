public import AttuneCore
public import AttuneTraining

/// Correlation alignment: inputs of the target are given the mean and covariance of the source before the model sees them,
/// `x' = x̄_S + (x − x̄_T) · (C_T + λI)^−½ (C_S + λI)^½`.
///
/// With `refit: true`, for linear regressions, it is the other way round, as published: the training inputs are given the
/// target's mean and covariance, and ridge regression is solved on them anew. Without a penalty both give the same answers.
///
/// Fewer than `minimumRows` rows of the target are answered as trained: their covariance is mostly chance.
///
/// - Source: Sun, Feng, Saenko (2016), Return of frustratingly easy domain adaptation, arXiv:1511.05547.
/// - Note: Differs from the source, which standardizes both domains by themselves, in that the means are moved here.
public struct CORAL: PreparedStrategy {
  /// Which target rows the covariance is taken over.
  public enum TargetRows: String, Codable, Sendable, CaseIterable {
    /// All rows of the stream, known before the first answer.
    case all
    /// The rows up to the end of the batch that is answered.
    case seen
    /// The batch that is answered.
    case batch
  }

  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// λ: what is added to the variances of both domains.
    public var ridge = 1.0
    /// Which target rows the covariance is taken over.
    public var target = TargetRows.seen
    /// Rows of the target below which the model answers as trained.
    public var minimumRows = 32
    /// Whether the training rows are aligned and the model is solved anew; linear regressions only.
    public var refit = false
    /// The penalty on squared weights of that solution.
    public var l2 = 1.0

    /// The defaults named above.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(ridge >= 0 && ridge.isFinite, "ridge", "must be a finite number of at least 0")
      try ConfigCheck.range("minimumRows", minimumRows, atLeast: 1)
      try ConfigCheck.require(l2 >= 0 && l2.isFinite, "l2", "must be a finite number of at least 0")
    }
  }

  /// What was seen of the target, and what answers.
  public struct State: Codable, Sendable {
    /// The trained network.
    public let network: Network
    var moments: RowMoments
    /// Mean and covariance of the source.
    let source: [Double], covariance: DoubleMatrix
    /// The map of inputs, with the mean that it starts from; nil where the model answers as trained.
    var map: CorrelationAlignment?, mean: [Double]
    /// The model that was solved anew; nil where none was.
    var refitted: LinearWeights?
  }

  /// `coral` in config files.
  public static let name = "coral"
  /// What tables and help say.
  public static let summary =
    "target inputs given the mean and covariance of the source, or the source those of the target"
  /// Where it was published.
  public static let paper: String? =
    "Sun, Feng, Saenko (2016), Return of frustratingly easy domain adaptation, arXiv:1511.05547"
  /// The settings.
  public let configuration: Configuration
  /// The training rows; nil where they are not needed.
  private var training: LabeledRows?

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// Training rows with their targets where it solves anew, else statistics of the inputs.
  public var sourceAccess: SourceAccess { configuration.refit ? .labels : .statistics }

  /// What decides whether its numbers can be compared.
  public var conventions: StrategyConventions? {
    let rows: String
    switch configuration.target {
    case .all: rows = "all target inputs"
    case .seen: rows = "target inputs so far"
    case .batch: rows = "batch of inputs"
    }
    return StrategyConventions(
      statistics: rows, variance: .unbiased, scope: configuration.refit ? "linear weights" : "inputs",
      prediction: "after",
      steps: 1, dropout: false, seesTarget: configuration.target == .all)
  }

  /// Throws where it would have to solve another model than a linear regression.
  public func check(for network: Network, task: PredictionTask) throws {
    guard configuration.refit else { return }
    guard task == .regression else { throw RegressionOnly(strategy: Self.name) }
    _ = try LinearWeights(network, for: Self.name)
  }

  /// The strategy with the training rows, where it needs them.
  public func prepared(
    for network: Network, in context: PreparationContext
  ) throws -> (strategy: CORAL, report: TrainingReport) {
    try check(for: network, task: context.task)
    var result = self
    if configuration.refit {
      try context.training.checkFinite(for: Self.name)
      result.training = context.training
    }
    return (result, TrainingReport(losses: [], seconds: 0, operations: 0))
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) throws -> State {
    try check(for: network, task: context.task)
    guard !configuration.refit || training != nil else { throw UnpreparedStrategy(strategy: Self.name) }
    guard let source = context.source else { throw MissingSourceStatistics(strategy: Self.name) }
    guard source.mean.count == network.inputDimension else {
      throw ShapeError(
        operation: "source statistics", expected: "\(network.inputDimension) features", found: "\(source.mean.count)")
    }
    guard let covariance = source.covariance else {
      throw MissingSourceStatistics(strategy: Self.name, inputsWithoutCovariance: source.mean.count)
    }
    var state = State(
      network: network, moments: RowMoments(center: source.mean), source: source.mean, covariance: covariance, map: nil,
      mean: source.mean)
    guard configuration.target == .all else { return state }
    guard let target = context.target else { throw MissingTargetInputs(strategy: Self.name) }
    try network.checkInput(target)
    state.moments.add(DoubleMatrix(target))
    try align(&state)
    return state
  }

  /// Answers a batch, adapting as it goes. A row with NaN or infinity is answered but not learned from.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    try state.network.checkInput(batch)
    if configuration.target != .all, batch.rows > 0 {
      if configuration.target == .batch { state.moments = RowMoments(center: state.source) }
      state.moments.add(DoubleMatrix(batch))
      try align(&state)
    }
    return try answer(batch, state)
  }

  /// Answers a batch with the present map.
  public func answer(_ batch: Matrix, _ state: State) throws -> Matrix {
    try state.network.checkInput(batch)
    if let refitted = state.refitted { return refitted.predict(batch).single }
    guard let map = state.map else { return try state.network.predict(batch) }
    return try state.network.predict(map.apply(DoubleMatrix(batch), from: state.mean, to: state.source).single)
  }

  private func align(_ state: inout State) throws {
    (state.map, state.refitted) = (nil, nil)
    guard state.moments.rows >= configuration.minimumRows else { return }
    let (mean, covariance) = (state.moments.mean, state.moments.covariance)
    guard let training else {
      state.map = try CorrelationAlignment(from: covariance, to: state.covariance, ridge: configuration.ridge)
      state.mean = mean
      return
    }
    let map = try CorrelationAlignment(from: state.covariance, to: covariance, ridge: configuration.ridge)
    let rows = map.apply(DoubleMatrix(training.inputs), from: state.source, to: mean)
    state.refitted = try LinearWeights(
      ridge: rows, targets: DoubleMatrix(training.targets), weights: nil, l2: configuration.l2)
  }
}
