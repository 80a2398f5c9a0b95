public import AttuneCore

/// Leaves out rows whose confidence `max p` is not above a threshold.
public struct Confidence: SelectionPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The confidence that a row's must exceed; below 1.
    public var threshold = 0.9

    /// 0.9.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("threshold", threshold, atLeast: 0, below: 1) }
  }
  /// `confidence` in config files.
  public static let kind = "confidence"
  /// What help says.
  public static let summary = "rows with a confidence above a threshold"
  private let threshold: Float

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    threshold = Float(configuration.threshold)
  }
  /// Leaves out.
  public mutating func select(_ weights: inout RowWeights, _ context: inout SelectionContext) {
    // A confidence that is not a number is not above the threshold.
    for (row, confidence) in context.probabilities.rowMaxima.enumerated() where !(confidence > threshold) {
      weights.values[row] = 0
    }
  }
}
