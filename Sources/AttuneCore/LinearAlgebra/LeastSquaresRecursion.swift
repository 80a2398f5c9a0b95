internal import CKernels

/// Linear least squares, one row after the other: weights, and their covariance as `P = U·D·Uᵀ`.
///
/// For a row φ with targets y: `k = P·φ / (noise + φᵀ·P·φ)`, `w ← w + k·(y − wᵀ·φ)`, `P ← (P − k·φᵀ·P) / decay`. With
/// noise = decay = f this is recursive least squares with forgetting f and minimizes
/// `Σ f^(n−t)·(yₜ − wᵀφₜ)² + fⁿ/δ·‖w − w₀‖²` where P began at δ·I.
///
/// P is kept as a unit upper triangle U and a positive diagonal D, in which the update adds positive numbers only: P stays
/// symmetric and positive definite however many rows come, which the recursion on P itself does not.
///
/// With decay below 1, P grows by `1 / decay` a row in a direction in which the rows do not vary. Where an element of its
/// diagonal exceeds `limit`, `P ← (P⁻¹ + I / c)⁻¹` with c = limit / 10, as if each weight had been observed once more, with
/// variance c, where it stands. The weights stay; P falls below c there, and hardly changes where it is small against c, so
/// that known directions go on forgetting. `windUps` counts it.
///
/// - Complexity: O(d²) a row, no allocation for d up to 20; the limit is looked at when P can have reached it.
/// - Source: Bierman (1977), Factorization methods for discrete sequential estimation, chapter V. The limit: Gunnarsson
///   (1994), On covariance modification and regularization in recursive least squares identification, IFAC Symposium on
///   System Identification, Copenhagen.
public struct LeastSquaresRecursion: Sendable, Codable, Equatable {
  /// Numbers in a row φ, a constant 1 at its end included.
  public let dimension: Int
  /// Targets of a row.
  public let outputs: Int
  /// Variance of a target.
  public let noise: Double
  /// What P is divided by after a row.
  public let decay: Double
  /// The largest element that the diagonal of P may have.
  public let limit: Double
  /// How often P reached its limit.
  public private(set) var windUps = 0
  /// How often an element of D fell below the smallest that it may be, 1e-250.
  public private(set) var underflows = 0
  private var factors: [Double]  // column j of U from j · stride
  private var diagonal: [Double]
  private var coefficients: [Double]  // [outputs, stride]
  /// Rows until P can have reached its limit.
  private var rowsToCheck: Int

  private static let floor = 1e-250
  private var stride: Int { diagonal.count }

  /// Weights before the first row, `[outputs, dimension]`, and `P = covariance · I`.
  public init(
    weights: DoubleMatrix, covariance: Double, noise: Double, decay: Double, limit: Double = .greatestFiniteMagnitude
  ) {
    precondition(covariance > 0 && noise > 0 && decay > 0 && decay <= 1 && limit >= covariance, "not a covariance")
    (dimension, outputs) = (weights.columns, weights.rows)
    (self.noise, self.decay, self.limit) = (noise, decay, limit)
    let stride = (dimension + 7) / 8 * 8
    factors = Array(repeating: 0, count: stride * stride)
    diagonal = Array(repeating: 0, count: stride)
    coefficients = Array(repeating: 0, count: outputs * stride)
    for j in 0..<dimension {
      factors[j * stride + j] = 1
      diagonal[j] = covariance
      for i in 0..<outputs { coefficients[i * stride + j] = weights[i, j] }
    }
    rowsToCheck = Self.rows(from: covariance, to: limit, decay: decay)
  }

  /// The weights, `[outputs, dimension]`.
  public var weights: DoubleMatrix {
    var result = DoubleMatrix(rows: outputs, columns: dimension)
    for i in 0..<outputs {
      for j in 0..<dimension { result[i, j] = coefficients[i * stride + j] }
    }
    return result
  }

  /// P, `[dimension, dimension]`, symmetric to the bit.
  public var covariance: DoubleMatrix {
    var result = DoubleMatrix(rows: dimension, columns: dimension)
    for i in 0..<dimension {
      for j in i..<dimension {
        let value = (j..<dimension).reduce(0) { $0 + element(i, $1) * diagonal[$1] * element(j, $1) }
        (result[i, j], result[j, i]) = (value, value)
      }
    }
    return result
  }

  private func element(_ row: Int, _ column: Int) -> Double { factors[column * stride + row] }

