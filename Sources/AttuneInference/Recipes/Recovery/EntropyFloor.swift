public import AttuneCore
internal import Foundation

/// Starts anew when the loss has become so small that the model has collapsed: when its moving average over the steps,
/// of sharpness-aware ones the second loss, is below `share · ln C`.
///
/// - Source: Niu et al. (2023), Towards stable test-time adaptation in dynamic wild world (SAR), arXiv:2302.12400,
///   section 3.2.
/// - Note: Differs from the published code, which compares with 0.2 whatever C is, keeps the momentum of the optimizer, and
///   puts the average back after the reset, so that it resets again and again: `asPublished` does all of that.
public struct EntropyFloor: RecoveryPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The floor as a share of ln C; 0.029 is 0.2 for 1000 classes.
    public var share = 0.029
    /// Weight of the average in its move, from 0 to 1.
    public var momentum = 0.9
    /// Whether the published code is followed in what it does by mistake.
    public var asPublished = false

    /// 0.029, 0.9, repaired.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("share", share, atLeast: 0)
      try ConfigCheck.range("momentum", momentum, atLeast: 0, atMost: 1)
    }
  }
  /// The moving average; nil before the first step.
  public struct State: Codable, Sendable, Equatable {
    var average: Double?
  }
  /// `entropy-floor` in config files.
  public static let kind = "entropy-floor"
  /// What help says.
  public static let summary = "back to the source when the moving average of the loss is below a share of ln C"
  /// Its rule goes by classes.
  public static let needsClasses = true
  /// The moving average.
  public var state = State()
  private let configuration: Configuration
  private let floor: Double

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
    floor = configuration.asPublished ? 0.2 : configuration.share * log(Double(setup.classes))
  }
  /// Moves the average, and resets.
  public mutating func afterStep(_ step: AdaptationStep, _ run: inout RecipeRun) {
    let loss = Double(step.loss), momentum = configuration.momentum
    let average = state.average.map { momentum * $0 + (1 - momentum) * loss } ?? loss
    state.average = average
    guard average < floor else { return }
    let reason = String(format: "the moving average of the loss, %.4f, is below %.4f", average, floor)
    guard configuration.asPublished else { return run.reset(because: reason) }
    run.network = run.source
    run.report(.reset, reason)
  }
  /// Forgets the average: it is that of a model that is no more.
  public mutating func afterReset(_ run: RecipeRun) {
    if !configuration.asPublished { state.average = nil }
  }
}
