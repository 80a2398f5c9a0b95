public import AttuneCore

/// Passive-aggressive learning: the smallest change of the weights that answers the row well enough.
///
/// For two classes the loss is `max(0, 1 − y·z)` with y = ±1, for regression `max(0, |y − z| − epsilon)`, z the linear
/// model's value. The step τ is `loss / ‖x‖²` (`pa`), at most c of it (`pa-1`), or `loss / (‖x‖² + 1 / 2c)` (`pa-2`); then
/// `w ← w + τ·y·x` or `w + τ·sign(y − z)·x`, and the intercept likewise with 1 for x. A row of zeros teaches `pa` and `pa-1`
/// nothing.
///
/// - Source: Crammer, Dekel, Keshet, Shalev-Shwartz, Singer (2006), Online Passive-Aggressive Algorithms, JMLR 7, with the
///   intercept, which is not in ‖x‖, of river 0.26.1. For classes it equals river's.
/// - Note: river 0.26.1 measures the loss of its `PARegressor` from 2y − 1, as if targets were labels 0 and 1; here it is
///   measured from y, as in the source.
public enum PassiveAggressiveLearner {
  /// How the step is limited.
  public enum Variant: String, Codable, Sendable, CaseIterable {
    /// Not at all: PA.
    case pa
    /// By c: PA-I.
    case pa1 = "pa-1"
    /// By a squared penalty: PA-II.
    case pa2 = "pa-2"
  }

  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// How the step is limited.
    public var variant = Variant.pa1
    /// The aggressiveness of `pa-1` and `pa-2`, above 0.
    public var c = 1.0
    /// The error of a regression that costs nothing.
    public var epsilon = 0.1
    /// Whether there is an intercept.
    public var intercept = true
    /// How features are scaled.
    public var scaler = OnlineScaler.standard

    /// All defaults.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("c", c, above: 0, below: .infinity)
      try ConfigCheck.range("epsilon", epsilon, atLeast: 0, below: .infinity)
    }
  }
}

struct PassiveAggressiveModel: OnlineModel {
  static let name = "passive-aggressive"
  static let summary = "passive-aggressive regression, or classification of two classes"
  let outputCount: Int
  private(set) var weights: [Double]
  private(set) var intercept = 0.0
  private let configuration: PassiveAggressiveLearner.Configuration

  init(features: Int, outputs: Int, _ configuration: PassiveAggressiveLearner.Configuration) {
    outputCount = outputs
    weights = Array(repeating: 0, count: features)
    self.configuration = configuration
  }

  var featureCount: Int { weights.count }

  func predict(_ row: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) {
    let value = OnlineVectors.product(weights, row) + intercept
    guard isClassifier else {
      output[0] = value
      return
    }
    OnlineVectors.write(logit: value, into: output)
  }

  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) -> Bool {
    let value = OnlineVectors.product(weights, row) + intercept, length = OnlineVectors.squaredLength(row)
    let sign = isClassifier ? (target == 0 ? -1.0 : 1) : (target > value ? 1 : target < value ? -1 : 0)
    let loss = max(0, isClassifier ? 1 - sign * value : abs(target - value) - configuration.epsilon)
    guard value.isFinite, length.isFinite, loss.isFinite else { return false }
    let step =
      switch configuration.variant {
      case .pa: length > 0 ? loss / length : 0
      case .pa1: length > 0 ? min(configuration.c, loss / length) : 0
      case .pa2: loss / (length + 0.5 / configuration.c)
      }
    guard step <= OnlineVectors.largestGradient else { return false }
    for j in weights.indices { weights[j] += step * sign * row[j] }
    if configuration.intercept { intercept += step * sign }
    return true
  }
}
