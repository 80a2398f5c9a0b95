public import AttuneCore
internal import Foundation

/// Lets rows with like features agree, within a batch: `Y ← softmax(ln p + λ K Y)` until it stays.
///
/// No weight changes, and nothing is kept between batches. The result is a logarithm of probabilities, whose softmax is
/// the answer.
///
/// - Source: Boudiaf et al. (2022), Parameter-free online test-time adaptation (LAME), arXiv:2201.05718, algorithm 1.
/// - Note: Differs from the paper in the default affinity, k nearest neighbors instead of `rbf`. The row sums of `rbf` and
///   `linear` grow with the batch, so that K Y drowns ln p: at 200 rows of 10 classes in random order `rbf` turns 51 % of
///   errors into 88 %. `normalized` divides each row of K by its sum. All affinities want rows of a class to come
///   together; where they come in random order the gain is small at best.
/// - Complexity: O(n²·h) for the distances, O(n·k·C) for a round with k neighbors, O(n²·C) with a dense affinity.
public struct LaplacianCorrection: CorrectionPart {
  /// Which rows are to agree.
  public enum Affinity: String, Codable, Sendable, CaseIterable {
    /// 1 for the nearest neighbors of a row, 0 for others.
    case knn
    /// `exp(−D² / 2σ²)`, σ the mean distance to the k-th nearest row, each row being its own nearest.
    case rbf
    /// The cosine of two rows of features.
    case linear
  }

  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Which rows are to agree.
    public var affinity = Affinity.knn
    /// The number of neighbors k: without the row itself for `knn`, with it for `rbf`.
    public var neighbors = 5
    /// The weight λ of agreement.
    public var weight = 1.0
    /// The most rounds.
    public var iterations = 100
    /// The rounds end when the energy changes by no more than this share of itself.
    public var tolerance = 1e-8
    /// Whether the affinity is replaced by the mean of itself and its transpose.
    public var symmetric = false
    /// Whether each row of the affinity is divided by the sum of its absolute values.
    public var normalized = false

    /// Five nearest neighbors, λ = 1.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("neighbors", neighbors, atLeast: 1)
      try ConfigCheck.require(weight >= 0 && weight.isFinite, "weight", "must be a finite number of at least 0")
      try ConfigCheck.range("iterations", iterations, atLeast: 1)
      try ConfigCheck.range("tolerance", tolerance, atLeast: 0)
    }
  }
  /// `lame` in config files.
  public static let kind = "lame"
  /// What help says.
  public static let summary = "rows of a batch with like features are brought to agree"
  private let configuration: Configuration

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// Brings the rows to agree.
  public mutating func correct(_ answer: inout Answer, using generator: inout Philox) {
    let rows = answer.finiteRows
    guard !rows.isEmpty else { return }
    let affinity = RowAffinity(answer.features.rows(at: rows), configuration)
    answer.replaceLogits(of: rows, by: agreed(answer.logits.rows(at: rows), affinity))
  }

  /// The logarithms of Y at the fixed point.
  private func agreed(_ logits: Matrix, _ affinity: RowAffinity) -> Matrix {
    let wide = DoubleMatrix(logits), k = wide.columns
    let unary = wide.softmaxWithNormalizers().probabilities.elements.map { log($0 + 1e-10) }
    var exponents = DoubleMatrix(rows: wide.rows, columns: k, unary)
    var (y, normalizers) = exponents.softmaxWithNormalizers()
    var energy = Double.infinity
    for round in 0..<configuration.iterations {
      let agreement = affinity.product(y).elements
      OperationCounter.add(2 * agreement.count)
      exponents = DoubleMatrix(
        rows: wide.rows, columns: k, zip(unary, agreement).map { $0 + configuration.weight * $1 })
      (y, normalizers) = exponents.softmaxWithNormalizers()
      // Σ Y (ln Y − ln p − λ K Y) with Y = exp(exponent − normalizer) is minus the sum of the normalizers.
      let before = energy
      energy = -normalizers.reduce(0, +)
      if round > 1, abs(energy - before) <= configuration.tolerance * abs(before) { break }
    }
    let logarithms = exponents.elements.enumerated().map { $1 - normalizers[$0 / k] }
    return DoubleMatrix(rows: wide.rows, columns: k, logarithms).narrowed
  }
}
