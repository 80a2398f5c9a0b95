public import AttuneCore
public import AttuneTraining

/// A strategy that learns from labeled training rows before it serves, once for each trained model: a policy that acquires
/// inputs, a model of its own, statistics of features with their targets.
///
/// `prepared` gives the strategy that can start; `start` of one that was not prepared throws `UnpreparedStrategy`.
public protocol PreparedStrategy: AdaptationStrategy {
  /// Throws where the strategy cannot serve a network, whatever its preparation finds.
  func check(for network: Network, task: PredictionTask) throws

  /// Throws where the strategy cannot prepare itself from what it is given, before anything is learned.
  func check(for network: Network, in context: PreparationContext) throws

  /// The strategy with what it learned, and what the learning cost.
  ///
  /// - Throws: what does not fit, with what to do; `DivergenceError` where a training diverged.
  func prepared(for network: Network, in context: PreparationContext) throws -> (strategy: Self, report: TrainingReport)
}

extension PreparedStrategy {
  /// Labeled rows of the training data.
  public static var sourceAccess: SourceAccess { .labels }
  /// Serves any network.
  public func check(for network: Network, task: PredictionTask) throws {}
  /// Checks the network alone.
  public func check(for network: Network, in context: PreparationContext) throws {
    try check(for: network, task: context.task)
  }
}

/// What a strategy may know while it prepares itself.
public struct PreparationContext: Sendable {
  /// What the model predicts.
  public var task: PredictionTask
  /// The rows that the model was trained on.
  public var training: LabeledRows
  /// Labeled rows of the training domain that no model was trained on; nil where none are held out.
  public var heldOut: LabeledRows?
  /// Statistics of the training inputs; nil where the model file has none.
  public var source: SourceStatistics?
  /// The names of the inputs; empty where they are not known.
  public var inputNames: [String]
  /// Random numbers of the strategy's own.
  public var generator: Philox
  /// Called now and then in a long preparation; throws where a stop was asked for.
  public var checkCancellation: @Sendable () throws -> Void

  /// A context.
  public init(
    task: PredictionTask, training: LabeledRows, heldOut: LabeledRows? = nil, source: SourceStatistics? = nil,
    inputNames: [String] = [], generator: Philox = Philox(seed: 0),
    checkCancellation: @escaping @Sendable () throws -> Void = {}
  ) {
    (self.task, self.training, self.heldOut, self.source) = (task, training, heldOut, source)
    (self.inputNames, self.generator, self.checkCancellation) = (inputNames, generator, checkCancellation)
  }
}

/// Preprocessed rows with their targets.
public struct LabeledRows: Sendable {
  /// Preprocessed inputs, `[n, d]`.
  public var inputs: Matrix
  /// Targets on the network's scale: one-hot rows, or standardized regression values, `[n, k]`.
  public var targets: Matrix

  /// Rows with their targets.
  public init(inputs: Matrix, targets: Matrix) {
    precondition(inputs.rows == targets.rows, "\(targets.rows) targets for \(inputs.rows) rows")
    (self.inputs, self.targets) = (inputs, targets)
  }
}

/// A strategy was started that has to learn from labeled training rows first.
public struct UnpreparedStrategy: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` was not prepared.
  public init(strategy: String) { self.strategy = strategy }

  /// What is missing and what to do.
  public var description: String {
    "strategy '\(strategy)' learns from labeled training rows before it serves; run it in an experiment file, where they "
      + "are at hand"
  }
}

/// A strategy that needs rows which no model was trained on met none.
public struct MissingHeldOutRows: Error, Equatable, CustomStringConvertible {
  /// What needs the rows.
  public let user: String

  /// `user` needs rows that are held out.
  public init(user: String) { self.user = user }

  /// What is missing and what to do.
  public var description: String {
    "\(user) needs labeled rows that no model was trained on; set some aside with data.heldOut, for example "
      + "heldOut: {fraction: 0.2}"
  }
}
