/// What a served model must keep to.
public struct AdviceLimits: Codable, Sendable, Equatable {
  /// A limit by its option.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// The 99th percentile of the latency of a call.
    case latency = "latency-p99"
    /// Model and state.
    case memory
    /// Training and preparation.
    case training = "training-seconds"
    /// Labels of the stream.
    case labels = "no-labels"
    /// What is needed of the training data.
    case source = "source-access"
    /// The quality figure.
    case quality
  }

  /// Number of predictions that the training is paid by.
  public var predictions: Double
  /// Microseconds that 99 % of the calls must stay below; nil for any.
  public var latency: Double?
  /// Whether a call is of one row; else of the stream's batch, with which quality was measured.
  public var singleRow = false
  /// Bytes of model and state; nil for any.
  public var memory: Double?
  /// Seconds of training and preparation; nil for any.
  public var trainingSeconds: Double?
  /// Whether arms that learn from late labels are out.
  public var noLabels = false
  /// The most that may be needed of the training data: `none`, `statistics` or `samples`; nil for any.
  public var sourceAccess: String?
  /// The worst quality figure; nil for any.
  public var quality: Double?

  /// Limits of which only the number of predictions is set.
  public init(predictions: Double) {
    self.predictions = predictions
  }
}

/// A limit that a combination does not keep to.
public struct LimitMiss: Codable, Sendable, Equatable {
  /// Which limit.
  public var limit: AdviceLimits.Kind
  /// The combination's figure against the limit, above 1; nil where the figure was not measured or is no number.
  public var ratio: Double?
  /// What is too much, in words.
  public var text: String
}
