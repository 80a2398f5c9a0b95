/// What one unit of an experiment found: one training arm with one seed, and all inference arms on all scenarios.
///
/// A unit is what a run folder keeps: a run that was stopped goes on with the units that are missing.
public struct UnitOutcome: Codable, Sendable, Equatable {
  /// Name of the training arm.
  public var training: String
  /// The seed.
  public var seed: UInt64
  /// What training cost; nil where it failed.
  public var cost: TrainingCost?
  /// Why training failed; nil where it did not.
  public var failure: String?
  /// The inference arms; empty where training failed.
  public var arms: [ArmOutcome]
  /// SHA-256 of the model file; nil where there is none, and in units of earlier versions.
  public var modelHash: String?
  /// Whether the model was trained before, by another arm or run; nil where it was not.
  public var isReused: Bool?

  /// A finished unit.
  public init(training: String, seed: UInt64, cost: TrainingCost?, failure: String?, arms: [ArmOutcome]) {
    self.training = training
    self.seed = seed
    self.cost = cost
    self.failure = failure
    self.arms = arms
  }
}

/// What training one model cost.
public struct TrainingCost: Codable, Sendable, Equatable {
  /// Seconds of processor time.
  public var seconds: Double
  /// Floating-point operations.
  public var operations: Int
  /// Bytes of the model file.
  public var modelBytes: Int
  /// Number of trained parameters.
  public var parameters: Int
  /// Epochs that were done; nil for closed-form solvers.
  public var epochs: Int?
  /// The epoch of the lowest validation loss, from 1; nil where nothing validated.
  public var bestEpoch: Int?
}

/// One inference arm on one scenario, with the model of one training arm and seed.
public struct ArmOutcome: Codable, Sendable, Equatable {
  /// Name of the inference arm.
  public var inference: String
  /// Name of the scenario.
  public var scenario: String
  /// The quality figure over the whole stream; nil where the arm failed.
  public var quality: Double?
  /// The quality figure of each batch.
  public var trace: [Double]
  /// Rows of the stream.
  public var rows: Int
  /// Floating-point operations per row, learning from late labels included.
  public var operationsPerSample: Double
  /// What distilling the student cost; nil without a student.
  public var preparation: TrainingCost?
  /// Why the arm failed; nil where it did not.
  public var failure: String?
  /// What the strategy told while it ran; nil where it told nothing.
  public var events: EventLog?
  /// The domains of the stream; nil where it has one only.
  public var domains: [DomainOutcome]?
  /// The share of batches that the strategy adapted to; nil where the stream waits.
  public var adaptedShare: Double?
  /// How the settings were found; nil where they were given.
  public var choice: ChoiceOutcome?
  /// Whether a student serves, whose model file the run folder keeps; nil where none does.
  public var servesStudent: Bool?
  /// Further figures over the whole stream, by their names; nil where the arm failed.
  public var metrics: [String: Double]?
  /// The share of rows in which each input was used, by its name; nil where the strategy selects none.
  public var inputUse: [String: Double]?
  /// Quality against the number of inputs; nil where the strategy has no budgets.
  public var curve: [CurvePoint]?
  /// The share of targets of each batch that lay in their intervals; nil where the arm gives none.
  public var coverage: [Double]?
  /// What its answers were like; nil where the arm failed.
  public var answers: AnswerRecord?
  /// Bytes that the strategy held at the end of the stream; nil where they were not counted.
  public var stateBytes: Int?
}

/// A point of the curve of quality against the number of inputs.
public struct CurvePoint: Codable, Sendable, Equatable {
  /// The budget, in the unit of the strategy's costs.
  public var budget: Double
  /// Inputs used, mean over the rows.
  public var features: Double
  /// The quality figure over the whole stream.
  public var quality: Double
  /// Further figures over the whole stream, by their names.
  public var metrics: [String: Double]
}

/// One domain of a stream.
public struct DomainOutcome: Codable, Sendable, Equatable {
  /// Name in the config.
  public var name: String
  /// Rows of the domain.
  public var rows: Int
  /// The quality figure over these rows; nil where there are none.
  public var quality: Double?
}
