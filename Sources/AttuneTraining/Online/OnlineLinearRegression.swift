public import AttuneCore

/// Linear regression that learns a stream row by row: a running standard scaler, then gradient descent.
///
/// For each row it predicts `p = intercept + Σ wⱼ·(xⱼ − meanⱼ) / √varianceⱼ` with the moments of the rows before, then
/// takes the row into the moments and steps along the gradient `2 (p − y)` of the squared error at the row as it is
/// standardized now. A feature without variance counts 0. Population variance; the weights start at zero.
///
/// - Complexity: O(features) a row, no allocation.
/// - Source: the running moments are Welford's (1962), Note on a method for calculating corrected sums of squares and
///   products, doi:10.1080/00401706.1962.10490022; the conventions are those of river's
///   `StandardScaler() | LinearRegression(optimizer=SGD(…))`.
public struct OnlineLinearRegression: Sendable, Equatable {
  /// The step size of the weights.
  public var learningRate: Double
  /// The step size of the intercept.
  public var interceptLearningRate: Double
  /// What it has learned.
  public private(set) var state: OnlineRegressionState

  /// A regression that has seen nothing.
  ///
  /// - Throws: `HyperparameterError` if a learning rate is negative or not finite.
  public init(
    features: Int, learningRate: Double = 0.01, interceptLearningRate: Double = 0.01
  ) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: "online linear regression")
    try check.isNotNegative(learningRate, "learningRate")
    try check.isNotNegative(interceptLearningRate, "interceptLearningRate")
    self.learningRate = learningRate
    self.interceptLearningRate = interceptLearningRate
    state = OnlineRegressionState(features: features)
  }

  /// The prediction for one row, which is not learned.
  public func predict(_ row: [Double]) -> Double { state.predict(row) }

  /// Predicts each row, then learns it.
  ///
  /// ## Shapes
  /// - features: `[n, d]`, targets: n numbers; returns n predictions, each made before its row was learned
  public mutating func predictThenLearn(_ features: DoubleMatrix, targets: [Double]) -> [Double] {
    precondition(features.rows == targets.count, "\(targets.count) targets for \(features.rows) rows")
    return [Double](unsafeUninitializedCapacity: targets.count) { predictions, count in
      features.elements.withUnsafeBufferPointer { x in
        targets.withUnsafeBufferPointer {
          predictThenLearn(x, targets: $0, predictions: UnsafeMutableBufferPointer(rebasing: predictions[..<$0.count]))
        }
      }
      count = targets.count
    }
  }

  /// The same on memory of the caller's: row after row of features, one prediction per target.
  public mutating func predictThenLearn(
    _ features: UnsafeBufferPointer<Double>, targets: UnsafeBufferPointer<Double>,
    predictions: UnsafeMutableBufferPointer<Double>
  ) {
    state.learn(
      features, targets: targets, learningRate: learningRate, interceptLearningRate: interceptLearningRate,
      predictions: predictions)
  }
}
