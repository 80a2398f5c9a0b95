/// What a model keeps of its training inputs, so that adaptation needs no training rows.
public struct SourceStatistics: Codable, Sendable, Equatable {
  /// Number of training rows.
  public var rows: Int
  /// Mean of each network input, after preprocessing; `d` values.
  public var mean: [Double]
  /// Variance of each network input, divided by the number of rows; `d` values.
  public let variance: [Double]
  /// Covariance of the network inputs, divided by the number of rows, `[d, d]`; nil where there are more than
  /// `covarianceLimit` inputs.
  public let covariance: DoubleMatrix?
  /// Share of each class in the training rows; empty for regression.
  public var classShares: [Double]
  /// The values of each input in up to `sampleLimit` training rows, each column in ascending order, so that no row can be
  /// told: `[q, d]`. Nil where they are not known, and where there are more than `covarianceLimit` inputs.
  public var sample: Matrix?

  /// The most inputs whose covariance is kept: it grows with their square, to 128 MiB there.
  public static let covarianceLimit = 4096

  /// The most rows whose values are kept: KiBs beside the MiBs that a covariance has, and enough to tell a difference of 0.15
  /// between distribution functions from chance.
  public static let sampleLimit = 256

  /// Statistics from their parts.
  public init(
    rows: Int, mean: [Double], covariance: DoubleMatrix, classShares: [Double] = [], sample: Matrix? = nil
  ) {
    precondition(covariance.rows == mean.count && covariance.columns == mean.count, "mean and covariance do not fit")
    self.rows = rows
    self.mean = mean
    self.covariance = covariance
    variance = mean.indices.map { covariance[$0, $0] }
    self.classShares = classShares
    self.sample = sample
  }

  /// Statistics of more inputs than have their covariance kept.
  public init(
    rows: Int, mean: [Double], variance: [Double], classShares: [Double] = [], sample: Matrix? = nil
  ) {
    precondition(variance.count == mean.count, "\(mean.count) means and \(variance.count) variances")
    self.rows = rows
    self.mean = mean
    self.variance = variance
    covariance = nil
    self.classShares = classShares
    self.sample = sample
  }

  /// The statistics of network inputs.
  ///
  /// ## Shapes
  /// - inputs: `[n, d]`, n ≥ 1
  public init(inputs: Matrix, classShares: [Double] = []) {
    self.init(rows: inputs.rows, columns: inputs.columns, classShares: classShares) { body in
      guard inputs.rows > RowBlocks.size else { return body(inputs) }
      for range in RowBlocks.ranges(of: inputs.rows) { body(inputs.rows(range)) }
    }
  }

  /// The statistics of network inputs that come in blocks, twice.
  ///
  /// - Parameters:
  ///   - rows: the number of all rows, 1 or more.
  ///   - columns: the number of inputs.
  ///   - forEachBlock: calls its argument with each block of `RowBlocks.ranges`, in order: sums depend on the blocks.
  public init(
    rows: Int, columns: Int, classShares: [Double] = [],
    forEachBlock: ((_ block: Matrix) -> Void) throws -> Void
  ) rethrows {
    precondition(rows > 0, "no rows to take statistics of")
    var sums = [Double](repeating: 0, count: columns)
    var sample = SourceSampling(rows: rows, columns: columns)
    try forEachBlock { block in
      sample.add(block)
      OperationCounter.add(block.count)
      block.withElements { x in
        for start in stride(from: 0, to: x.count, by: max(1, columns)) {
          for j in 0..<columns { sums[j] += Double(x[start + j]) }
        }
      }
    }
    let mean = sums.map { $0 / Double(rows) }
    guard columns <= Self.covarianceLimit else {
      var squares = [Double](repeating: 0, count: columns)
      try forEachBlock { block in
        OperationCounter.add(3 * block.count)
        block.withElements { x in
          for start in stride(from: 0, to: x.count, by: columns) {
            for j in 0..<columns {
              let difference = Double(x[start + j]) - mean[j]
              squares[j] += difference * difference
            }
          }
        }
      }
      self.init(rows: rows, mean: mean, variance: squares.map { $0 / Double(rows) }, classShares: classShares)
      return
    }
    var products = [Double](repeating: 0, count: columns * columns)
    try forEachBlock { block in
      let gram = DoubleMatrix(block).subtractingRow(mean).gram
      for i in products.indices { products[i] += gram.elements[i] }
    }
    let covariance = DoubleMatrix(rows: columns, columns: columns, products.map { $0 / Double(rows) })
    self.init(rows: rows, mean: mean, covariance: covariance, classShares: classShares, sample: sample.sorted)
  }
}

/// What a model predicts.
public enum PredictionTask: String, Codable, CaseIterable, Sendable {
  /// One of several classes; outputs are logits.
  case classification
  /// A number; outputs are standardized values.
  case regression
}

/// The blocks in which many rows are gone through: always the same, so that sums over rows in memory and over rows that
/// come from a file agree to the bit.
public enum RowBlocks {
  /// Rows of a block; the last may have fewer.
  public static let size = 4096

  /// The blocks of some rows.
  public static func ranges(of count: Int) -> some Sequence<Range<Int>> {
    stride(from: 0, to: count, by: size).lazy.map { $0..<min($0 + size, count) }
  }
}
