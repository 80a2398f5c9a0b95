/// What a model keeps of its training inputs, so that adaptation needs no training rows.
public struct SourceStatistics: Sendable, Equatable {
  /// Number of training rows.
  public var rows: Int
  /// Mean of each network input, after preprocessing; `d` values.
  public var mean: [Double]
  /// Covariance of the network inputs, divided by the number of rows; `[d, d]`.
  public var covariance: DoubleMatrix
  /// Share of each class in the training rows; empty for regression.
  public var classShares: [Double]

  /// Statistics from their parts.
  public init(rows: Int, mean: [Double], covariance: DoubleMatrix, classShares: [Double] = []) {
    precondition(covariance.rows == mean.count && covariance.columns == mean.count, "mean and covariance do not fit")
    self.rows = rows
    self.mean = mean
    self.covariance = covariance
    self.classShares = classShares
  }

  /// The statistics of network inputs.
  ///
  /// ## Shapes
  /// - inputs: `[n, d]`, n ≥ 1
  public init(inputs: Matrix, classShares: [Double] = []) {
    precondition(inputs.rows > 0, "no rows to take statistics of")
    let values = DoubleMatrix(inputs)
    let mean = values.columnMeans
    let gram = values.subtractingRow(mean).gram
    let scaled = DoubleMatrix(rows: gram.rows, columns: gram.columns, gram.elements.map { $0 / Double(inputs.rows) })
    self.init(rows: inputs.rows, mean: mean, covariance: scaled, classShares: classShares)
  }

  /// Variance of each input: the diagonal of the covariance.
  public var variance: [Double] { mean.indices.map { covariance[$0, $0] } }
}

/// What a model predicts.
public enum PredictionTask: String, Codable, CaseIterable, Sendable {
  /// One of several classes; outputs are logits.
  case classification
  /// A number; outputs are standardized values.
  case regression
}
