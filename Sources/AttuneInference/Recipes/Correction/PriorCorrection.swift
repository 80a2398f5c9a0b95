public import AttuneCore
internal import Foundation

/// Weights the classes by how often the batch predicts them: what is rare in the batch becomes rarer.
///
/// With the mean prediction r of the batch, `s = max(1/n, 1/C) / max r` and `r ← (r + s) / (1 + s C)`, the logits are
/// multiplied by r, as the published numbers do, or the probabilities, which is Bayes' rule.
///
/// - Source: Marsden, Döbler, Yang (2024), ROID, arXiv:2306.00650, section 3.4.
/// - Note: Differs from the published code where rows of the batch are not finite: they do not count in r.
public struct PriorCorrection: CorrectionPart {
  /// What is multiplied.
  public enum Target: String, Codable, Sendable, CaseIterable {
    /// The logits.
    case logits
    /// The probabilities.
    case probabilities
  }
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// What is multiplied.
    public var on = Target.logits

    /// The logits.
    public init() {}
  }
  /// `prior` in config files.
  public static let kind = "prior"
  /// What help says.
  public static let summary = "logits or probabilities times the smoothed mean prediction of the batch"
  private let target: Target

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) { target = configuration.on }
  /// Multiplies.
  public mutating func correct(_ answer: inout Answer, using generator: inout Philox) {
    let p = answer.logits.softmax(), classes = p.columns
    let counted = (0..<p.rows).filter { row in p.row(row).allSatisfy(\.isFinite) }
    guard !counted.isEmpty, classes > 0 else { return }
    let share = p.rows(at: counted).columnSums.elements.map { Double($0) / Double(counted.count) }
    let smoothing = max(1 / Double(p.rows), 1 / Double(classes)) / (share.max() ?? 1)
    let prior = share.map { ($0 + smoothing) / (1 + smoothing * Double(classes)) }
    switch target {
    case .logits: answer.logits = answer.logits.multiplyingRow(Matrix(row: prior.map(Float.init)))
    case .probabilities: answer.logits = answer.logits.addingRow(Matrix(row: prior.map { Float(log($0)) }))
    }
  }
}
