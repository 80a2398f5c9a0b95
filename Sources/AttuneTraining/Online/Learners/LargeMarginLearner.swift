public import AttuneCore

/// ALMA₂: approximates the separating plane of the largest margin, for two classes, without intercept.
///
/// With k − 1 the number of corrections so far and y = ±1: where `y·w·x < (1 − alpha)·b / √k`,
/// `w ← w + c / √k · y·x`, then w is scaled back to length 1 where it is longer.
///
/// - Source: Gentile (2001), A New Approximate Maximal Margin Classification Algorithm, JMLR 2, for p = 2, with the
///   defaults of river 0.26.1.
/// - Note: Differs from the source, as river does: rows are not scaled to length 1. The score is the sigmoid of w·x, which
///   is no probability.
public enum LargeMarginLearner {
  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// How close to the largest margin, above 0 and at most 1: the margin is at least (1 − alpha) of it.
    public var alpha = 0.9
    /// Scale of the margin that is asked for, above 0.
    public var b = 1 / 0.9
    /// Scale of the step, above 0.
    public var c = 2.0.squareRoot()
    /// How features are scaled.
    public var scaler = OnlineScaler.standard

    /// All defaults.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("alpha", alpha, above: 0, atMost: 1)
      try ConfigCheck.range("b", b, above: 0, below: .infinity)
      try ConfigCheck.range("c", c, above: 0, below: .infinity)
    }
  }
}

struct LargeMarginModel: OnlineModel {
  static let name = "alma"
  static let summary = "approximate large margin classification of two classes"
  private(set) var weights: [Double]
  private(set) var corrections = 0
  private let configuration: LargeMarginLearner.Configuration

  init(features: Int, _ configuration: LargeMarginLearner.Configuration) {
    weights = Array(repeating: 0, count: features)
    self.configuration = configuration
  }

  var featureCount: Int { weights.count }
  var outputCount: Int { 2 }

  func predict(_ row: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) {
    OnlineVectors.write(logit: OnlineVectors.product(weights, row), into: output)
  }

  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) -> Bool {
    let value = OnlineVectors.product(weights, row), sign = target == 0 ? -1.0 : 1
    let root = Double(corrections + 1).squareRoot()
    guard value.isFinite, OnlineVectors.squaredLength(row) < OnlineVectors.largestGradient else { return false }
    guard sign * value < (1 - configuration.alpha) * configuration.b / root else { return true }
    for j in weights.indices { weights[j] += configuration.c / root * sign * row[j] }
    let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for j in weights.indices { weights[j] /= max(1, length) }
    corrections += 1
    return true
  }
}
