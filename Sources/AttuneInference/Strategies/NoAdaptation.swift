public import AttuneCore

/// The model as it was trained: running statistics, fixed weights. The baseline of every comparison.
public struct NoAdaptation: AdaptationStrategy {
  /// Has no settings.
  public typealias Configuration = NoSettings

  public static let name = "none"
  public static let summary = "the source model, unchanged"
  public let configuration: NoSettings

  public init(_ configuration: NoSettings = NoSettings()) {
    self.configuration = configuration
  }

  public func start(_ network: Network, in context: AdaptationContext) -> Network { network }

  public func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix { try state.predict(batch) }
}

/// The settings of a strategy that has none.
public struct NoSettings: Codable, Sendable, Equatable, DefaultInitializable {
  /// No settings.
  public init() {}
}
