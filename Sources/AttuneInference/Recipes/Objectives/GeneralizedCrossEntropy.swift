public import AttuneCore

/// The mean generalized cross-entropy with the model's own answers, `(1 − p_y^q) / q` with `y = argmax p`.
///
/// Its gradient flows through `p_y` only. For q towards 0 it is the cross-entropy, for q = 1 the absolute error: the larger
/// q, the less a row that is not sure pulls.
///
/// - Source: Zhang, Sabuncu (2018), Generalized cross entropy loss, arXiv:1805.07836; for adaptation Rusak et al. (2021),
///   If your data distribution shifts, use self-learning, arXiv:2104.12928.
public struct GeneralizedCrossEntropy: ObjectivePart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The exponent q, above 0 and at most 1.
    public var exponent = 0.8

    /// 0.8.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("exponent", exponent, above: 0, atMost: 1) }
  }
  /// `generalized-cross-entropy` in config files.
  public static let kind = "generalized-cross-entropy"
  /// What help says.
  public static let summary = "generalized cross-entropy with the model's own answers"
  /// True.
  public static let needsLogitsOnly = true
  private let exponent: Float

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    exponent = Float(configuration.exponent)
  }
  /// The mean loss.
  public mutating func loss(_ context: inout ObjectiveContext) -> Variable? {
    let logs = context.logProbabilities(of: context.logits.value.rowArgmax)
    let powers = logs.scaled(by: exponent).exponential()
    let offset = context.tape.constant(Matrix(rows: logs.value.rows, columns: 1, repeating: 1 / exponent))
    return context.mean(offset - powers.scaled(by: 1 / exponent))
  }
}
