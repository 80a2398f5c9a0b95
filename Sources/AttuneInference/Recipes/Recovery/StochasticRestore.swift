public import AttuneCore

/// Gives each adapted weight, for itself, back its source value with some probability after each step.
///
/// What the optimizer and the teacher remember stays.
///
/// - Source: Wang et al. (2022), CoTTA, arXiv:2203.13591, eq. (7).
public struct StochasticRestore: RecoveryPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Probability of each weight at each step, from 0 to 1.
    public var probability = 0.01

    /// 0.01.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("probability", probability, atLeast: 0, atMost: 1) }
  }
  /// The steps so far: what is drawn depends on their number alone.
  public struct State: Codable, Sendable {
    var steps = 0
  }
  /// `stochastic-restore` in config files.
  public static let kind = "stochastic-restore"
  /// What help says.
  public static let summary = "each adapted weight back to the source with some probability after each step"
  private let probability: Float
  private let generator: Philox
  /// The steps so far.
  public var state = State()

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    probability = Float(configuration.probability)
    generator = setup.context.generator.fork(Self.kind)
  }
  /// Draws, and restores.
  public mutating func afterStep(_ step: AdaptationStep, _ run: inout RecipeRun) {
    var generator = generator.fork(state.steps)
    state.steps += 1
    for id in run.parameters {
      let source = run.start.network[id]
      source.withElements { source in
        run.adapted.network[id].withMutableElements { elements in
          for index in 0..<source.count where generator.nextUniform() < probability { elements[index] = source[index] }
        }
      }
    }
  }
}
