public import AttuneCore
public import AttuneTraining

/// Importance weighting for covariate shift: a linear regression is solved anew on the training rows, each weighted by how much
/// more frequent inputs like its own are in the target than in the source.
///
/// The ratio is estimated by `DensityRatio` from unlabeled rows of the target: all of them, or the last `window` ones, every
/// `every` rows. With weights r_i: `minimize Σ r_i (y_i − x_i·w − b)² · n / Σ r_i + l2·‖w‖²`. Each solution tells the effective
/// sample size of its weights as an event; where that is below `minimumRows`, or no weight is above 0, the model answers as
/// trained and an alarm says so.
///
/// - Source: Shimodaira (2000), doi:10.1016/S0378-3758(00)00115-4; the ratio by Kanamori et al. (2009) or Sugiyama et al. (2008).
public struct ImportanceWeighting: PreparedStrategy {
  /// How the ratio of densities is estimated.
  public enum Estimator: String, Codable, Sendable, CaseIterable {
    /// Least squares.
    case ulsif
    /// Maximum likelihood.
    case kliep
  }

  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// How the ratio of densities is estimated.
    public var estimator = Estimator.ulsif
    /// Which target rows it is estimated from.
    public var target = SpAR.TargetRows.seen
    /// The most kernels.
    public var kernels = 100
    /// The penalty on squared weights, as in ridge regression.
    public var l2 = 1.0
    /// Rows of the target between two solutions; the first comes with as many.
    public var every = 256
    /// The most rows of the target that a solution is made from, and the most training rows that the ratio is.
    public var window = 1000
    /// The effective sample size below which the model answers as trained.
    public var minimumRows = 10.0

