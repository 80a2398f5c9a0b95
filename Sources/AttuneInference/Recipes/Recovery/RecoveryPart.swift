public import AttuneCore

/// What keeps an adaptation from running away, or brings it back.
public protocol RecoveryPart: RecipePart {
  /// Called before a batch is looked at.
  mutating func beforeBatch(_ run: inout RecipeRun) throws
  /// What a penalty on the parameters adds to the gradients, in their order; nil without one.
  func penaltyGradients(_ parameters: [ParameterID], of network: Network) -> [Matrix]?
  /// Called after each step of the optimizer.
  mutating func afterStep(_ step: AdaptationStep, _ run: inout RecipeRun) throws
  /// Called with each answer, which it may replace.
  mutating func afterBatch(_ answer: inout Answer, _ run: inout RecipeRun) throws
  /// Whether the source model answers in the adapted one's place for the time being.
  var answersBySource: Bool { get }
  /// Called after each reset, whichever part made it: forgets what was remembered of the adapted network.
  mutating func afterReset(_ run: RecipeRun)
}

extension RecoveryPart {
  /// Never.
  public var answersBySource: Bool { false }
  /// Does nothing.
  public mutating func beforeBatch(_ run: inout RecipeRun) throws {}
  /// No penalty.
  public func penaltyGradients(_ parameters: [ParameterID], of network: Network) -> [Matrix]? { nil }
  /// Does nothing.
  public mutating func afterStep(_ step: AdaptationStep, _ run: inout RecipeRun) throws {}
  /// Does nothing.
  public mutating func afterBatch(_ answer: inout Answer, _ run: inout RecipeRun) throws {}
  /// Does nothing.
  public mutating func afterReset(_ run: RecipeRun) {}
}

/// A step of the optimizer that was made.
public struct AdaptationStep: Sendable {
  /// The loss of the step; with sharpness-aware steps that of the second pass.
  public let loss: Float
  /// The rows that were learned from.
  public let rows: Int
}

/// An answer to a batch.
public struct Answer: Sendable {
  /// The inputs, `[n, d]`.
  public let rows: Matrix
  /// The logits, `[n, k]`.
  public var logits: Matrix
  /// The features that they come from, `[n, h]`.
  public let features: Matrix
  /// The network that gave them.
  public let network: Network
}

/// The place of the recovery: each part in turn.
public enum RecoveryPlace: RecipePlace {
  /// `recovery` in config files.
  public static let name = "recovery"
  /// The kinds that config files can name.
  public static var kinds: [PartKind<any RecoveryPart>] {
    [
      PartKind(EpisodicReset.self) { $0 },
      PartKind(PeriodicReset.self) { $0 },
      PartKind(FisherPenalty.self) { $0 },
      PartKind(EntropyFloor.self) { $0 },
      PartKind(WeightEnsembling.self) { $0 },
      PartKind(KalmanEnsembling.self) { $0 },
      PartKind(StochasticRestore.self) { $0 },
      PartKind(OnAlarm.self) { $0 },
    ]
  }
}

extension PartChoice where Place == RecoveryPlace {
  /// A part with its settings.
  public static func part<P: RecoveryPart>(_ type: P.Type, _ settings: P.Configuration = P.Configuration()) -> Self {
    Self(PartKind(type) { $0 }, settings)
  }
}
