public import AttuneCore

/// The mean cross-entropy with the model's own answers, over the rows whose confidence `max p` is above a threshold.
///
/// - Source: Lee (2013), Pseudo-label: the simple and efficient semi-supervised learning method for deep neural networks,
///   ICML workshop.
public struct PseudoLabel: ObjectivePart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The confidence that a row's answer must exceed; below 1.
    public var threshold = 0.9

    /// 0.9.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("threshold", threshold, atLeast: 0, below: 1) }
  }
  /// `pseudo-label` in config files.
  public static let kind = "pseudo-label"
  /// What help says.
  public static let summary = "cross-entropy with the model's own answers, where it is confident"
  /// True.
  public static let needsLogitsOnly = true
  private let threshold: Float

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    threshold = Float(configuration.threshold)
  }
  /// The mean cross-entropy; nil where no row is confident.
  public mutating func loss(_ context: inout ObjectiveContext) -> Variable? {
    let isConfident = context.logits.value.softmax().rowMaxima.map { $0 > threshold }
    return context.mean(
      context.logProbabilities(of: context.logits.value.rowArgmax).scaled(by: -1), where: isConfident)
  }
}
