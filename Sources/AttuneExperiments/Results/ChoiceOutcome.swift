/// Which of several settings an arm served with, and why.
public struct ChoiceOutcome: Codable, Sendable, Equatable {
  /// One of the settings.
  public struct Alternative: Codable, Sendable, Equatable {
    /// What tells it from the others.
    public var settings: String
    /// What decided, lower is better; nil where the strategy failed with it.
    public var score: Double?

    /// Settings with their score.
    public init(settings: String, score: Double?) {
      self.settings = settings
      self.score = score
    }
  }

  /// What decided: `synthetic-shifts`, `entropy`, `consistency` or `oracle`.
  public var criterion: String
  /// The settings, in the order of the config.
  public var alternatives: [Alternative]
  /// The number of those that served, from 0.
  public var chosen: Int
  /// Floating-point operations of the choice, which are in no figure of the arm.
  public var operations: Int
  /// Seconds of the choice.
  public var seconds: Double

  /// A choice.
  public init(criterion: String, alternatives: [Alternative], chosen: Int, operations: Int, seconds: Double) {
    self.criterion = criterion
    self.alternatives = alternatives
    self.chosen = chosen
    self.operations = operations
    self.seconds = seconds
  }
}

/// The choice of a cell with one seed.
public struct SeedChoice: Codable, Sendable, Equatable {
  /// The seed.
  public var seed: UInt64
  /// What was chosen.
  public var choice: ChoiceOutcome

  /// A choice with a seed.
  public init(seed: UInt64, choice: ChoiceOutcome) {
    self.seed = seed
    self.choice = choice
  }
}
