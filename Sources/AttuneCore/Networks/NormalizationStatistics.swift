internal import CKernels

/// Which statistics the batch-norm layers of a forward pass use.
public enum NormalizationPolicy: Sendable, Equatable {
  /// The running statistics of the layer.
  case running
  /// The mean and biased variance of the batch, as in training.
  case batch
  /// `(1 − weight) · running + weight · batch`.
  case blend(weight: Float, variance: VarianceConvention)
}

extension NormalizationPolicy {
  /// The weight of a batch of some rows, and the factor on its biased variance.
  func share(rows: Int) -> (weight: Float, correction: Float) {
    switch self {
    case .running: (0, 1)
    case .batch: (1, 1)
    case .blend(let weight, let variance):
      (weight, variance == .unbiased && rows > 1 ? Float(rows) / Float(rows - 1) : 1)
    }
  }
}

/// Whether the variance of a batch is divided by n or by n − 1.
public enum VarianceConvention: String, Codable, CaseIterable, Sendable {
  /// Division by n.
  case biased
  /// Division by n − 1 (by n for a single row).
  case unbiased
}

/// The mean and variance that a batch-norm layer used, and where they come from.
public struct NormalizationStatistics: Sendable {
  /// Mean in use, `[1, d]`.
  public let mean: Matrix
  /// Variance in use, `[1, d]`.
  public let variance: Matrix
  /// Mean of the batch, `[1, d]`; equal to `mean` where the batch has no weight.
  public let batchMean: Matrix
  /// Biased variance of the batch, `[1, d]`; equal to `variance` where the batch has no weight.
  public let batchVariance: Matrix
  /// Share of the batch in the statistics, `0...1`.
  public let batchWeight: Float
  /// Factor on the biased batch variance: 1 or `n/(n−1)`.
  public let varianceCorrection: Float

  /// The statistics that `layer` uses for `batch` under a policy.
  ///
  /// ## Shapes
  /// - batch: `[n, d]`, n ≥ 1 unless the policy is `.running`
  public init(_ policy: NormalizationPolicy, layer: BatchNorm, batch: Matrix) {
    let (weight, correction) = policy.share(rows: batch.rows)
    (batchWeight, varianceCorrection) = (weight, correction)
    guard weight != 0 else {
      (mean, variance) = (layer.runningMean, layer.runningVariance)
      (batchMean, batchVariance) = (mean, variance)
      return
    }
    (batchMean, batchVariance) = batch.columnMoments
    let corrected = varianceCorrection == 1 ? batchVariance : batchVariance.scaled(by: varianceCorrection)
    mean = weight == 1 ? batchMean : layer.runningMean.interpolated(to: batchMean, weight: weight)
    variance = weight == 1 ? corrected : layer.runningVariance.interpolated(to: corrected, weight: weight)
  }

  /// Statistics that were computed elsewhere.
  init(
    mean: Matrix, variance: Matrix, batchMean: Matrix, batchVariance: Matrix, batchWeight: Float,
    varianceCorrection: Float
  ) {
    (self.mean, self.variance) = (mean, variance)
    (self.batchMean, self.batchVariance) = (batchMean, batchVariance)
    (self.batchWeight, self.varianceCorrection) = (batchWeight, varianceCorrection)
  }

  /// `1 / √(variance + ε)`, `[1, d]`.
  func inverseDeviation(epsilon: Float) -> Matrix { variance.inverseDeviation(epsilon: epsilon) }
}

extension Matrix {
  /// `1 / √(x + ε)` of every element.
  func inverseDeviation(epsilon: Float) -> Matrix { mapped { attune_inverse_deviation($0, $1, epsilon, $2) } }
}
