public import AttuneCore
internal import Foundation

/// Estimates the shares of the classes in recent rows by expectation maximization, and corrects the probabilities by them.
///
/// With source shares s and the source probabilities p of the last rows: `π ← mean normalize(p · π / s)` until it stays,
/// from π = s. The answer is `z + ln(π / s)`. The batch itself is among the rows.
///
/// - Source: Saerens, Latinne, Decaestecker (2002), Adjusting the outputs of a classifier to new a priori probabilities,
///   Neural Computation 14(1), doi:10.1162/089976602753284446, eq. (2.9).
/// - Note: Differs from the paper in `sourceRows`: the source's shares count as so many rows of the window, without which
///   the shares of few rows end at a single class. 0 is the paper's. Rows that are not finite do not count. Probabilities
///   that are too sure pull π towards the most frequent prediction.
/// - Complexity: O(rows · C) for each iteration.
public struct PriorEstimation: CorrectionPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The rows of the window; a batch that is larger counts whole.
    public var rows = 1000
    /// The rows that the source's shares count as.
    public var sourceRows = 10.0
    /// The most iterations per batch.
    public var iterations = 100
    /// The iterations end when no share changes by more.
    public var tolerance = 1e-6

    /// The last 1000 rows, and 10 of the source.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("rows", rows, atLeast: 1)
      try ConfigCheck.require(
        sourceRows >= 0 && sourceRows.isFinite, "sourceRows", "must be a finite number of at least 0")
      try ConfigCheck.range("iterations", iterations, atLeast: 1)
      try ConfigCheck.range("tolerance", tolerance, atLeast: 0)
    }
  }

  /// The window.
  public struct State: Codable, Sendable, Equatable {
    /// Source probabilities of the last rows, `[m, k]`.
    public internal(set) var probabilities: DoubleMatrix
    /// The shares that were estimated last.
    public internal(set) var shares: [Double]
  }

  /// `label-shift-em` in config files.
  public static let kind = "label-shift-em"
  /// What help says.
  public static let summary = "class shares of recent rows by expectation maximization, probabilities corrected by them"
  /// The window.
  public var state: State
  private let configuration: Configuration
  private let sourceShares: [Double]

  /// The shares of the classes.
  public static func sourceAccess(_ configuration: Configuration) -> SourceAccess { .statistics }

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
    sourceShares = try setup.classShares()
    state = State(probabilities: DoubleMatrix(rows: 0, columns: setup.classes), shares: sourceShares)
  }

  /// Adds the batch to the window, and corrects by the shares that fit it.
  public mutating func correct(_ answer: inout Answer, using generator: inout Philox) {
    let rows = answer.finiteRows
    if !rows.isEmpty {
      let batch = DoubleMatrix(probabilitiesOf: answer.logits.rows(at: rows)), k = batch.columns
      let kept = max(0, min(state.probabilities.rows, configuration.rows - batch.rows))
      let window = state.probabilities.elements.suffix(kept * k) + batch.elements
      state.probabilities = DoubleMatrix(rows: kept + batch.rows, columns: k, Array(window))
      state.shares = estimated()
    }
    answer.multiplyClasses(by: zip(state.shares, sourceShares).map { $0 / $1 })
  }

  /// The shares at the fixed point.
  private func estimated() -> [Double] {
    let window = state.probabilities, count = Double(window.rows), total = count + configuration.sourceRows
    var shares = sourceShares
    for _ in 0..<configuration.iterations {
      let means = window.reweighted(by: zip(shares, sourceShares).map { $0 / $1 }).columnMeans
      let next = zip(means, sourceShares).map { (count * $0 + configuration.sourceRows * $1) / total }
      let change = zip(next, shares).map { abs($0 - $1) }.max() ?? 0
      shares = next
      if change <= configuration.tolerance { break }
    }
    return shares
  }
}