    /// The defaults named above.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("kernels", kernels, atLeast: 1, atMost: 1000)
      try ConfigCheck.require(l2 >= 0 && l2.isFinite, "l2", "must be a finite number of at least 0")
      try ConfigCheck.range("every", every, atLeast: 2)
      try ConfigCheck.range("window", window, atLeast: 2)
      try ConfigCheck.require(minimumRows >= 1 && minimumRows.isFinite, "minimumRows", "must be a number of at least 1")
    }
  }

  /// What was seen of the target, and the model.
  public struct State: Codable, Sendable {
    /// The trained network.
    public let network: Network
    /// The effective sample size of the last solution; nil before the first.
    public internal(set) var effectiveSampleSize: Double?
    /// The model that was solved anew; nil where the network answers.
    var refitted: LinearWeights?
    /// The last rows of the target, and those since the last solution.
    var recent: [[Double]] = [], fresh = 0
    var generator: Philox
    var events: [AdaptationEvent] = []
  }

  /// `importance-weighting` in config files.
  public static let name = "importance-weighting"
  /// What tables and help say.
  public static let summary =
    "a linear regression solved anew on training rows weighted by the ratio of target to source density"
  /// Where it was published.
  public static let paper: String? =
    "Shimodaira (2000), doi:10.1016/S0378-3758(00)00115-4; Kanamori et al. (2009), JMLR 10; Sugiyama et al. (2008), "
    + "doi:10.1007/s10463-008-0197-x"
  /// The settings.
  public let configuration: Configuration
  private var training: LabeledRows?

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// What decides whether its numbers can be compared.
  public var conventions: StrategyConventions? {
    let isAll = configuration.target == .all
    return StrategyConventions(
      statistics: isAll ? "all target inputs" : "last target inputs", variance: .biased, scope: "linear weights",
      prediction: "after", steps: 1, dropout: false, seesTarget: isAll)
  }

  /// Throws for classifiers and networks with hidden layers.
  public func check(for network: Network, task: PredictionTask) throws {
    guard task == .regression else { throw RegressionOnly(strategy: Self.name) }
    _ = try LinearWeights(network, for: Self.name)
  }

  /// The strategy with the training rows.
  public func prepared(
    for network: Network, in context: PreparationContext
  ) throws -> (strategy: ImportanceWeighting, report: TrainingReport) {
    try check(for: network, task: context.task)
    try context.training.checkFinite(for: Self.name)
    guard context.training.inputs.rows >= 2 else {
      throw TooFewTrainingRows(strategy: Self.name, rows: context.training.inputs.rows, needed: 2)
    }
    var result = self
    result.training = context.training
    return (result, TrainingReport(losses: [], seconds: 0, operations: 0))
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) throws -> State {
    try check(for: network, task: context.task)
    guard training != nil else { throw UnpreparedStrategy(strategy: Self.name) }
    var state = State(network: network, generator: context.generator.fork("kernels"))
    guard configuration.target == .all else { return state }
    guard let target = context.target else { throw MissingTargetInputs(strategy: Self.name) }
    try network.checkInput(target)
    let rows = DoubleMatrix(target).finiteRows
    let places = state.generator.permutation(rows.rows).prefix(configuration.window).sorted()
    if places.count >= 2 { try solve(&state, for: rows.rows(at: Array(places))) }
    return state
  }

  /// Answers a batch, adapting as it goes. A row with NaN or infinity is answered but not learned from.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    try state.network.checkInput(batch)
    if configuration.target == .seen {
      let rows = DoubleMatrix(batch).finiteRows
      state.recent += (0..<rows.rows).map { Array(rows.elements[$0 * rows.columns..<($0 + 1) * rows.columns]) }
      state.recent.removeFirst(max(0, state.recent.count - configuration.window))
      state.fresh += rows.rows
      if state.fresh >= configuration.every {
        state.fresh = 0
        try solve(&state, for: DoubleMatrix(state.recent))
      }
    }
    return try answer(batch, state)
  }

  /// Answers a batch with the present weights.
  public func answer(_ batch: Matrix, _ state: State) throws -> Matrix {
    try state.network.checkInput(batch)
    return try state.refitted?.predict(batch).single ?? state.network.predict(batch)
  }

  /// What happened since the last call.
  public func takeEvents(_ state: inout State) -> [AdaptationEvent] {
    defer { state.events = [] }
    return state.events
  }

  private func solve(_ state: inout State, for target: DoubleMatrix) throws {
    guard let training else { throw UnpreparedStrategy(strategy: Self.name) }
    let inputs = DoubleMatrix(training.inputs)
    let kept = state.generator.permutation(inputs.rows).prefix(configuration.window).sorted()
    let source = inputs.rows(at: Array(kept))
    let centers = target.rows(at: Array(state.generator.permutation(target.rows).prefix(configuration.kernels)))
    // Distances within the target: those to a source far away would make kernels so wide that all is alike.
    let widths = DensityRatio.widths(for: target.rows(at: Array(0..<min(target.rows, 100))), centers: centers)
    let ratio: DensityRatio
    switch configuration.estimator {
    case .ulsif:
      ratio = try DensityRatio.leastSquares(target: target, source: source, centers: centers, sigmas: widths).ratio
    case .kliep:
      let folds = state.generator.permutation(target.rows).map { $0 % min(5, target.rows) }
      ratio = try DensityRatio.likelihood(
        target: target, source: source, centers: centers, sigmas: widths, folds: folds, tolerance: 1e-2, steps: 200
      ).ratio
    }
    let weights = ratio.values(at: inputs), size = DensityRatio.effectiveSampleSize(weights)
    let shown = (size * 10).rounded() / 10
    state.effectiveSampleSize = size
    guard size >= configuration.minimumRows else {
      state.refitted = nil
      state.events.append(
        AdaptationEvent(
          .alarm,
          "the weights are worth \(shown) of \(inputs.rows) training rows, fewer than \(configuration.minimumRows): the model "
            + "answers as trained"))
      return
    }
    state.events.append(AdaptationEvent(.note, "the weights are worth \(shown) of \(inputs.rows) training rows"))
    let scale = Double(inputs.rows) / weights.reduce(0, +)
    state.refitted = try LinearWeights(
      ridge: inputs, targets: DoubleMatrix(training.targets), weights: weights.map { $0 * scale }, l2: configuration.l2)
  }
}
