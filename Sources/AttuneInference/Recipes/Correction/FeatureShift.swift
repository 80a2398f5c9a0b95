public import AttuneCore

/// Moves the features of the output layer by what their mean has moved away from the source's: `z = W (f + μ_s − μ_t) + b`.
///
/// `μ_t` is a moving average of the means of the batches before; the first batch is answered as it is.
///
/// - Source: Niu et al. (2024), Test-time model adaptation with only forward passes (FOA), arXiv:2404.01650, eq. (7)–(9);
///   the learned prompts of that method need a transformer.
public struct FeatureShift: CorrectionPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Weight of the past in the moving average, from 0 to 1.
    public var decay = 0.9
    /// The share of the difference by which features move.
    public var strength = 1.0

    /// Decay 0.9, the whole difference.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("decay", decay, atLeast: 0, atMost: 1)
      try ConfigCheck.require(strength.isFinite, "strength", "must be a finite number")
    }
  }

  /// The mean of the features.
  public struct State: Codable, Sendable, Equatable {
    /// The moving average, `[1, h]`; nil before the first batch.
    public internal(set) var mean: Matrix?
  }

  /// `foa-shift` in config files.
  public static let kind = "foa-shift"
  /// What help says.
  public static let summary = "features moved back by what their mean has moved away from the source's"
  /// Features have moments whatever the model predicts.
  public static let needsClasses = false
  /// The mean of the features.
  public var state = State()
  private let configuration: Configuration
  private let source: Matrix

  /// Training rows, for the mean of their features.
  public static func sourceAccess(_ configuration: Configuration) -> SourceAccess { .samples }

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
    _ = try setup.outputLayer()
    let samples = try setup.samples().inputs
    var sum = Matrix(rows: 1, columns: try setup.network.features(samples.rows(0..<1)).columns)
    for range in RowBlocks.ranges(of: samples.rows) {
      sum.add(try setup.network.features(samples.rows(range)).columnSums)
    }
    source = sum.scaled(by: 1 / Float(samples.rows))
  }

  /// Moves the logits by what the features' shift makes of them.
  public mutating func correct(_ answer: inout Answer, using generator: inout Philox) {
    if let mean = state.mean, let layer = answer.network.outputLayer {
      // W (f + s) + b is W f + b, which is known, and W s, which is the same for all rows.
      let shift = (source - mean).scaled(by: Float(configuration.strength))
      answer.logits = answer.logits.addingRow(Matrix.product(shift, layer.weight, transposingRight: true))
    }
    let rows = answer.finiteRows
    guard !rows.isEmpty else { return }
    let batch = answer.features.rows(at: rows).columnSums.scaled(by: 1 / Float(rows.count))
    guard batch.isFinite else { return }
    var mean = batch
    if let before = state.mean {
      mean = before.scaled(by: Float(configuration.decay))
      mean.add(batch, scaledBy: Float(1 - configuration.decay))
    }
    state.mean = mean
  }
}
