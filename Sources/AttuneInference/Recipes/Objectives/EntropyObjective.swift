public import AttuneCore

/// The mean Shannon entropy of the selected rows' predictions, `mean H(softmax(z / T))`.
///
/// With a temperature T it is the conjugate objective of a source trained with cross-entropy.
///
/// - Source: Wang et al. (2021), Tent: fully test-time adaptation by entropy minimization, arXiv:2006.10726; for T Goyal et
///   al. (2022), Test-time adaptation via conjugate pseudo-labels, arXiv:2207.09640.
public struct EntropyObjective: ObjectivePart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Temperature T, above 0.
    public var temperature = 1.0
    /// Whether it is divided by the number of classes, as NOTE's code does.
    public var perClass = false

    /// T = 1, not divided.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(temperature > 0 && temperature.isFinite, "temperature", "must be a finite number above 0")
    }
  }
  /// `entropy` in config files.
  public static let kind = "entropy"
  /// What help says.
  public static let summary = "mean entropy of the predictions"
  /// True.
  public static let needsLogitsOnly = true
  private let temperature: Float
  private let share: Float

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    temperature = Float(configuration.temperature)
    share = configuration.perClass ? 1 / Float(max(1, setup.classes)) : 1
  }
  /// The mean entropy.
  public mutating func loss(_ context: inout ObjectiveContext) -> Variable? {
    let logits = temperature == 1 ? context.logits : context.logits.scaled(by: 1 / temperature)
    let mean = context.mean(logits.entropy())
    return share == 1 ? mean : mean.scaled(by: share)
  }
}
