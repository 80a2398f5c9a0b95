public import AttuneCore

/// Sure about each row, undecided over all: `mean H(p) + Σ_c m_c ln(m_c + ε)` with the mean prediction m of the rows.
///
/// - Source: Liang et al. (2020), Do we really need to access the source data? (SHOT), arXiv:2002.08546, eq. (3).
/// - Note: The second term asks for all classes alike: where the labels of a batch are not balanced, it harms.
public struct InformationMaximization: ObjectivePart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// ε in the logarithm, above 0.
    public var epsilon = 1e-5

    /// 0.00001.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("epsilon", epsilon, atLeast: 1e-30, atMost: 1) }
  }
  /// `information-maximization` in config files.
  public static let kind = "information-maximization"
  /// What help says.
  public static let summary = "low entropy of each prediction, high entropy of their mean"
  /// True.
  public static let needsLogitsOnly = true
  private let epsilon: Float

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    epsilon = Float(configuration.epsilon)
  }
  /// Mean entropy less entropy of the mean.
  public mutating func loss(_ context: inout ObjectiveContext) -> Variable? {
    let mean = context.meanRow(context.logits.softmax())
    return context.mean(context.logits.entropy()) - mean.entropyOfRows(epsilon, on: context.tape).sum()
  }
}

extension Variable {
  /// `−Σ_c p_c ln(p_c + ε)` of each row of probabilities, `[n, 1]`.
  func entropyOfRows(_ epsilon: Float, on tape: Tape) -> Variable {
    let shift = tape.constant(Matrix(rows: 1, columns: value.columns, repeating: epsilon))
    return (self * addingRow(shift).logarithm()).rowSums().scaled(by: -1)
  }
}
