public import AttuneCore

/// Starts anew with every batch.
public struct EpisodicReset: RecoveryPart {
  /// Has no settings.
  public typealias Configuration = NoSettings
  /// `episodic` in config files.
  public static let kind = "episodic"
  /// What help says.
  public static let summary = "back to the source before every batch"
  /// The part.
  public init(_ configuration: NoSettings = NoSettings(), in setup: RecipeSetup) {}
  /// Back to the source; no event, as it happens with every batch.
  public mutating func beforeBatch(_ run: inout RecipeRun) { run.reset() }
}

/// Starts anew after a number of steps: weights, optimizer, statistics and selection.
///
/// - Source: Press et al. (2023), RDumb: a simple approach that questions our progress in continual test-time adaptation,
///   arXiv:2306.05401.
public struct PeriodicReset: RecoveryPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Batches between two resets, at least 1.
    public var batches = 1000

    /// 1000.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("batches", batches, atLeast: 1) }
  }
  /// The batches since the last reset.
  public struct State: Codable, Sendable {
    var batches = 0
  }
  /// `periodic` in config files.
  public static let kind = "periodic"
  /// What help says.
  public static let summary = "back to the source after a number of batches"
  /// The batches since the last reset.
  public var state = State()
  private let batches: Int

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    batches = configuration.batches
  }
  /// Counts, and resets.
  public mutating func beforeBatch(_ run: inout RecipeRun) {
    if state.batches == batches {
      run.reset(because: "\(batches) batches since the last start")
      state.batches = 0
    }
    state.batches += 1
  }
}
