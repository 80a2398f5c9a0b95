/// Batch normalization of vectors: `y = (x − mean) / √(variance + ε) · γ + β`, feature by feature.
///
/// ## Shapes
/// - all four matrices: `[1, features]`
///
/// - Source: Ioffe, Szegedy (2015), Batch normalization, arXiv:1502.03167; conventions of PyTorch's `BatchNorm1d`:
///   a training batch is normalized with its biased variance, the running variance takes the unbiased one.
public struct BatchNorm: Codable, Sendable, Equatable {
  /// Scale γ, a parameter.
  public var gamma: Matrix
  /// Shift β, a parameter.
  public var beta: Matrix
  /// Running mean, a buffer: the source statistics of the layer.
  public var runningMean: Matrix
  /// Running variance, a buffer: the source statistics of the layer.
  public var runningVariance: Matrix
  /// Added to the variance under the root.
  public var epsilon: Float
  /// Weight of a new training batch in the running statistics.
  public var momentum: Float

  /// The number of features.
  public var dimension: Int { gamma.columns }

  /// The shapes of its four matrices.
  var shapes: [Shape] { [gamma.shape, beta.shape, runningMean.shape, runningVariance.shape] }

  /// A layer that starts as the identity on standardized features.
  public init(dimension: Int, epsilon: Float = 1e-5, momentum: Float = 0.1) {
    gamma = Matrix(rows: 1, columns: dimension, repeating: 1)
    beta = Matrix(rows: 1, columns: dimension)
    runningMean = Matrix(rows: 1, columns: dimension)
    runningVariance = Matrix(rows: 1, columns: dimension, repeating: 1)
    self.epsilon = epsilon
    self.momentum = momentum
  }

  /// Moves the running statistics by `momentum` towards those of a training batch of `rows` rows.
  mutating func updateRunningStatistics(_ batch: NormalizationStatistics, rows: Int) {
    let unbiased = rows > 1 ? Float(rows) / Float(rows - 1) : 1
    runningMean = runningMean.interpolated(to: batch.batchMean, weight: momentum)
    runningVariance = runningVariance.interpolated(to: batch.batchVariance.scaled(by: unbiased), weight: momentum)
  }
}

extension Network {
  /// As `updateRunningStatistics`, in place: the statistics of a batch of `rows` rows are where a compiled step keeps them.
  mutating func moveRunningStatistics(
    _ index: Int, mean: UnsafePointer<Float>, variance: UnsafePointer<Float>, rows: Int
  ) {
    let unbiased = rows > 1 ? Float(rows) / Float(rows - 1) : 1
    modifyNormalization(index) { norm in
      let momentum = norm.momentum, kept = 1 - norm.momentum, count = norm.dimension
      OperationCounter.add(7 * count)
      let runningMean = norm.runningMean.uniqueBase, runningVariance = norm.runningVariance.uniqueBase
      for j in 0..<count {
        runningMean[j] = kept * runningMean[j] + momentum * mean[j]
        runningVariance[j] = kept * runningVariance[j] + momentum * (unbiased * variance[j])
      }
    }
  }
}

extension Matrix {
  /// `(1 − weight) · self + weight · other`.
  public func interpolated(to other: Matrix, weight: Float) -> Matrix {
    var result = scaled(by: 1 - weight)
    result.add(other, scaledBy: weight)
    return result
  }
}
