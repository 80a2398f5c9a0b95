public import AttuneCore

/// The model as it was trained: running statistics, fixed weights. The baseline of every comparison.
public struct NoAdaptation: AdaptationStrategy {
  /// Has no settings.
  public typealias Configuration = NoSettings

  /// `none` in config files.
  public static let name = "none"
  /// What tables and help say.
  public static let summary = "the model as it was trained"
  /// The settings.
  public let configuration: NoSettings

  /// The strategy, which has no settings.
  public init(_ configuration: NoSettings = NoSettings()) {
    self.configuration = configuration
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) -> Network { network }

  /// Answers a batch, adapting as it goes.
  public func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix { try state.predict(batch) }

  /// The network as it was trained.
  public func serving(_ state: Network, rows: Int) -> ServingNetwork? { ServingNetwork(state) }
}

/// The settings of a strategy that has none.
public struct NoSettings: Codable, Sendable, Equatable, DefaultInitializable {
  /// No settings.
  public init() {}
}
