public import AttuneCore
internal import Foundation

/// Softmax regression: one weight vector a class, without intercepts, by gradient descent on the cross-entropy.
///
/// `p = softmax(W·x)`; the weights of class c step along `(p_c − [c = y])·x + l2·w_c`, each with an optimizer of its own. A
/// class joins when its first row is learned; until then its probability is 0, and it is not in the softmax. Before the
/// first row all classes are as likely. Weights start at 0.
///
/// - Complexity: O(classes · features) a row.
/// - Source: river 0.26.1's `SoftmaxRegression`, whose numbers it gives, probabilities within 1e-15 of 0 and 1 included.
/// - Note: river leaves the first row, before which it knows no class, out of its score.
public enum SoftmaxLearner {
  /// The settings in a config file.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The rule of the weights.
    public var optimizer = StreamOptimizerConfiguration.sgd(.init())
    /// L2 penalty of the weights.
    public var l2 = 0.0
    /// Whether all classes take part from the start, not each from its first row.
    public var knowsClasses = false
    /// How features are scaled.
    public var scaler = OnlineScaler.standard

    /// All defaults.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try optimizer.validate()
      try ConfigCheck.range("l2", l2, atLeast: 0, below: .infinity)
    }
  }
}

struct SoftmaxModel: OnlineModel {
  static let name = "softmax-regression"
  static let summary = "softmax regression by gradient descent"
  let featureCount: Int
  let outputCount: Int
  private(set) var weights: [[Double]]
  private var optimizers: [StreamOptimizer]
  private var isKnown: [Bool]
  private let l2: Double

  init(features: Int, classes: Int, _ configuration: SoftmaxLearner.Configuration) {
    (featureCount, outputCount) = (features, classes)
    weights = Array(repeating: Array(repeating: 0, count: features), count: classes)
    optimizers = Array(repeating: StreamOptimizer(configuration.optimizer, weights: features), count: classes)
    isKnown = Array(repeating: configuration.knowsClasses, count: classes)
    l2 = configuration.l2
  }

  var isClassifier: Bool { true }

  func predict(_ row: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>) {
    guard isKnown.contains(true) else {
      for c in output.indices { output[c] = 1 / Double(outputCount) }
      return
    }
    for c in output.indices { output[c] = isKnown[c] ? OnlineVectors.product(weights[c], row) : 0 }
    normalize(output)
  }

  /// Makes probabilities of the scores of the known classes.
  private func normalize(_ output: UnsafeMutableBufferPointer<Double>) {
    var largest = -Double.infinity, total = 0.0
    for c in output.indices where isKnown[c] { largest = max(largest, output[c]) }
    for c in output.indices {
      output[c] = isKnown[c] ? exp(output[c] - largest) : 0
      total += output[c]
    }
    for c in output.indices { output[c] /= total }
  }

  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) -> Bool {
    let label = Int(target)
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: outputCount + row.count) { memory in
      let slopes = UnsafeMutableBufferPointer(rebasing: memory[..<outputCount])
      let gradient = UnsafeMutableBufferPointer(rebasing: memory[outputCount...])
      for c in slopes.indices {
        slopes[c] = 0
        guard isKnown[c] else { continue }
        for j in row.indices { slopes[c] += optimizers[c].point(of: weights[c][j], at: j) * row[j] }
      }
      if isKnown.contains(true) { normalize(slopes) }
      for c in slopes.indices {
        slopes[c] = min(max(slopes[c], 1e-15), 1 - 1e-15) - (c == label ? 1 : 0)
        for j in row.indices where !(abs(slopes[c] * row[j]) <= OnlineVectors.largestGradient) { return false }
      }
      isKnown[label] = true
      for c in slopes.indices where isKnown[c] {
        for j in row.indices {
          gradient[j] = slopes[c] * row[j] + l2 * optimizers[c].point(of: weights[c][j], at: j)
        }
        weights[c].withUnsafeMutableBufferPointer { optimizers[c].step($0, along: gradient) }
      }
      return true
    }
  }
}
