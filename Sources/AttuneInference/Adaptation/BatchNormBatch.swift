public import AttuneCore

/// Prediction-time batch norm: every batch is normalized with its own mean and biased variance.
///
/// Nothing is carried over from batch to batch. A batch of one row has no variance and is answered with the running
/// statistics.
///
/// - Source: Nado et al. (2020), Evaluating prediction-time batch normalization for robustness under covariate shift,
///   arXiv:2006.10963.
public struct BatchNormBatch: AdaptationStrategy {
  /// Has no settings.
  public typealias Configuration = NoSettings

  /// `bn-batch` in config files.
  public static let name = "bn-batch"
  /// What tables and help say.
  public static let summary =
    "batch norm with the statistics of the test batch (running statistics for a batch of one row)"
  /// The settings.
  public let configuration: NoSettings

  /// The strategy, which has no settings.
  public init(_ configuration: NoSettings = NoSettings()) {
    self.configuration = configuration
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) throws -> Network {
    try network.requireNormalization(for: Self.name)
    return network
  }

  /// Answers a batch, adapting as it goes.
  public func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    try state.forward(batch, on: Tape(), statistics: batch.rows > 1 ? .batch : .running).output.value
  }
}

extension Network {
  /// Throws unless the network has a batch-norm layer.
  func requireNormalization(for strategy: String) throws(MissingNormalization) {
    if normalizationLayers.isEmpty { throw MissingNormalization(strategy: strategy) }
  }
}

/// A strategy that works on batch-norm layers met a network without one.
public struct MissingNormalization: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` finds nothing to adapt.
  public init(strategy: String) {
    self.strategy = strategy
  }

  /// What is missing and what to do.
  public var description: String {
    "strategy '\(strategy)' adapts batch norm, and the network has no batch-norm layer; set network.batchNorm: true, "
      + "or choose another strategy"
  }
}
