public import AttuneCore
public import AttuneTraining

/// Spectral adaptation of a linear regression to unlabeled target rows; see `SpectralAdjustment`.
///
/// The weights of the trained network are adjusted, with the training rows' inputs and mean squared residual. With
/// `intercept: centered`, inputs of source and target are centered at the source's means, and the prediction at those means
/// stays: `b' = b + x̄·(w − w')`. With `none` nothing is centered and the bias stays, as the published code, which has no
/// intercept at all. Where nothing is dropped, the network itself answers, so that the answers are its own to the bit.
///
/// - Source: Eyre et al. (2024), Out of the Ordinary: Spectrally Adapting Regression for Covariate Shift, ICML, PMLR 235.
/// - Note: The variance of a direction is that of least squares. For ridge or iterative training, whose weights vary less, it
///   is an upper bound, and more is dropped. `target: seen` is ours: the source knows all target rows.
public struct SpAR: PreparedStrategy {
  /// Which target rows the directions come from.
  public enum TargetRows: String, Codable, Sendable, CaseIterable {
    /// All rows of the stream, known before the first answer.
    case all
    /// The rows up to the end of the batch that is answered.
    case seen
  }

  /// What the intercept does to the directions.
  public enum Intercept: String, Codable, Sendable, CaseIterable {
    /// Inputs are centered at the source's means, where the prediction stays.
    case centered
    /// Inputs are not centered, and the bias stays.
    case none
  }

  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Confidence with which a direction must be worth more than its noise to be kept, above 0 and below 1.
    public var alpha = 0.999
    /// Which target rows the directions come from.
    public var target = TargetRows.seen
    /// What the intercept does to the directions.
    public var intercept = Intercept.centered

