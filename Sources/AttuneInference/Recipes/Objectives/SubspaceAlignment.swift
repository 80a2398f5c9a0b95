public import AttuneCore
internal import Foundation

/// The distance of the batch's features from the source's, in the directions in which the source's vary most.
///
/// `Σ_d a_d [KL(N(m_d, s_d²) ‖ N(0, λ_d)) + KL(N(0, λ_d) ‖ N(m_d, s_d²))]` over the K largest eigenvalues `λ_d` of the
/// covariance (divided by N − 1) of the features of training rows: `m_d` and `s_d²` are mean and unbiased variance of the
/// batch's features along the eigenvector `v_d`, from the mean of the training rows on, and `a_d = (b + ‖W v_d‖)^p` with the
/// weights W of the output layer, which for one output is the absolute value of `w · v_d`. The features are what the output
/// layer gets, with the statistics of the trained model. Without rounding the term of a direction is
/// `a ((m² + λ) / 2s² + (m² + s²) / 2λ − 1)`.
///
/// A batch of one row has no variance, and one that hardly varies in some direction (s² below 10⁻⁹ λ) tells nothing of it:
/// neither is learned from.
///
/// - Source: Adachi, Yamaguchi, Kumagai, Hamagami (2025), Test-time adaptation for regression by subspace alignment (SSA),
///   ICLR, arXiv:2410.03263, as in their code.
/// - Note: The directions come from the training rows that a strategy is given, at most 2000 of them in an experiment, not
///   from all.
public struct SubspaceAlignment: ObjectivePart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Directions K that are aligned, at least 1.
    public var dimensions = 5
    /// The constant b in the weight of a direction, at least 0.
    public var weightBias = 1.0
    /// The exponent p of the weight of a direction; 0 weighs all alike.
    public var weightExponent = 1.0

    /// The published constants: K = 5, b = p = 1.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("dimensions", dimensions, atLeast: 1)
      try ConfigCheck.range("weightBias", weightBias, atLeast: 0)
      try ConfigCheck.require(weightExponent.isFinite, "weightExponent", "must be a finite number")
    }
  }
  /// `subspace-alignment` in config files.
  public static let kind = "subspace-alignment"
  /// What help says.
  public static let summary = "distance of the features' moments from the source's, in its most important directions"
  /// Features have moments whatever the model predicts.
  public static let needsClasses = false
  /// Rows of the training data.
  public static func sourceAccess(_ configuration: Configuration) -> SourceAccess { .samples }

  /// What the published code adds to each variance that it divides by.
  private static let epsilon: Float = 1e-8
  /// Eigenvalues below this share of the largest are what rounding in 32 bits leaves of zero.
  private static let rankTolerance = 1e-10
  private let center: Matrix  // minus the mean, [1, h]
  private let directions: Matrix  // [h, K]
  private let variances: Matrix  // [1, K]
  private let weights: Matrix  // [1, K]

  /// The part, with the source's directions.
  ///
  /// - Throws: `TooFewDirections` where the features of the training rows vary in fewer directions than are to be aligned.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    let head = try setup.outputLayer(), samples = try setup.samples().inputs
    let blocks = try RowBlocks.ranges(of: samples.rows).map { try setup.network.features(samples.rows($0)) }
    let features = DoubleMatrix(Matrix.concatenatingRows(blocks))
    let mean = features.columnMeans, gram = features.subtractingRow(mean).gram
    let found = try SVD(gram), rank = features.rows < 2 ? 0 : found.rank(tolerance: Self.rankTolerance)
    let count = configuration.dimensions
    guard count <= rank else {
      throw TooFewDirections(strategy: setup.strategy, wanted: count, found: rank, features: features.columns)
    }
    center = Matrix(row: mean.map { Float(-$0) })
    variances = Matrix(row: found.singularValues.prefix(count).map { Float($0 / Double(features.rows - 1)) })
    directions = Matrix(
      rows: features.columns, columns: count,
      (0..<features.columns).flatMap { row in (0..<count).map { Float(found.left[row, $0]) } })
    let slopes = Matrix.product(head.weight, directions)  // [k, K]
    weights = Matrix(
      row: (0..<count).map { d in
        let norm = (0..<slopes.rows).reduce(0) { $0 + Double(slopes[$1, d]) * Double(slopes[$1, d]) }.squareRoot()
        return Float(pow(configuration.weightBias + norm, configuration.weightExponent))
      })
  }

  /// The weighted sum of the divergences; nil where the batch has no variance to speak of.
  public mutating func loss(_ context: inout ObjectiveContext) -> Variable? {
    let rows = context.weights.kept.count, tape = context.tape
    guard rows > 1 else { return nil }
    let projected = context.pass.features.addingRow(tape.constant(center))
      .matrixProduct(tape.constant(directions))  // [n, K]
    let mean = context.meanRow(projected)
    let squares = projected.addingRow(mean.scaled(by: -1)).square()
    let variance = context.meanRow(squares).scaled(by: Float(rows) / Float(rows - 1))
    let limits = variances.elements.map { 1e-9 * $0 }
    guard zip(variance.value.elements, limits).allSatisfy({ $0 > $1 }) else { return nil }
    let epsilon = Matrix(rows: 1, columns: variances.columns, repeating: Self.epsilon)
    let square = mean.square(), source = tape.constant(variances)
    let toSource = (variance + square) * tape.constant((variances + epsilon).map { 1 / $0 })
    let toBatch = (source + square) * (variance + tape.constant(epsilon)).reciprocal()
    let one = Matrix(rows: 1, columns: variances.columns, repeating: 1)
    return (((toSource + toBatch).scaled(by: 0.5) - tape.constant(one)) * tape.constant(weights)).sum()
  }
}

extension Variable {
  /// `1 / x` of positive elements.
  fileprivate func reciprocal() -> Variable { logarithm().scaled(by: -1).exponential() }
}

/// The features of the training rows vary in fewer directions than a strategy is to align.
public struct TooFewDirections: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String
  /// The directions that the settings ask for.
  public let wanted: Int
  /// The directions in which the features vary.
  public let found: Int
  /// The number of features.
  public let features: Int

  /// What does not fit and what to do.
  public var description: String {
    let advice =
      found == 0
      ? "give it more training rows, or choose another strategy"
      : "set 'dimensions' of subspace-alignment to \(found) or less"
    return "strategy '\(strategy)' aligns \(wanted) directions of the features, and the \(features) features of the "
      + "training rows vary in \(found) only; \(advice)"
  }
}
