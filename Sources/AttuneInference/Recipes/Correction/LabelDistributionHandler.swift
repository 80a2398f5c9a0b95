public import AttuneCore
internal import Foundation

/// Follows the shares of the classes in the stream, and corrects certain and uncertain rows by them.
///
/// With source shares s, target shares t (uniform at the start), `p = softmax z` and smoothing α, per batch:
/// ```
/// c = (1 − α) mean normalize(p / s) + α t
/// u = 1 / (p₁ − p₂)          the two largest probabilities of a row
/// z ← T z where u is at most its lower quantile, z / T where it is at least its upper quantile
/// p′ = ½ softmax z + ½ normalize(softmax z · c / s)
/// t ← (1 − α) mean p′ + α t
/// ```
/// with `T = 1.5 r / (r − 1)`, r the largest share of the source over the smallest. The answer is `ln p′`.
///
/// - Source: Kim et al. (2024), AdapTable: test-time adaptation for tabular data via shift-aware uncertainty calibrator and
///   label distribution handler, arXiv:2407.10784.
/// - Note: Differs from the paper in having no calibrator (a graph network that is trained on the source): the uncertainty
///   is that of the model's own probabilities. T grows without bound as the source's classes come to equal shares; the
///   answers for the least certain quarter are then the prior's alone.
public struct LabelDistributionHandler: CorrectionPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The weight α of the past, from 0 to 1.
    public var smoothing = 0.1
    /// The share of the rows of a batch that count as certain.
    public var lowerQuantile = 0.25
    /// The share of the rows of a batch that do not count as uncertain.
    public var upperQuantile = 0.75

    /// Smoothing 0.1, a quarter of the rows certain, a quarter uncertain.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("smoothing", smoothing, atLeast: 0, atMost: 1)
      try ConfigCheck.range("lowerQuantile", lowerQuantile, atLeast: 0, atMost: 1)
      try ConfigCheck.range("upperQuantile", upperQuantile, atLeast: lowerQuantile, atMost: 1)
    }
  }

  /// The shares of the classes in the stream.
  public struct State: Codable, Sendable, Equatable {
    /// One per class.
    public internal(set) var targetShares: [Double]
  }

  /// `adaptable` in config files.
  public static let kind = "adaptable"
  /// What help says.
  public static let summary = "probabilities times the ratio of the stream's class shares to the source's, by certainty"
  /// The shares of the classes in the stream.
  public var state: State
  private let configuration: Configuration
  private let sourceShares: [Double]
  private let temperature: Double

  /// The shares of the classes.
  public static func sourceAccess(_ configuration: Configuration) -> SourceAccess { .statistics }

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
    let shares = try setup.classShares()
    let ratio = (shares.max() ?? 1) / (shares.min() ?? 1)
    temperature = 1.5 * ratio / (ratio - 1 + 1e-6)
    state = State(targetShares: Array(repeating: 1 / Double(shares.count), count: shares.count))
    sourceShares = shares
  }

  /// Corrects by the estimated shares, and moves these.
  public mutating func correct(_ answer: inout Answer, using generator: inout Philox) {
    let rows = answer.finiteRows, past = configuration.smoothing
    guard !rows.isEmpty else { return }
    let logits = answer.logits.rows(at: rows), p = DoubleMatrix(probabilitiesOf: logits)
    let balanced = p.reweighted(by: sourceShares.map { 1 / $0 }).columnMeans
    let shares = zip(balanced, state.targetShares).map { (1 - past) * $0 + past * $1 }
    let tempered = DoubleMatrix(probabilitiesOf: scaled(logits, by: factors(p)))
    let moved = tempered.reweighted(by: zip(shares, sourceShares).map { $0 / $1 })
    let corrected = DoubleMatrix(
      rows: p.rows, columns: p.columns, zip(tempered.elements, moved.elements).map { ($0 + $1) / 2 })
    state.targetShares = zip(corrected.columnMeans, state.targetShares).map { (1 - past) * $0 + past * $1 }
    answer.replaceLogits(of: rows, by: corrected.logits)
  }

  /// What multiplies each row's logits.
  private func factors(_ p: DoubleMatrix) -> [Double] {
    let uncertainties = (0..<p.rows).map { row -> Double in
      var first = 0.0, second = 0.0
      for j in 0..<p.columns {
        let value = p[row, j]
        (first, second) = value > first ? (value, first) : (first, max(second, value))
      }
      // Two equal probabilities: as uncertain as can be, and still a number.
      return 1 / max(first - second, 1e-12)
    }
    let sorted = uncertainties.sorted()
    let lower = quantile(configuration.lowerQuantile, of: sorted),
      upper = quantile(configuration.upperQuantile, of: sorted)
    return uncertainties.map { $0 <= lower ? temperature : $0 >= upper ? 1 / temperature : 1 }
  }

  /// A quantile of sorted values, interpolated between the two that it falls between.
  private func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1), below = Int(place), above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }

  private func scaled(_ logits: Matrix, by factors: [Double]) -> Matrix {
    // Below the range of Float: a temperature of classes with equal shares is 1.5 million.
    let limited = DoubleMatrix(logits).elements.enumerated().map {
      Float(max(-1e30, min(1e30, $1 * factors[$0 / logits.columns])))
    }
    return Matrix(rows: logits.rows, columns: logits.columns, limited)
  }
}
