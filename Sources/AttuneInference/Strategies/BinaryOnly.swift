internal import AttuneCore

/// A strategy for two classes met a model of another number of classes.
public struct BinaryOnly: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String
  /// The number of classes that the model tells apart.
  public let classes: Int

  /// The strategy `strategy` cannot serve the model.
  public init(strategy: String, classes: Int) {
    self.strategy = strategy
    self.classes = classes
  }

  /// What does not fit.
  public var description: String {
    "strategy '\(strategy)' is for two classes, and the model has \(classes); choose another strategy"
  }
}
