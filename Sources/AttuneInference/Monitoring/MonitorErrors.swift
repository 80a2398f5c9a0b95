/// A monitor needs the network that answers, and the strategy does not show it.
public struct HiddenNetwork: Error, Equatable, CustomStringConvertible {
  /// Name of the monitor.
  public let monitor: String
  /// Name of the strategy.
  public let strategy: String

  /// The monitor `monitor` cannot watch the strategy `strategy`.
  public init(monitor: String, strategy: String) {
    self.monitor = monitor
    self.strategy = strategy
  }

  /// What is missing and what to do.
  public var description: String {
    "monitor '\(monitor)' needs the network that answers, and strategy '\(strategy)' does not show it; watch it with "
      + "another monitor"
  }
}

/// A monitor of classes met a regression model.
public struct ClassificationMonitor: Error, Equatable, CustomStringConvertible {
  /// Name of the monitor.
  public let monitor: String

  /// The monitor `monitor` cannot watch a regression model.
  public init(monitor: String) {
    self.monitor = monitor
  }

  /// What does not fit and what to do.
  public var description: String {
    "monitor '\(monitor)' is for classification, and the model predicts numbers; leave it out"
  }
}