    /// Alpha 0.999, the rows seen so far, centered.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("alpha", alpha, above: 0, below: 1) }
  }

  /// The adjusted weights, and what was seen of the target.
  public struct State: Codable, Sendable {
    /// The trained network.
    public let network: Network
    /// Directions whose weight is set to zero, over the outputs.
    public internal(set) var dropped = 0
    /// The adjusted model; nil where it is the network.
    var adjusted: LinearWeights?
    /// `ZᵀZ` of the rows seen so far, and their number.
    var gram: DoubleMatrix, rows = 0
  }

  /// What the training rows say.
  private struct Source: Sendable {
    let adjustment: SpectralAdjustment
    let means: [Double]
    let noiseVariances: [Double]
  }

  /// `spar` in config files.
  public static let name = "spar"
  /// What tables and help say.
  public static let summary =
    "linear regression whose weights are dropped along target directions where their noise costs more than their absence"
  /// Where it was published.
  public static let paper: String? =
    "Eyre et al. (2024), Out of the Ordinary: Spectrally Adapting Regression for Covariate Shift, ICML"
  /// The settings.
  public let configuration: Configuration
  private var source: Source?

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// What decides whether its numbers can be compared.
  public var conventions: StrategyConventions? {
    let isAll = configuration.target == .all
    return StrategyConventions(
      statistics: isAll ? "all target inputs" : "target inputs so far", variance: .biased,
      scope: "weights along target directions", prediction: "after", steps: 1, dropout: false, seesTarget: isAll)
  }

  /// Throws for classifiers and networks with hidden layers.
  public func check(for network: Network, task: PredictionTask) throws {
    guard task == .regression else { throw RegressionOnly(strategy: Self.name) }
    _ = try LinearWeights(network, for: Self.name)
  }

  /// The strategy with the spectrum of the training inputs and the noise of the targets.
  public func prepared(
    for network: Network, in context: PreparationContext
  ) throws -> (strategy: SpAR, report: TrainingReport) {
    try check(for: network, task: context.task)
    let started = ThreadClock.now
    let (source, operations) = try OperationCounter.count { try self.source(network, context.training) }
    var result = self
    result.source = source
    return (result, TrainingReport(losses: [], seconds: ThreadClock.now - started, operations: operations))
  }

  private func source(_ network: Network, _ rows: LabeledRows) throws -> Source {
    guard rows.inputs.isFinite else {
      throw FactorizationError.notFinite(operation: "strategy '\(Self.name)'", argument: "training inputs")
    }
    guard rows.targets.isFinite else {
      throw FactorizationError.notFinite(operation: "strategy '\(Self.name)'", argument: "training targets")
    }
    let isCentered = configuration.intercept == .centered
    let inputs = DoubleMatrix(rows.inputs)
    let means = isCentered && inputs.rows > 0 ? inputs.columnMeans : Array(repeating: 0, count: inputs.columns)
    // Inputs that depend on each other do so up to rounding in float32.
    let adjustment = try SpectralAdjustment(
      source: inputs.subtractingRow(means), tolerance: Double(Float.ulpOfOne))
    let extra = isCentered ? 2 : 1
    guard inputs.rows >= adjustment.rank + extra, adjustment.rank == inputs.columns || inputs.rows > inputs.columns
    else {
      throw TooFewTrainingRows(strategy: Self.name, rows: inputs.rows, needed: inputs.columns + extra)
    }
    let model = try LinearWeights(network, for: Self.name), predicted = model.predict(rows.inputs)
    let variances = (0..<predicted.columns).map { output in
      (0..<predicted.rows).reduce(0) { sum, row in
        let residual = Double(rows.targets[row, output]) - predicted[row, output]
        return sum + residual * residual
      } / Double(predicted.rows)
    }
    return Source(adjustment: adjustment, means: means, noiseVariances: variances)
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) throws -> State {
    try check(for: network, task: context.task)
    guard let source else { throw UnpreparedStrategy(strategy: Self.name) }
    let d = network.inputDimension
    var state = State(network: network, gram: DoubleMatrix(rows: d, columns: d))
    guard configuration.target == .all else { return state }
    guard let target = context.target else { throw MissingTargetInputs(strategy: Self.name) }
    try network.checkInput(target)
    let rows = DoubleMatrix(target).finiteRows
    guard rows.rows > 0 else { return state }
    try adjust(&state, to: SpectralAdjustment.Target(inputs: rows.subtractingRow(source.means)), source)
    return state
  }

  /// Answers a batch, adapting as it goes. A row with NaN or infinity is answered but not learned from.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    try state.network.checkInput(batch)
    guard let source else { throw UnpreparedStrategy(strategy: Self.name) }
    if configuration.target == .seen {
      let rows = DoubleMatrix(batch).finiteRows
      if rows.rows > 0 {
        let added = rows.subtractingRow(source.means).gram
        state.gram = DoubleMatrix(
          rows: added.rows, columns: added.columns, zip(state.gram.elements, added.elements).map { $0 + $1 })
        state.rows += rows.rows
        try adjust(&state, to: SpectralAdjustment.Target(gram: state.gram, rows: state.rows), source)
      }
    }
    return try answer(batch, state)
  }

  /// Answers a batch with the present weights.
  public func answer(_ batch: Matrix, _ state: State) throws -> Matrix {
    try state.network.checkInput(batch)
    return try state.adjusted?.predict(batch).single ?? state.network.predict(batch)
  }

  private func adjust(_ state: inout State, to target: SpectralAdjustment.Target, _ source: Source) throws {
    let trained = try LinearWeights(state.network, for: Self.name)
    let threshold = SpectralAdjustment.threshold(alpha: configuration.alpha)
    var adjusted = trained
    state.dropped = 0
    for (output, noise) in source.noiseVariances.enumerated() {
      let found = source.adjustment.adjusted(
        trained[output], noiseVariance: noise, target: target, threshold: threshold)
      state.dropped += found.dropped.count { $0 }
      adjusted[output] = found.weights
      for (input, mean) in source.means.enumerated() {
        adjusted.intercepts[output] += mean * (trained[output][input] - found.weights[input])
      }
    }
    state.adjusted = adjusted == trained ? nil : adjusted
  }
}

/// A strategy that looks at all inputs of the stream beforehand was not given them.
public struct MissingTargetInputs: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` cannot run.
  public init(strategy: String) { self.strategy = strategy }

  /// What is missing and what to do.
  public var description: String {
    "strategy '\(strategy)' with target: all looks at all inputs of the stream before it answers, and they are not known "
      + "here; use target: seen"
  }
}
