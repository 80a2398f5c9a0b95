public import AttuneCore

/// What decides whether two numbers of a method can be compared.
public struct StrategyConventions: Codable, Sendable, Equatable {
  /// Which statistics batch norm uses.
  public var statistics: String
  /// Whether the variance of a batch is divided by n or n − 1.
  public var variance: VarianceConvention
  /// Which parameters change.
  public var scope: String
  /// When the answer is taken: `before` or `after` the update, or by the `teacher`.
  public var prediction: String
  /// Updates per batch.
  public var steps: Int
  /// Whether dropout is active while adapting.
  public var dropout: Bool
  /// The parts that it is made of, each with its place; empty where it is made of none.
  public var parts: [String]
  /// Whether all inputs of the stream are known before the first answer.
  public var seesTarget: Bool
  /// What of its own brings it back to the source, or holds it there; nil where nothing does.
  public var recovery: String?

  /// Conventions from their parts.
  public init(
    statistics: String, variance: VarianceConvention, scope: String, prediction: String, steps: Int, dropout: Bool,
    seesTarget: Bool = false, recovery: String? = nil, parts: [String] = []
  ) {
    self.statistics = statistics
    self.variance = variance
    self.scope = scope
    self.prediction = prediction
    self.steps = steps
    self.dropout = dropout
    self.seesTarget = seesTarget
    self.recovery = recovery
    self.parts = parts
  }
}
