public import AttuneCore

/// The soft likelihood ratio, negative log-odds weighted by the probabilities: `−Σ_c p_c ln(p_c / (1 − p_c) + 10⁻⁵)`.
///
/// Probabilities are cut at a limit first. The cut bounds the loss below, at `−limit · ln(limit / (1 − limit))`, and takes
/// the gradient from the top class of rows that are above it: what is certain already pushes no further.
///
/// - Source: Marsden, Döbler, Yang (2024), Universal test-time adaptation through weight ensembling, diversity weighting, and
///   prior correction (ROID), arXiv:2306.00650, eq. (2), with the limit and the 10⁻⁵ of the published code.
public struct SoftLikelihoodRatio: ObjectivePart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Where probabilities are cut, above 0 and below 1.
    public var limit = 0.99

    /// 0.99.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(limit > 0 && limit < 1, "limit", "must be above 0 and below 1, not \(limit)")
    }
  }
  /// `soft-likelihood-ratio` in config files.
  public static let kind = "soft-likelihood-ratio"
  /// What help says.
  public static let summary = "mean negative log-odds, weighted by the probabilities"
  /// True.
  public static let needsLogitsOnly = true
  private let limit: Float
  private let epsilon: Float = 1e-5

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    limit = Float(configuration.limit)
  }
  /// The mean over the selected rows.
  public mutating func loss(_ context: inout ObjectiveContext) -> Variable? {
    let p = context.logits.softmax(), tape = context.tape
    let below = tape.constant(p.value.map { $0 <= limit ? 1 : 0 })
    let cut = tape.constant(p.value.map { $0 <= limit ? 0 : limit })
    let q = p * below + cut
    // ln(q / (1 − q) + ε) = ln((1 − ε) q + ε) − ln(1 − q), which has no quotient and no logarithm of zero.
    let ones = Matrix(rows: p.value.rows, columns: p.value.columns, repeating: 1)
    let raised = q.scaled(by: 1 - epsilon) + tape.constant(ones.scaled(by: epsilon))
    let odds = raised.logarithm() - (tape.constant(ones) - q).logarithm()
    return context.mean((q * odds).rowSums().scaled(by: -1))
  }
}
