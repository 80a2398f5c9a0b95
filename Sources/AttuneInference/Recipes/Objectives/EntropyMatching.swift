public import AttuneCore
internal import Foundation

/// Gives the predictions of the stream the entropies that the source's have, `mean ½ (w (H − H̃))²`.
///
/// H̃ is what a betting martingale makes of H on the scale of the distribution of entropies over training rows: where
/// the stream's entropies are distributed as the source's, the bet stays small, H̃ is H, and nothing is learned. Rows
/// whose entropy is not below `E₀` are left out, the others weigh `w = exp(E₀ − H)`; `weighted: false` takes all alike.
///
/// - Source: Bar et al. (2024), Protected test-time adaptation via online entropy matching: a betting approach (POEM),
///   arXiv:2408.07511, eq. (2) and (9), as in their code.
/// - Note: With several steps per batch each pass bets; the published code bets once per batch. It computes the source's
///   entropies with the trained model's statistics and the stream's with the batch's, which are not the same where nothing
///   has shifted; here both are by default the batch's.
public struct EntropyMatching: ObjectivePart {
  /// Statistics of batch norm.
  public enum Statistics: String, Codable, Sendable, CaseIterable {
    /// Those of the trained model.
    case source
    /// Those of each batch of training rows.
    case batch
  }
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The length γ of the bet's first step; published: 1/(8√3).
    public var rate = 1 / (8 * 3.0.squareRoot())
    /// The size at which the bet stops growing, below 2: at 2 a single number could lose it all.
    public var limit = 1.8
    /// Rows that are seen before anything is learned: learning starts with the batch that reaches this number.
    public var delay = 100
    /// Whether rows whose entropy is not below E₀ are left out, and the others weigh `exp(E₀ − H)` instead of 1.
    public var weighted = true
    /// The margin E₀ as a share of ln C.
    public var share = 0.4
    /// The statistics of batch norm with which the training rows' entropies are computed: those that the recipe uses.
    public var sourceStatistics = Statistics.batch
    /// Training rows per batch, where batch statistics are used.
    public var sourceBatch = 64

    /// The published constants, entropies with batch statistics.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("rate", rate, above: 0)
      try ConfigCheck.range("limit", limit, above: 0, below: 2)
      try ConfigCheck.range("delay", delay, atLeast: 0)
      try ConfigCheck.range("share", share, above: 0)
      try ConfigCheck.range("sourceBatch", sourceBatch, atLeast: 2)
    }
  }
  /// The bet, and how many rows have been seen.
  public struct State: Codable, Sendable {
    var martingale = BettingMartingale()
    var rows = 0
  }
  /// `entropy-matching` in config files.
  public static let kind = "entropy-matching"
  /// What help says.
  public static let summary = "entropies distributed as the source's are"
  /// True.
  public static let needsLogitsOnly = true
  /// Rows of the training data.
  public static func sourceAccess(_ configuration: Configuration) -> SourceAccess { .samples }
  /// The bet.
  public var state = State()
  private let configuration: Configuration
  private let margin: Float
  private let source: EmpiricalDistribution

  /// The part, with the distribution of the source's entropies.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
    margin = Float(configuration.share * log(Double(setup.classes)))
    let rows = try setup.samples().inputs
    var entropies: [Float] = []
    for batch in rows.batches(of: configuration.sourceBatch) {
      let policy: NormalizationPolicy = configuration.sourceStatistics == .source || batch.rows == 1 ? .running : .batch
      entropies += try setup.network.forward(batch, on: Tape(), statistics: policy).output.value.rowEntropies().elements
    }
    source = EmpiricalDistribution(entropies.filter(\.isFinite))
  }
  /// Half the mean squared distance; nil before enough rows were seen, or where no entropy is below the margin.
  public mutating func loss(_ context: inout ObjectiveContext) -> Variable? {
    let entropies = context.logits.entropy()
    // The bet sees all rows, in order, whatever is learned from.
    let matched = entropies.value.map { entropy in
      let u = source.probability(of: Double(entropy))
      return Float(source.quantile(state.martingale.protect(u, rate: configuration.rate, limit: configuration.limit)))
    }
    state.rows += entropies.value.rows
    guard state.rows >= configuration.delay else { return nil }
    let weights = entropies.value.map { configuration.weighted ? exp(margin - $0) : 1 }
    let distances = (entropies - context.tape.constant(matched)).masked(by: weights)
    let isLearned = entropies.value.elements.map { !configuration.weighted || $0 < margin }
    return context.mean(distances.square().scaled(by: 0.5), where: isLearned)
  }
}

extension Matrix {
  /// The rows in order, so many at a time; the last part may be smaller.
  func batches(of size: Int) -> [Matrix] {
    stride(from: 0, to: rows, by: size).map { rows($0..<Swift.min($0 + size, rows)) }
  }
}
