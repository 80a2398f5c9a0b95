public import AttuneCore
internal import Foundation

/// Test-time feature selection: leaves out the inputs that broke, and puts their expectation given the others in place.
///
/// For each input the mean and variance of the recent rows are held against those of the source. A feature counts as
/// broken where its mean moved by more than `meanShift` source deviations, or its variance changed by more than the factor
/// `varianceRatio`, and the change is larger than chance: `significance` standard errors. A feature that comes back is
/// trusted again. A feature with a value that is not finite is left out of the batch where that stands. Where more than `maximumShare` of the features changed, the shift is not one of single features, and
/// nothing is left out. The network answers with its running statistics.
///
/// - Source: drift tests of Rabanser et al. (2019), Failing loudly, arXiv:1810.11953 (univariate tests per feature); the
///   conditional expectation of a Gaussian, for example Bishop (2006), Pattern recognition and machine learning, eq. (2.81).
/// - Note: Differs from the first source: means and variances are tested with a threshold on the size of the effect too. A
///   feature that hardly ever varies in the source, such as a pixel at the rim, looks stuck in a window where it does not
///   vary; its replacement then lies close to its usual value.
public struct FeatureSelection: AdaptationStrategy {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Shift of a feature's mean, in source deviations, above which it may count as broken.
    public var meanShift = 1.0
    /// Factor by which a feature's variance must grow or shrink to count as broken.
    public var varianceRatio = 10.0
    /// Standard errors by which a change must exceed chance.
    public var significance = 4.0
    /// Rows after which an old row counts for 1/e.
    public var window = 128.0
    /// Share of features that may be left out at most.
    public var maximumShare = 0.5
    /// Added to the diagonal of the covariance, as a share of each feature's variance.
    public var shrinkage = 0.01

    /// The defaults named above.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(meanShift > 0, "meanShift", "must be a number above 0")
      try ConfigCheck.require(varianceRatio > 1, "varianceRatio", "must be a number above 1")
      try ConfigCheck.require(significance >= 0, "significance", "must be a number of at least 0")
      try ConfigCheck.require(window > 0, "window", "must be a number of rows above 0")
      try ConfigCheck.require((0...1).contains(maximumShare), "maximumShare", "must be a number from 0 to 1")
      try ConfigCheck.require(shrinkage > 0 && shrinkage.isFinite, "shrinkage", "must be a finite number above 0")
    }
  }

  /// What has been seen of the stream, and the replacement in use.
  public struct State: Codable, Sendable {
    /// The network; it does not change.
    public let network: Network
    /// The features that are left out now, by index.
    public var brokenFeatures: [Int] { imputation?.broken ?? [] }
    let source: SourceStatistics
    let covariance: DoubleMatrix
    let scale: [Double]
    var moments: RecentMoments
    var imputation: ConditionalImputation?
  }

  /// `feature-selection` in config files.
  public static let name = "feature-selection"
  /// What tables and help say.
  public static let summary =
    "features whose mean or variance broke are replaced by their Gaussian expectation given the trusted ones"
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
    guard source.mean.count == network.inputDimension else {
      throw ShapeError(
        operation: "source statistics", expected: "\(network.inputDimension) features", found: "\(source.mean.count)")
    }
    guard let covariance = source.covariance else {
      throw MissingSourceStatistics(strategy: Self.name, inputsWithoutCovariance: source.mean.count)
    }
    return State(
      network: network, source: source, covariance: covariance, scale: source.deviations,
      moments: RecentMoments(dimension: source.mean.count, window: configuration.window), imputation: nil)
  }

  /// Answers a batch, adapting as it goes.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    try state.network.checkInput(batch)
    guard batch.rows > 0 else { return try state.network.predict(batch) }
    state.moments.add(batch, center: state.source.mean, scale: state.scale, bound: deviationBound)
    let broken = brokenFeatures(state, batch)
    if broken != state.brokenFeatures {
      state.imputation =
        broken.isEmpty
        ? nil
        : try ConditionalImputation(
          replacing: broken, source: state.source, covariance: state.covariance, shrinkage: configuration.shrinkage)
    }
    return try state.network.predict(state.imputation?(batch) ?? batch)
  }

  /// Deviations beyond ten times what counts as broken count as that: one wild value is forgotten about as soon as any
  /// other, where its square would outweigh thousands of rows that follow.
  private var deviationBound: Double {
    min(10 * max(configuration.meanShift, configuration.varianceRatio.squareRoot()), 1e150)
  }

  private func brokenFeatures(_ state: State, _ batch: Matrix) -> [Int] {
    let n = state.moments.weight, dimension = state.scale.count
    // Standard errors of a mean, and of the logarithm of a variance, of n Gaussian rows in units of the source deviation.
    let errorOfMean = (1 / n + 1 / Double(state.source.rows)).squareRoot()
    let errorOfLogVariance = errorOfMean * 2.0.squareRoot()
    let logRatio = max(log(configuration.varianceRatio), configuration.significance * errorOfLogVariance)
    let smallestRatio = exp(logRatio / 2)
    let wild = batch.isFinite ? [] : Set((0..<dimension).filter { !batch.columns(at: [$0]).isFinite })
    let broken = (0..<dimension).filter { j in
      if wild.contains(j) { return true }
      let shift = abs(state.moments.shift(j))
      if shift > max(configuration.meanShift, configuration.significance * errorOfMean) { return true }
      guard n >= 2 * configuration.significance * configuration.significance else { return false }
      let variance = state.moments.variance(j)
      return variance.squareRoot() > smallestRatio || variance.squareRoot() * smallestRatio < state.sourceDeviation(j)
    }
    return Double(broken.count) <= configuration.maximumShare * Double(dimension) ? broken : []
  }
}

extension SourceStatistics {
  /// The deviation of each input. One that is constant in the source has none of its own and gets one near the rounding of
  /// its value, so that any movement of it is a break. Each is of its own feature alone: units do not matter.
  var deviations: [Double] {
    zip(mean, variance).map { max($1, 1e-12 * $0 * $0, 1e-30).squareRoot() }
  }
}

extension FeatureSelection.State {
  /// The source deviation of a feature in units of its scale: 1, or less for one that is all but constant in the source.
  fileprivate func sourceDeviation(_ j: Int) -> Double {
    source.variance[j].squareRoot() / scale[j]
  }
}
