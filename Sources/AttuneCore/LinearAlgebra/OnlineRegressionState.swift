internal import CKernels

/// A linear regression on standardized features that has seen a part of a stream, and the loop that goes on with it.
public struct OnlineRegressionState: Sendable, Equatable {
  /// Rows learned so far.
  public private(set) var count = 0
  /// Mean of each feature so far.
  public private(set) var means: [Double]
  /// Population variance of each feature so far.
  public private(set) var variances: [Double]
  /// Weight of each standardized feature.
  public private(set) var weights: [Double]
  /// What is added to their sum.
  public private(set) var intercept = 0.0
  /// `1 / √variance`, 0 where the variance is.
  private var inverses: [Double]

  /// Nothing learned of `features` features: all weights zero.
  public init(features: Int) {
    precondition(features >= 0, "\(features) features")
    means = Array(repeating: 0, count: features)
    (variances, weights, inverses) = (means, means, means)
  }

  /// The prediction for one row, which is not learned.
  public func predict(_ row: [Double]) -> Double {
    precondition(row.count == weights.count, "\(row.count) features for \(weights.count) weights")
    return row.indices.reduce(intercept) { $0 + weights[$1] * ((row[$1] - means[$1]) * inverses[$1]) }
  }

  /// Predicts each row before it learns it.
  ///
  /// - Parameters:
  ///   - features: row after row.
  ///   - predictions: one per row, written.
  public mutating func learn(
    _ features: UnsafeBufferPointer<Double>, targets: UnsafeBufferPointer<Double>, learningRate: Double,
    interceptLearningRate: Double, predictions: UnsafeMutableBufferPointer<Double>
  ) {
    let rows = targets.count, columns = weights.count
    precondition(features.count == rows * columns, "\(features.count) numbers are not \(rows) × \(columns)")
    precondition(predictions.count == rows, "\(predictions.count) predictions of \(rows) rows")
    guard rows > 0, let answers = targets.baseAddress, let results = predictions.baseAddress else { return }
    var state = attune_online_state(
      learning_rate: learningRate, intercept_rate: interceptLearningRate, intercept: intercept, count: Double(count))
    means.withUnsafeMutableBufferPointer { mean in
      variances.withUnsafeMutableBufferPointer { variance in
        inverses.withUnsafeMutableBufferPointer { inverse in
          weights.withUnsafeMutableBufferPointer {
            attune_online_regression(
              rows, columns, features.baseAddress, answers, &state, mean.baseAddress, variance.baseAddress,
              inverse.baseAddress, $0.baseAddress, results)
          }
        }
      }
    }
    (intercept, count) = (state.intercept, count + rows)
  }
}
