public import AttuneCore
internal import Foundation

/// Weights rows by how certain they are and how much they differ from what was predicted lately.
///
/// Diversity is `1 − cos(q, pᵢ)` to the moving average q of all predictions, certainty is `−H(pᵢ)`; both are stretched to
/// [0, 1] over the batch. Rows below the mean diversity are left out, the others weigh `exp(diversity · certainty / T)`. The
/// losses are summed over what is left and divided by the rows of the batch. Where all rows are equally certain or diverse,
/// as with one row, they weigh 1.
///
/// - Source: Marsden, Döbler, Yang (2024), ROID, arXiv:2306.00650, section 3.3.
/// - Note: Differs from the published code, which divides by the configured size of batches, so that a smaller last batch
///   counts less, and which has no weights (0/0) for equal rows.
public struct CertaintyDiversity: SelectionPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// T, above 0.
    public var temperature = 1.0 / 3
    /// Weight of the old average of predictions in the new one, from 0 to 1.
    public var momentum = 0.9

    /// T = 1/3, momentum 0.9.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(temperature > 0 && temperature.isFinite, "temperature", "must be a finite number above 0")
      try ConfigCheck.range("momentum", momentum, atLeast: 0, atMost: 1)
    }
  }
  /// The moving average of predictions.
  public struct State: Codable, Sendable {
    var average: [Double]
  }
  /// `certainty-diversity` in config files.
  public static let kind = "certainty-diversity"
  /// What help says.
  public static let summary = "certain rows that differ from recent predictions weigh more, common ones nothing"
  private let configuration: Configuration
  /// The moving average of predictions.
  public var state: State

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
    state = State(average: Array(repeating: 1 / Double(max(1, setup.classes)), count: setup.classes))
  }

  /// Leaves out and weights; then moves the average with all rows.
  public mutating func select(_ weights: inout RowWeights, _ context: inout SelectionContext) {
    let p = context.probabilities, rows = weights.values.count
    let diversity = Self.stretched((0..<rows).map { 1 - Self.cosine(p.row($0), state.average) })
    let certainty = Self.stretched(context.entropies.map { -Double($0) })
    let mean = diversity.reduce(0, +) / Double(max(1, rows))
    for row in 0..<rows {
      let weight = exp(diversity[row] * certainty[row] / configuration.temperature)
      weights.values[row] *= diversity[row] < mean ? 0 : Float(weight)
    }
    weights.fixedDivisor = Float(rows)
    let means = p.columnSums.elements.map { Double($0) / Double(max(1, rows)) }
    for (index, value) in means.enumerated() {
      state.average[index] = configuration.momentum * state.average[index] + (1 - configuration.momentum) * value
    }
  }

  /// To [0, 1] by minimum and maximum; zeros where these are equal.
  private static func stretched(_ values: [Double]) -> [Double] {
    guard let low = values.min(), let high = values.max(), high > low else { return values.map { _ in 0 } }
    return values.map { ($0 - low) / (high - low) }
  }

  private static func cosine(_ p: [Float], _ q: [Double]) -> Double {
    var product = 0.0, left = 0.0, right = 0.0
    for (a, b) in zip(p, q) {
      product += Double(a) * b
      left += Double(a) * Double(a)
      right += b * b
    }
    return product / max((left * right).squareRoot(), 1e-8)
  }
}
