public import AttuneCore

/// The distance of the batch-norm layers' outputs from the source's, `½ Σ_l (mean |m_l − M_l| + mean |v_l − V_l|)`.
///
/// `M_l` and `V_l` are the means and unbiased variances of the outputs of layer l over training rows, with the statistics of
/// the trained model; `m_l` and `v_l` those of the batch. A batch of one row has no variance, and is not learned from.
///
/// - Source: Mirza et al. (2023), ActMAD: activation matching to align distributions for test-time-training,
///   arXiv:2211.12870, eq. (5).
public struct MomentMatching: ObjectivePart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Training rows per batch, whose moments are averaged as the published code does; nil for all rows at once.
    public var sourceBatch: Int?

    /// All rows at once.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      if let sourceBatch { try ConfigCheck.range("sourceBatch", sourceBatch, atLeast: 2) }
    }
  }
  /// `moment-matching` in config files.
  public static let kind = "moment-matching"
  /// What help says.
  public static let summary = "distance of the batch-norm layers' outputs from the source's, in mean and variance"
  /// Features have moments whatever the model predicts.
  public static let needsClasses = false
  /// Rows of the training data.
  public static func sourceAccess(_ configuration: Configuration) -> SourceAccess { .samples }
  private let source: [Int: (mean: Matrix, variance: Matrix)]

  /// The part, with the source's moments.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    let rows = try setup.samples().inputs, size = configuration.sourceBatch ?? max(rows.rows, 1)
    var sums: [Int: (mean: Matrix, variance: Matrix)] = [:], batches: Float = 0
    // The last batch may be a single row, which has no variance.
    for batch in rows.batches(of: size) where batch.rows > 1 {
      batches += 1
      let outputs = try setup.network.forward(batch, on: Tape(), statistics: .running).normalized
      for (layer, output) in outputs {
        let moments = output.value.unbiasedMoments
        sums[layer] = sums[layer].map { ($0.mean + moments.mean, $0.variance + moments.variance) } ?? moments
      }
    }
    source = sums.mapValues { ($0.mean.scaled(by: 1 / batches), $0.variance.scaled(by: 1 / batches)) }
  }
  /// Half the sum of the distances.
  public mutating func loss(_ context: inout ObjectiveContext) -> Variable? {
    let rows = context.weights.kept.count
    guard rows > 1 else { return nil }
    var total: Variable?
    // In order, so that the sum has the same bits each time.
    for (layer, output) in context.pass.normalized.sorted(by: { $0.key < $1.key }) {
      guard let moments = source[layer] else { continue }
      let mean = context.meanRow(output)
      let squares = output.addingRow(mean.scaled(by: -1)).square()
      let variance = context.meanRow(squares).scaled(by: Float(rows) / Float(rows - 1))
      let distance =
        (mean - context.tape.constant(moments.mean)).absolute().mean()
        + (variance - context.tape.constant(moments.variance)).absolute().mean()
      total = total.map { $0 + distance } ?? distance
    }
    return total?.scaled(by: 0.5)
  }
}

extension Variable {
  /// `|x|`, with the derivative 0 at 0.
  fileprivate func absolute() -> Variable { masked(by: value.map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }) }
}

extension Matrix {
  /// Mean and unbiased variance of each column, `[1, d]` each, for two rows or more.
  fileprivate var unbiasedMoments: (mean: Matrix, variance: Matrix) {
    let moments = (0..<columns).map { column in
      let values = (0..<rows).map { Double(self[$0, column]) }
      let mean = values.reduce(0, +) / Double(rows)
      return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows - 1))
    }
    return (Matrix(row: moments.map { Float($0.0) }), Matrix(row: moments.map { Float($0.1) }))
  }
}
