public import AttuneCore
internal import Foundation

/// Leaves out rows whose entropy is not below a margin, `E₀ = share · ln C`; may weight the others by `exp(E₀ − H)`.
///
/// - Source: Niu et al. (2022), Efficient test-time model adaptation without forgetting (EATA), arXiv:2204.02610, eq. (3);
///   with opinions Zhang et al. (2025), COME, arXiv:2410.10894, in their code.
public struct EntropyMargin: SelectionPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The margin as a share of ln C, the entropy of a uniform prediction.
    public var share = 0.4
    /// Whether the rows that are left weigh `exp(E₀ − H)` instead of 1.
    public var weighted = false
    /// Entropies of opinions, for the objective `come`; nil for those of the predictions.
    public var opinion: Opinion?

    /// 0.4 ln C, not weighted.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("share", share, above: 0)
      try opinion?.validate()
    }
  }
  /// `entropy-margin` in config files.
  public static let kind = "entropy-margin"
  /// What help says.
  public static let summary = "rows with an entropy below a share of ln C"
  private let margin: Float
  private let weighted: Bool
  private let opinion: Opinion?

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    margin = Float(configuration.share * log(Double(setup.classes)))
    weighted = configuration.weighted
    opinion = configuration.opinion
  }
  /// Leaves out and weights.
  public mutating func select(_ weights: inout RowWeights, _ context: inout SelectionContext) {
    for (row, entropy) in (opinion?.entropies(of: context.logits) ?? context.entropies).enumerated() {
      // An entropy that is not a number is not below the margin.
      guard entropy < margin else {
        weights.values[row] = 0
        continue
      }
      if weighted { weights.values[row] *= exp(margin - entropy) }
    }
  }
}
