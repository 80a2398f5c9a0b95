public import AttuneCore
internal import Foundation

/// Keeps rows whose answer depends on how their features stand together: those that lose more than a threshold of `p_y`
/// when a view destroys it, weighted by `exp(E₀ − H) + exp(loss of p_y)`.
///
/// - Source: Lee et al. (2024), Entropy is not enough for test-time adaptation: from the perspective of disentangled
///   factors (DeYO), ICLR, eq. (6) and (7).
/// - Note: The published views shuffle patches or pixels of images.
public struct Destruction: SelectionPart {
  /// What destroys a row.
  public enum View: String, Codable, Sendable, CaseIterable {
    /// Its features change places, each row's for itself.
    case permutation
    /// Each feature is that of a row of the batch, drawn for itself.
    case marginal
    /// The augmentations of the recipe.
    case augmentations
  }
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// What `p_y` must lose more than.
    public var threshold = 0.2
    /// What destroys a row.
    public var view = View.permutation
    /// Whether the rows that are left are weighted.
    public var weighted = true
    /// The margin E₀ of the weights as a share of ln C.
    public var share = 0.4

    /// 0.2, permutation, weighted with 0.4 ln C.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("threshold", threshold, atLeast: -1, below: 1)
      try ConfigCheck.range("share", share, above: 0)
    }
  }
  /// `destruction` in config files.
  public static let kind = "destruction"
  /// What help says.
  public static let summary = "rows whose answer is less probable after a change that destroys them"
  private let configuration: Configuration
  private let margin: Float

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
    margin = Float(configuration.share * log(Double(setup.classes)))
  }
  /// Leaves out and weights.
  public mutating func select(_ weights: inout RowWeights, _ context: inout SelectionContext) throws {
    let kept = weights.kept
    guard !kept.isEmpty else { return }
    let destroyed = try context.predict(try view(of: kept, &context)).softmax()
    let answers = context.logits.rowArgmax
    for (index, row) in kept.enumerated() {
      let loss = context.probabilities[row, answers[row]] - destroyed[index, answers[row]]
      guard loss > Float(configuration.threshold) else {
        weights.values[row] = 0
        continue
      }
      if configuration.weighted { weights.values[row] *= exp(margin - context.entropies[row]) + exp(loss) }
    }
  }

  private func view(of kept: [Int], _ context: inout SelectionContext) throws -> Matrix {
    let rows = context.rows.rows(at: kept)
    var result = rows
    switch configuration.view {
    case .augmentations: return try context.view(of: rows)
    case .permutation:
      for row in 0..<rows.rows {
        for (column, from) in context.generator.permutation(rows.columns).enumerated() {
          result[row, column] = rows[row, from]
        }
      }
    case .marginal:
      for row in 0..<rows.rows {
        for column in 0..<rows.columns {
          result[row, column] = context.rows[context.generator.nextIndex(below: context.rows.rows), column]
        }
      }
    }
    return result
  }
}
