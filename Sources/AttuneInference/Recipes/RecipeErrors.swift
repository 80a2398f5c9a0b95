/// A strategy that works on batch-norm layers met a network without one, whose source statistics are not known either.
public struct MissingNormalization: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` finds nothing to adapt.
  public init(strategy: String) {
    self.strategy = strategy
  }

  /// What is missing and what to do.
  public var description: String {
    "strategy '\(strategy)' adapts normalization, and the network has no batch-norm layer and the model no statistics of its "
      + "inputs; set network.batchNorm: true, train the model with attune, or choose another strategy"
  }
}

/// A strategy for classification met a regression model.
public struct ClassificationOnly: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String
  /// The part of it that needs classes, with its place; nil where it has no parts.
  public let part: String?

  /// The strategy `strategy` cannot serve a regression model.
  public init(strategy: String, part: String? = nil) {
    (self.strategy, self.part) = (strategy, part)
  }

  /// What does not fit.
  public var description: String {
    let reason = part.map { ", as its part '\($0)' needs classes" } ?? ""
    return "strategy '\(strategy)' is for classification\(reason), and the model predicts numbers; choose another "
      + "strategy"
  }
}

/// A strategy has moved the parameters so far that finite inputs get answers that are not finite.
public struct DivergedAdaptation: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` has diverged.
  public init(strategy: String) {
    self.strategy = strategy
  }

  /// What happened and what to do.
  public var description: String {
    "strategy '\(strategy)' has diverged: its output is not finite for finite inputs; lower its learning rate and start "
      + "again"
  }
}
