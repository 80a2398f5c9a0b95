public import AttuneCore
internal import Foundation

/// A linear model that steps along the gradient of its loss at each row; the kinds `linear-regression`,
/// `logistic-regression` and `perceptron`.
///
/// With `z = intercept + Σ wⱼxⱼ`: the slope s is `2 (z − y)` for the squared loss; `p − y` with `p = 1 / (1 + e^−z)` for the
/// log loss; for the perceptron −(±1) where the sign of z is wrong or z is 0, else 0. Then
/// `intercept ← intercept − interceptLearningRate·s`, and the optimizer steps along `s·x + l2·w`. Weights start at 0.
///
/// A slope beyond ±1e12 is clipped, which is counted; a row whose gradient is beyond 1e150 is refused.
///
/// - Complexity: O(features) a row.
/// - Source: the losses and the order of the steps are those of river 0.26.1.
public enum GradientLearner {
  /// The settings of linear and logistic regression in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The rule of the weights.
    public var optimizer = StreamOptimizerConfiguration.sgd(.init())
    /// The step size of the intercept, which descends without the optimizer.
    public var interceptLearningRate = 0.01
    /// L2 penalty of the weights, not of the intercept.
    public var l2 = 0.0
    /// How features are scaled.
    public var scaler = OnlineScaler.standard

    /// All defaults.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try optimizer.validate()
      try ConfigCheck.range("interceptLearningRate", interceptLearningRate, atLeast: 0, below: .infinity)
      try ConfigCheck.range("l2", l2, atLeast: 0, below: .infinity)
    }
  }

  /// The settings of the perceptron in a config file.
  public struct PerceptronConfiguration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// L2 penalty of the weights, not of the intercept.
    public var l2 = 0.0
    /// How features are scaled.
    public var scaler = OnlineScaler.standard

    /// All defaults.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("l2", l2, atLeast: 0, below: .infinity) }
  }
}

/// What distinguishes the kinds of `GradientModel`.
protocol GradientLoss {
  static var name: String { get }
  static var summary: String { get }
  static var outputCount: Int { get }
  static func slope(_ prediction: Double, target: Double) -> Double
}

enum SquaredLoss: GradientLoss {
  static let name = "linear-regression"
  static let summary = "linear regression by gradient descent"
  static let outputCount = 1
  static func slope(_ prediction: Double, target: Double) -> Double { 2 * (prediction - target) }
}

enum LogLoss: GradientLoss {
  static let name = "logistic-regression"
  static let summary = "logistic regression of two classes by gradient descent"
  static let outputCount = 2
  static func slope(_ prediction: Double, target: Double) -> Double {
    let sign = target == 0 ? -1.0 : 1, margin = prediction * sign
    // e^margin + 1 rounds to e^margin beyond 37, and needs no exponential far on the other side.
    return margin > 18 ? -sign * exp(-margin) : margin < -18 ? -sign : -sign / (exp(margin) + 1)
  }
}

enum PerceptronLoss: GradientLoss {
  static let name = "perceptron"
  static let summary = "perceptron of two classes"
  static let outputCount = 2
  static func slope(_ prediction: Double, target: Double) -> Double {
    let sign = target == 0 ? -1.0 : 1
    return prediction.isNaN ? .nan : prediction * sign <= 0 ? -sign : 0
  }
}

/// The linear model of a loss, on rows that are scaled.
struct GradientModel<Loss: GradientLoss>: OnlineModel {
  static var name: String { Loss.name }
  static var summary: String { Loss.summary }
  private(set) var weights: [Double]
  private(set) var intercept = 0.0
  private(set) var clipped = 0
  private var optimizer: StreamOptimizer
  private let interceptLearningRate: Double
  private let l2: Double

  private static var steepest: Double { 1e12 }

  init(features: Int, _ optimizer: StreamOptimizerConfiguration, interceptLearningRate: Double, l2: Double) {
    weights = Array(repeating: 0, count: features)
    self.optimizer = StreamOptimizer(optimizer, weights: features)
    self.interceptLearningRate = interceptLearningRate
    self.l2 = l2
  }

  init(features: Int, _ c: GradientLearner.Configuration) {
    self.init(features: features, c.optimizer, interceptLearningRate: c.interceptLearningRate, l2: c.l2)
  }

  var featureCount: Int { weights.count }
  var outputCount: Int { Loss.outputCount }
  var regularizations: [OnlineRegularization] {
    clipped > 0 ? [OnlineRegularization(reason: .clippedGradient, count: clipped)] : []
  }

  func predict(_ row: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) {
    let value = OnlineVectors.product(weights, row) + intercept
    guard output.count > 1 else {
      output[0] = value
      return
    }
    OnlineVectors.write(logit: value, into: output)
  }

  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) -> Bool {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: row.count) { gradient in
      let prediction = OnlineVectors.product(weights, row) - optimizer.lead(row) + intercept
      var slope = Loss.slope(prediction, target: target)
      guard !slope.isNaN else { return false }
      let isSteep = abs(slope) > Self.steepest
      slope = min(max(slope, -Self.steepest), Self.steepest)
      for j in row.indices { gradient[j] = slope * row[j] }
      if l2 > 0 {
        for j in row.indices { gradient[j] += l2 * optimizer.point(of: weights[j], at: j) }
      }
      var largest = 0.0
      for j in row.indices { largest = max(largest, abs(gradient[j])) }
      guard largest <= OnlineVectors.largestGradient else { return false }
      clipped += isSteep ? 1 : 0
      intercept -= interceptLearningRate * slope
      weights.withUnsafeMutableBufferPointer { optimizer.step($0, along: gradient) }
      return true
    }
  }
}
