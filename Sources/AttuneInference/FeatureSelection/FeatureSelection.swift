public import AttuneCore
internal import Foundation

/// Test-time feature selection: leaves out the inputs that broke, and answers without them.
///
/// Each input's recent rows are tested against the source's (`test`), with control of the share of false alarms among all
/// alarms (`falseDiscoveryRate`). One counts as broken where the test fails *and* the change is large: its mean moved by more
/// than `meanShift` source deviations, from what the other inputs' means make of it too (so that inputs which move
/// together, as with the seasons, do not count), or its variance changed by more than the factor `varianceRatio`. An input
/// that passes again for `recover` rows is taken back. Where more than `maximumShare` of the inputs changed, the shift is not
/// one of single inputs, and nothing is left out.
///
/// What is left out is replaced by its expectation given the others, in single rows too where a value is missing or infinite;
/// by its mean; or, in a linear regression, the model is solved again without it. What happened to each input is told by
/// name: stuck, missing, shifted, rescaled, swapped with another, noisy. The network answers with its running statistics.
///
/// - Source: drift tests of Rabanser et al. (2019), Failing loudly, arXiv:1810.11953 (univariate tests per feature); Benjamini
///   and Hochberg (1995); the conditional expectation of a Gaussian, for example Bishop (2006), Pattern recognition and
///   machine learning, eq. (2.81).
/// - Note: Differs from the first source: what is significant must be large too. The tests are repeated batch by batch without
///   correction for that, which is why the default rate is small.
public struct FeatureSelection: AdaptationStrategy {
  /// `feature-selection` in config files.
  public static let name = "feature-selection"
  /// What tables and help say.
  public static let summary =
    "inputs that a drift test finds broken are left out: replaced by what the others say of them, or solved for again"
  /// Where its parts come from.
  public static let paper: String? =
    "univariate drift tests of Rabanser et al. (2019), Failing loudly, arXiv:1810.11953; conditional Gaussian expectation "
    + "of Bishop (2006), Pattern recognition and machine learning, eq. (2.81)"
  /// It needs statistics of the training inputs.
  public static let sourceAccess = SourceAccess.statistics
  /// The settings.
  public let configuration: Configuration

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) throws -> State {
    guard let source = context.source else { throw MissingSourceStatistics(strategy: Self.name) }
    let d = source.mean.count
    guard d == network.inputDimension else {
      throw ShapeError(operation: "source statistics", expected: "\(network.inputDimension) features", found: "\(d)")
    }
    let needsCovariance =
      configuration.replacement != .mean || configuration.explainsByOthers || configuration.findsSwaps
    guard let covariance = source.covariance ?? (needsCovariance ? nil : DoubleMatrix(rows: 0, columns: 0)) else {
      throw MissingSourceStatistics(strategy: Self.name, inputsWithoutCovariance: d)
    }
    let reference = try DriftReference(source, for: [configuration.test], user: "strategy '\(Self.name)'")
    var solution: ReducedRegression?
    if configuration.replacement == .resolve {
      guard context.task == .regression, network.layers.count == 1, case .linear(let layer) = network.layers[0] else {
        throw NotLinearRegression(strategy: Self.name)
      }
      solution = try ReducedRegression(
        weights: DoubleMatrix(layer.weight),
        bias: layer.bias.map { $0.elements.map(Double.init) } ?? Array(repeating: 0, count: layer.outputDimension),
        mean: source.mean, covariance: covariance, ridge: configuration.ridge / Double(max(1, source.rows)))
    }
    let gaussian =
      needsCovariance
      ? try SourceGaussian(
        source, covariance: covariance, shrinkage: configuration.shrinkage, factors: configuration.factors.count(of: d))
      : nil
    return State(
      network: network, source: source, reference: reference, gaussian: gaussian, solution: solution,
      names: context.inputNames)
  }

  /// Answers a batch, adapting as it goes.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    try state.network.checkInput(batch)
    guard batch.rows > 0 else { return try state.network.predict(batch) }
    observe(batch, &state)
    let before = state.faults
    try judge(batch, &state)
    try diagnose(batch.rows, &state, before)
    tell(&state, before)
    if replaced(state) != state.imputation?.broken ?? [] { try select(&state) }
    return try answer(batch, adapted: &state)
  }

  /// What happened since the last call.
  public func takeEvents(_ state: inout State) -> [AdaptationEvent] {
    defer { state.events = [] }
    return state.events
  }

  /// The inputs that the last answer rests on.
  public func takeDetails(_ state: inout State) -> AnswerDetails {
    defer { state.selection = nil }
    return AnswerDetails(selection: state.selection)
  }
}
