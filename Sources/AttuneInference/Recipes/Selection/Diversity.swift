public import AttuneCore
internal import Foundation

/// Leaves out rows whose prediction is like what has been learned from: `|cos(q, p)| < d` keeps a row, with the moving
/// average q of the mean predictions of kept rows. The first batch, which has no q, is kept as it comes.
///
/// - Source: Niu et al. (2022), Efficient test-time model adaptation without forgetting (EATA), arXiv:2204.02610, eq. (5).
/// - Note: Differs from the published code: a reset forgets q. The cosine of a sure and a uniform prediction is 1/√C, so d
///   follows C here; published are 0.4 for 10 classes, 0.05 for 1000.
public struct Diversity: SelectionPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The cosine d that keeps a row if its own is below; nil for 1.25/√C.
    public var cosine: Double?
    /// Weight of q in its moving average, from 0 to 1.
    public var momentum = 0.9

    /// 1.25/√C, 0.9.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      if let cosine { try ConfigCheck.range("cosine", cosine, above: 0) }
      try ConfigCheck.range("momentum", momentum, atLeast: 0, atMost: 1)
    }
  }
  /// The moving average q; nil until a row was kept.
  public struct State: Codable, Sendable, Equatable {
    var average: [Double]?
  }
  /// `diversity` in config files.
  public static let kind = "diversity"
  /// What help says.
  public static let summary = "rows whose prediction differs from the mean of what was learned from"
  /// The moving average.
  public var state = State()
  private let cosine: Double
  private let momentum: Double

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    cosine = configuration.cosine ?? 1.25 / Double(max(1, setup.classes)).squareRoot()
    momentum = configuration.momentum
  }
  /// Leaves out, and moves the average to what is left.
  public mutating func select(_ weights: inout RowWeights, _ context: inout SelectionContext) {
    let probabilities = context.probabilities
    if let average = state.average {
      for row in weights.kept where abs(Self.cosine(average, probabilities.row(row))) >= cosine {
        weights.values[row] = 0
      }
    }
    let kept = weights.kept
    guard !kept.isEmpty else { return }
    let mean = (0..<probabilities.columns).map { column in
      kept.reduce(0) { $0 + Double(probabilities[$1, column]) } / Double(kept.count)
    }
    state.average = state.average.map { zip($0, mean).map { momentum * $0 + (1 - momentum) * $1 } } ?? mean
  }

  private static func cosine(_ left: [Double], _ right: [Float]) -> Double {
    let product = zip(left, right).reduce(0) { $0 + $1.0 * Double($1.1) }
    let squares = (left.reduce(0) { $0 + $1 * $1 }, right.reduce(0) { $0 + Double($1) * Double($1) })
    return product / (max(squares.0.squareRoot(), 1e-8) * max(squares.1.squareRoot(), 1e-8))
  }
}
