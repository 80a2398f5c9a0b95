public import AttuneCore
public import AttuneTraining

/// Test-time entropy minimization: batch statistics, and gradient steps on batch norm's scale and shift.
///
/// For each batch the loss is the mean entropy of the predictions, `mean H(softmax(z))`. The logits returned are those of
/// the last forward pass, that is before the last update. Dropout is off. A batch of one row is normalized with the
/// running statistics. Classification only. A learning rate so large that finite inputs get answers that are not finite
/// ends in a `DivergedAdaptation`.
///
/// - Source: Wang et al. (2021), Tent: fully test-time adaptation by entropy minimization, arXiv:2006.10726.
public struct Tent: AdaptationStrategy {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The rule of the updates.
    public var optimizer = OptimizerConfiguration.adam(Adam.Configuration(learningRate: 1e-3))
    /// Updates per batch, at least 1.
    public var steps = 1

    /// Adam with learning rate 0.001, one step.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(steps >= 1, "steps", "must be an integer of at least 1")
    }
  }

  /// The adapted network with the state of the optimizer.
  public struct State: Sendable {
    /// The adapted network.
    public var network: Network
    var optimizer: any SteppingOptimizer
  }

  /// `tent` in config files.
  public static let name = "tent"
  /// What tables and help say.
  public static let summary =
    "entropy minimization over batch norm's scale and shift, batch statistics, predicts before "
    + "its update (running statistics for a batch of one row)"
  /// The settings.
  public let configuration: Configuration
  private let rule: any Optimizer

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
    rule = try configuration.optimizer.make()
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) throws -> State {
    guard context.task == .classification else { throw ClassificationOnly(strategy: Self.name) }
    try network.requireNormalization(for: Self.name)
    return State(network: network, optimizer: rule.states(for: network.normalizationParameterIDs, of: network))
  }

  /// Answers a batch, adapting as it goes.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    guard batch.rows > 0 else { return try state.network.predict(batch) }
    var output = Matrix(rows: 0, columns: 0)
    for _ in 0..<configuration.steps {
      let tape = Tape()
      let pass = try state.network.forward(
        batch, on: tape, differentiating: state.network.normalizationParameterIDs,
        statistics: batch.rows > 1 ? .batch : .running)
      output = pass.output.value
      let gradients = tape.gradients(
        of: pass.output.entropy().mean(), withRespectTo: pass.parameters.map(\.variable))
      // A batch with a value that is not finite must not reach the weights.
      guard gradients.allSatisfy(\.isFinite) else { break }
      state.optimizer.step(&state.network, along: gradients)
    }
    guard output.isFinite || !batch.isFinite else { throw DivergedAdaptation(strategy: Self.name) }
    return output
  }
}

/// A strategy for classification met a regression model.
public struct ClassificationOnly: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` cannot serve a regression model.
  public init(strategy: String) {
    self.strategy = strategy
  }

  /// What does not fit.
  public var description: String {
    "strategy '\(strategy)' is for classification, and the model predicts numbers; choose another strategy"
  }
}

/// A strategy has moved the parameters so far that finite inputs get answers that are not finite.
public struct DivergedAdaptation: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` has diverged.
  public init(strategy: String) {
    self.strategy = strategy
  }

  /// What happened and what to do.
  public var description: String {
    "strategy '\(strategy)' has diverged: its output is not finite for finite inputs; lower its learning rate and start "
      + "again"
  }
}
