internal import AttuneCore

/// A strategy needs training rows that are not at hand.
public struct MissingSourceSamples: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` cannot run.
  public init(strategy: String) {
    self.strategy = strategy
  }

  /// What is missing and what to do.
  public var description: String {
    "strategy '\(strategy)' needs rows of the training data, and none are given; give them, or choose a strategy that needs "
      + "no samples of the source"
  }
}

/// A strategy needs statistics of the source that the model does not carry.
public struct MissingSourceStatistics: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// Inputs of a model that has statistics, but for so many inputs not their covariance; nil where it has none at all.
  public let inputs: Int?

  /// The strategy `strategy` cannot run.
  public init(strategy: String, inputsWithoutCovariance inputs: Int? = nil) {
    self.strategy = strategy
    self.inputs = inputs
  }

  /// What is missing and how to get it.
  public var description: String {
    guard let inputs else {
      return "strategy '\(strategy)' needs source statistics, and the model has none; train the model with attune, or "
        + "choose a strategy that needs no source access"
    }
    return "strategy '\(strategy)' needs the covariance of the inputs, which models keep for up to "
      + "\(SourceStatistics.covarianceLimit) of them, and this one has \(inputs); use fewer inputs, or choose another "
      + "strategy"
  }
}
