public import AttuneCore

/// The symmetric cross-entropy between the predictions for the selected rows and those for a view of them.
///
/// `½ CE(softmax z, z′) + ½ CE(softmax z′, z)`, where `z′` are the logits of a pass over the selected rows' view alone, with
/// statistics by the same policy. The gradient flows through both; the rows weigh as in the other objectives.
///
/// - Source: Marsden, Döbler, Yang (2024), ROID, arXiv:2306.00650, section 3.2.
public struct ConsistencyObjective: ObjectivePart {
  /// Has no settings.
  public typealias Configuration = NoSettings
  /// `consistency` in config files.
  public static let kind = "consistency"
  /// What help says.
  public static let summary = "symmetric cross-entropy between predictions for the rows and for a view of them"

  /// The part.
  public init(_ configuration: NoSettings = NoSettings(), in setup: RecipeSetup) {}
  /// The weighted mean; nil where no row is left.
  public mutating func loss(_ context: inout ObjectiveContext) throws -> Variable? {
    let weights = context.weights, kept = weights.kept
    guard !kept.isEmpty else { return nil }
    let view = try context.view(of: context.rows.rows(at: kept))
    let other = try context.forward(view)  // [m, k]
    var picked = context.logits
    if kept.count < weights.values.count {
      var choice = Matrix(rows: kept.count, columns: weights.values.count)
      for (row, index) in kept.enumerated() { choice[row, index] = 1 }
      picked = context.tape.constant(choice).matrixProduct(picked)  // [m, n] · [n, k]
    }
    let losses = other.crossEntropies(to: picked) + picked.crossEntropies(to: other)
    let factors = kept.map { 0.5 * weights.values[$0] / weights.divisor }
    return (losses * context.tape.constant(Matrix(rows: kept.count, columns: 1, factors))).sum()
  }
}
