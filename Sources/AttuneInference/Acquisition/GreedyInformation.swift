public import AttuneCore
public import AttuneTraining

/// Greedy selection by conditional mutual information that is computed, not learned: `argmax_i I(y; x_i | x_S) /
/// cost_i`.
///
/// Of counts of the training rows where inputs have few values (`discrete`), or of a Gaussian: the joint one of
/// inputs and targets for a regression, classes of one covariance for a classification. It is the oracle that learned
/// policies are held against where its model is the true one. A row also stops when nothing brings information any
/// more.
///
/// - Note: Greedy selection never acquires first what tells nothing by itself, such as an input that only says which
///   other input matters.
/// - Source: the greedy rule of Covert et al. (2023), arXiv:2301.00557, section 3; Gadgil, Covert, Lee (2024),
///   arXiv:2306.03301.
public struct GreedyInformation: PreparedStrategy {
  /// What the information is computed of.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Counts of training rows; classification only.
    case discrete
    /// Gaussians with the moments of the training rows.
    case gaussian
  }

  /// The settings.
  public struct Configuration: AcquisitionSettings, Equatable {
    /// When a row stops acquiring.
    public var stop = AcquisitionStop.standard
    /// What inputs cost, by their names; 1 for one that is not named.
    public var costs: [String: Double] = [:]
    /// The budgets of the curve of quality against the number of inputs, ascending.
    public var curve: [Double] = []
    /// What the information is computed of.
    public var kind = Kind.gaussian
    /// The most levels of an input that is counted; one of more values is cut into ranges of equally many rows.
    public var levels = 4
    /// Added to each variance of a Gaussian, as a share of it.
    public var shrinkage = 0.0

    /// Gaussians.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try validateAcquisition()
      try ConfigCheck.range("levels", levels, atLeast: 2)
      try ConfigCheck.range("shrinkage", shrinkage, atLeast: 0, below: .infinity)
    }
  }

  /// `greedy-information` in config files.
  public static let name = "greedy-information"
  /// What tables and help say.
  public static let summary =
    "each row acquires the input of the highest conditional mutual information, by counting or under Gaussians"
  /// Where it comes from.
  public static let paper: String? =
    "the greedy rule of Covert et al. (2023), ICML, arXiv:2301.00557, with exact information"
  /// The settings.
  public let configuration: Configuration
  private var acquisition: (any AcquisitionServing)?
  private var inputs = 0

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// Throws where the kind or the stopping rule does not fit.
  public func check(for network: Network, task: PredictionTask) throws {
    if configuration.kind == .discrete, task == .regression { throw ClassificationOnly(strategy: Self.name) }
    try configuration.checkStop(Self.name, task: task, givesInformation: true)
  }

  /// Throws where costs name inputs that are not there.
  public func check(for network: Network, in context: PreparationContext) throws {
    try check(for: network, task: context.task)
    _ = try configuration.costs(of: context.inputNames, count: network.inputDimension)
  }

  /// The strategy with what it counted, and what that cost.
  public func prepared(
    for network: Network, in context: PreparationContext
  ) throws -> (strategy: GreedyInformation, report: TrainingReport) {
    try check(for: network, task: context.task)
    var prepared = self
    let costs = try configuration.costs(of: context.inputNames, count: network.inputDimension)
    let (acquisition, seconds, operations) = PreparationCost.measure { learned(context, costs) }
    (prepared.acquisition, prepared.inputs) = (acquisition, network.inputDimension)
    return (prepared, TrainingReport(losses: [], seconds: seconds, operations: operations))
  }

  private func learned(_ context: PreparationContext, _ costs: [Double]) -> any AcquisitionServing {
    switch (configuration.kind, context.task) {
    case (.discrete, _):
      let policy = DiscreteInformation(context.training, levels: configuration.levels)
      return FeatureAcquisition(policy: policy, costs: costs)
    case (.gaussian, .classification):
      let policy = GaussianClasses(context.training, shrinkage: configuration.shrinkage)
      return FeatureAcquisition(policy: policy, costs: costs)
    case (.gaussian, .regression):
      let joint = SourceStatistics(
        inputs: Matrix.concatenatingColumns(context.training.inputs, context.training.targets))
      let d = context.training.inputs.columns, m = joint.mean.count
      var covariance = joint.covariance ?? DoubleMatrix(rows: m, columns: m)
      for j in 0..<d { covariance[j, j] *= 1 + configuration.shrinkage }
      return FeatureAcquisition(
        policy: LinearInformation(mean: joint.mean, covariance: covariance, inputs: d), costs: costs)
    }
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) throws -> AcquisitionState {
    try check(for: network, task: context.task)
    _ = try server()
    return AcquisitionState(inputDimension: network.inputDimension)
  }

  /// Answers a batch from the inputs that its rows acquire.
  public func predict(_ batch: Matrix, _ state: inout AcquisitionState) throws -> Matrix {
    try server().predict(batch, &state, until: configuration.stop)
  }

  /// The inputs that the last answer rests on.
  public func takeDetails(_ state: inout AcquisitionState) -> AnswerDetails {
    defer { state.selection = nil }
    return AnswerDetails(selection: state.selection)
  }

  /// The answers at each budget of the curve.
  public func curve(_ batch: Matrix, _ state: AcquisitionState) throws -> [CurveAnswer] {
    try server().curve(batch, at: configuration.curve)
  }

  private func server() throws -> AcquisitionServer {
    guard let acquisition else { throw UnpreparedStrategy(strategy: Self.name) }
    return AcquisitionServer(acquisition: acquisition, inputDimension: inputs)
  }
}