  /// One output for a row of `dimension` numbers, or of one fewer with the 1 left out.
  public func predict(_ row: UnsafeBufferPointer<Double>, output: Int = 0) -> Double {
    precondition(row.count == dimension || row.count == dimension - 1, "a row of \(row.count) for \(dimension) weights")
    let start = output * stride
    return coefficients.withUnsafeBufferPointer { w in
      // Four sums, so that additions need not wait for each other.
      var sums = SIMD4<Double>()
      var j = 0
      while j + 4 <= row.count {
        let k = start + j
        let weights = SIMD4<Double>(w[k], w[k + 1], w[k + 2], w[k + 3])
        sums += weights * SIMD4<Double>(row[j], row[j + 1], row[j + 2], row[j + 3])
        j += 4
      }
      var value = row.count < dimension ? w[start + row.count] : 0
      while j < row.count {
        value += w[start + j] * row[j]
        j += 1
      }
      return value + sums.sum()
    }
  }

  /// `φᵀ·P·φ`: the variance of the weights' answer at a row.
  public func spread(_ row: UnsafeBufferPointer<Double>) -> Double {
    precondition(row.count == dimension || row.count == dimension - 1, "a row of \(row.count) for \(dimension) weights")
    var sum = 0.0
    for j in 0..<dimension {
      var projected = 0.0
      for i in 0...j { projected += element(i, j) * (i < row.count ? row[i] : 1) }
      sum += projected * diagonal[j] * projected
    }
    return sum
  }

  /// Learns a row, as `predict` takes it, with its `outputs` targets.
  ///
  /// - Returns: false where a number of the update is not finite; nothing is changed then.
  public mutating func learn(_ row: UnsafeBufferPointer<Double>, targets: UnsafeBufferPointer<Double>) -> Bool {
    precondition(row.count == dimension || row.count == dimension - 1, "a row of \(row.count) for \(dimension) weights")
    precondition(targets.count == outputs, "\(targets.count) targets for \(outputs) outputs")
    guard step(row, targets, noise: noise, decay: decay) else { return false }
    rowsToCheck -= 1
    if rowsToCheck <= 0 { bound() }
    return true
  }

  private mutating func step(
    _ row: UnsafeBufferPointer<Double>, _ targets: UnsafeBufferPointer<Double>, noise: Double, decay: Double
  ) -> Bool {
    var rule = attune_least_squares_rule(noise: noise, decay: decay, floor: Self.floor), floored = 0
    let count = 6 * stride
    let total = factors.withUnsafeMutableBufferPointer { factors in
      diagonal.withUnsafeMutableBufferPointer { diagonal in
        coefficients.withUnsafeMutableBufferPointer { weights in
          withUnsafeTemporaryAllocation(of: Double.self, capacity: count + targets.count) { work in
            attune_least_squares_step(
              dimension, row.count, row.baseAddress, targets.count, targets.baseAddress, &rule, factors.baseAddress,
              diagonal.baseAddress, weights.baseAddress, work.baseAddress.map { $0 + count }, work.baseAddress, &floored
            )
          }
        }
      }
    }
    underflows += floored
    return total.isFinite
  }

  /// Brings the diagonal of P below the limit where it is above, and says when to look again.
  private mutating func bound() {
    if largestVariance > limit {
      windUps += 1
      var unit = [Double](repeating: 0, count: dimension)
      for j in 0..<dimension {
        unit[j] = 1
        let none = UnsafeBufferPointer<Double>(start: nil, count: 0)
        _ = unit.withUnsafeBufferPointer { step($0, none, noise: limit / 10, decay: 1) }
        unit[j] = 0
      }
    }
    rowsToCheck = Self.rows(from: largestVariance, to: limit, decay: decay)
  }

  private var largestVariance: Double {
    var largest = 0.0
    for i in 0..<dimension {
      var variance = 0.0
      for j in i..<dimension { variance += element(i, j) * element(i, j) * diagonal[j] }
      largest = max(largest, variance)
    }
    return largest
  }

  /// The number of rows after which a variance may exceed the limit: a row multiplies it by 1 / decay at most.
  private static func rows(from variance: Double, to limit: Double, decay: Double) -> Int {
    guard decay < 1 else { return .max }
    var rows = 0, value = variance / decay
    while value <= limit, rows < 100_000 {
      value /= decay
      rows += 1
    }
    return rows + 1
  }
}
