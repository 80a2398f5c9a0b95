/// A learner with all that it has learned, as a file keeps it: its kind, and its state.
public struct OnlineLearnerState: Sendable, Codable {
  /// The learner, which goes on where it stood.
  public var learner: any OnlineLearner

  private enum Key: String, CodingKey { case kind, state }

  private static let types: [any OnlineLearner.Type] = [
    LinearRegressionLearner.self, LogisticRegressionLearner.self, SoftmaxRegressionLearner.self,
    PerceptronLearner.self, PassiveAggressiveOnlineLearner.self, ApproximateLargeMarginLearner.self,
    RecursiveLeastSquaresLearner.self, BayesianRegressionLearner.self, ReplayNetworkLearner.self, MajorityLearner.self,
    MeanLearner.self, LastTargetLearner.self,
  ]

  /// The state of a learner that `OnlineLearnerConfiguration` made.
  public init(_ learner: any OnlineLearner) {
    self.learner = learner
  }

  /// Reads the learner of the kind that the file names.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self), kind = try container.decode(String.self, forKey: .kind)
    guard let type = Self.types.first(where: { $0.name == kind }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: container, debugDescription: "no learner is named '\(kind)'; known: \(Self.kinds)")
    }
    learner = try container.decode(type, forKey: .state)
  }

  private static var kinds: String { types.map { $0.name }.joined(separator: ", ") }

  /// Writes the kind and the state.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(type(of: learner).name, forKey: .kind)
    try container.encode(learner, forKey: .state)
  }
}
