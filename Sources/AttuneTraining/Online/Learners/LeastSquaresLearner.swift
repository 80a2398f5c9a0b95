public import AttuneCore

/// Recursive least squares with forgetting: after every row the weights that fit all rows best, older ones counting less.
///
/// With f = `forgetting` and δ = `initialCovariance`, after n rows the weights minimize
/// `Σ f^(n−t)·(yₜ − wᵀxₜ)² + fⁿ/δ·‖w‖²`, the intercept among them. No learning rate, no iterations.
///
/// - Complexity: O(features²) a row.
/// - Source: Haykin (2002), Adaptive filter theory, 4th edition, section 9.3, computed as `LeastSquaresRecursion` says.
public enum LeastSquaresLearner {
  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Weight of the past per row, above 0 and at most 1; 1 forgets nothing, 0.99 remembers about 100 rows.
    public var forgetting = 1.0
    /// One over the ridge penalty on the weights, which start at 0.
    public var initialCovariance = 100.0
    /// How many times its start the variance of a weight may reach, at least 1: reached only by forgetting without news.
    public var covarianceLimit = 1e6
    /// Whether there is an intercept.
    public var intercept = true
    /// How features are scaled. Running moments scale early rows by other factors than late ones, which this model, unlike
    /// those with a learning rate, does not need.
    public var scaler = OnlineScaler.none

    /// All defaults.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("forgetting", forgetting, above: 0, atMost: 1)
      try ConfigCheck.range("initialCovariance", initialCovariance, above: 0, atMost: 1e100)
      try ConfigCheck.range("covarianceLimit", covarianceLimit, atLeast: 1, atMost: 1e100)
    }
  }
}

/// Bayesian linear regression with a normal prior on the weights and noise of known precision.
///
/// The posterior has the precision `Λ ← Λ + beta·xxᵀ` from `Λ = alpha·I`, and its mean solves `Λw = beta·Σ y·x`. With
/// smoothing s, both are running means: `Λ ← s·Λ + (1 − s)·beta·xxᵀ`. The predictive variance is `1 / beta + xᵀΛ⁻¹x`.
///
/// - Complexity: O(features²) a row, with smoothing too.
/// - Source: Bishop (2006), Pattern Recognition and Machine Learning, equations 3.50 to 3.59; the smoothing is that of
///   river 0.26.1's `BayesianLinearRegression`. Λ⁻¹ is kept as `LeastSquaresRecursion` says.
/// - Note: river starts the smoothed precision at `I / alpha`; here it is `alpha·I` with and without smoothing.
public enum BayesianLearner {
  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Precision of the prior, above 0.
    public var alpha = 1.0
    /// Precision of the noise, above 0.
    public var beta = 1.0
    /// Weight of the past per row, above 0 and below 1; nil forgets nothing.
    public var smoothing: Double?
    /// How many times its start the variance of a weight may reach, at least 1: reached only by smoothing without news.
    public var covarianceLimit = 1e12
    /// Whether there is an intercept, with the prior of the weights.
    public var intercept = false
    /// How features are scaled.
    public var scaler = OnlineScaler.none

    /// All defaults.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("alpha", alpha, atLeast: 1e-100, atMost: 1e100)
      try ConfigCheck.range("beta", beta, atLeast: 1e-100, atMost: 1e100)
      if let smoothing { try ConfigCheck.range("smoothing", smoothing, above: 0, below: 1) }
      try ConfigCheck.range("covarianceLimit", covarianceLimit, atLeast: 1, atMost: 1e100)
    }
  }
}

/// What distinguishes the two kinds that share a recursion.
protocol RecursionKind {
  static var name: String { get }
  static var summary: String { get }
}

enum LeastSquaresKind: RecursionKind {
  static let name = "recursive-least-squares"
  static let summary = "recursive least squares with forgetting"
}

enum BayesianKind: RecursionKind {
  static let name = "bayesian-linear-regression"
  static let summary = "Bayesian linear regression with predictive variance"
}

struct RecursionModel<Kind: RecursionKind>: OnlineModel {
  static var name: String { Kind.name }
  static var summary: String { Kind.summary }
  let featureCount: Int
  private(set) var recursion: LeastSquaresRecursion
  /// Variance of the target; nil where it is not known.
  private let noise: Double?

  init(features: Int, _ c: LeastSquaresLearner.Configuration) where Kind == LeastSquaresKind {
    (featureCount, noise) = (features, nil)
    recursion = LeastSquaresRecursion(
      weights: DoubleMatrix(rows: 1, columns: features + (c.intercept ? 1 : 0)), covariance: c.initialCovariance,
      noise: c.forgetting, decay: c.forgetting, limit: c.covarianceLimit * c.initialCovariance)
  }

  init(features: Int, _ c: BayesianLearner.Configuration) where Kind == BayesianKind {
    (featureCount, noise) = (features, 1 / c.beta)
    let decay = c.smoothing ?? 1
    recursion = LeastSquaresRecursion(
      weights: DoubleMatrix(rows: 1, columns: features + (c.intercept ? 1 : 0)), covariance: 1 / c.alpha,
      noise: c.smoothing.map { $0 / ((1 - $0) * c.beta) } ?? 1 / c.beta, decay: decay,
      limit: c.covarianceLimit / c.alpha)
  }

  var outputCount: Int { 1 }

  var regularizations: [OnlineRegularization] {
    [(OnlineRegularization.Reason.windUp, recursion.windUps), (.underflow, recursion.underflows)]
      .filter { $0.1 > 0 }.map { OnlineRegularization(reason: $0.0, count: $0.1) }
  }

  @inline(__always)
  func predict(_ row: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) {
    output[0] = recursion.predict(row)
  }

  func variance(_ row: UnsafeBufferPointer<Double>) -> Double? { noise.map { $0 + recursion.spread(row) } }

  @inline(__always)
  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) -> Bool {
    withUnsafePointer(to: target) { recursion.learn(row, targets: UnsafeBufferPointer(start: $0, count: 1)) }
  }
}
