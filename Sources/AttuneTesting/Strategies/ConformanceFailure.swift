/// What a conformance suite looks at.
public enum ConformanceCheck: String, CaseIterable, Sendable {
  /// The name is not empty and in kebab case.
  case name
  /// The summary is one line with text.
  case summary
  /// The strategy can be made of the configuration and starts.
  case start
  /// Encoded to JSON and decoded, the configuration makes a strategy with the same outputs.
  case configuration
  /// Two instances with the same seed and stream give the same bits.
  case determinism
  /// Neither the network handed to `start` nor a batch changes.
  case source
  /// What a strategy does not declare to need, it gives the same bits without: source statistics, samples, the target.
  case sourceAccess
  /// Started again after a run, an instance gives the same bits as the first time.
  case restart
  /// A copy of the state runs on with the same bits, and what one copy does reaches no other.
  case snapshot
  /// A state that was encoded and decoded runs on with the same bits.
  case state
  /// One finite row of output for each row of finite input, however odd the batch, and after it too.
  case outputs
  /// A batch of the wrong width ends in a `ShapeError` and leaves the state as it was.
  case width
  /// Labels change nothing where `usesLabels` is false.
  case labels
}

/// One way in which a strategy breaks its contract.
public struct ConformanceFailure: Sendable, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String
  /// What was looked at.
  public let check: ConformanceCheck
  /// The configuration, as text.
  public let configuration: String
  /// The task and network that it ran on.
  public let subject: String
  /// What happened.
  public let message: String

  /// Strategy, check, what happened, and with what.
  public var description: String {
    "strategy '\(strategy)', check '\(check.rawValue)': \(message) (\(subject); configuration \(configuration))"
  }
}
