public import AttuneCore

/// Draws the adapted parameters back to the source's after each step: `φ ← m φ + (1 − m) φ₀`.
///
/// - Source: Marsden, Döbler, Yang (2024), ROID, arXiv:2306.00650, eq. (4).
public struct WeightEnsembling: RecoveryPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Weight m of the adapted parameters, from 0 to 1.
    public var momentum = 0.99

    /// 0.99.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("momentum", momentum, atLeast: 0, atMost: 1) }
  }
  /// `weight-ensembling` in config files.
  public static let kind = "weight-ensembling"
  /// What help says.
  public static let summary = "a share of the source's parameters after each step"
  private let momentum: Double

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    momentum = configuration.momentum
  }
  /// Draws back.
  public mutating func afterStep(_ step: AdaptationStep, _ run: inout RecipeRun) {
    for id in run.parameters { run.adapted.network[id].mix(run.start.network[id], keeping: momentum) }
  }
}

extension Matrix {
  /// `self ← keep · self + (1 − keep) · other`.
  mutating func mix(_ other: Matrix, keeping keep: Double) {
    scale(by: Float(keep))
    add(other, scaledBy: Float(1 - keep))
  }
}
