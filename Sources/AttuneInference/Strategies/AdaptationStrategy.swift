public import AttuneCore

/// A method that may change a model, its inputs or its outputs while it serves, batch by batch.
///
/// A strategy is an immutable value with its settings. What changes while it runs is its `State`, which holds the adapted
/// network and is copied to take a snapshot.
public protocol AdaptationStrategy<State>: Sendable {
  /// The settings: the keys of the strategy in a config file. Give it `DefaultInitializable` and every key is optional.
  associatedtype Configuration: Codable & Sendable
  /// What changes while the strategy runs.
  associatedtype State: Sendable

  /// The name in config files, for example `tent`.
  static var name: String { get }
  /// One line for tables and help: what it does, when it predicts, what to know.
  static var summary: String { get }
  /// What it needs of the training data besides the weights.
  static var sourceAccess: SourceAccess { get }
  /// Whether it learns from labels that arrive after the prediction.
  static var usesLabels: Bool { get }

  /// The settings.
  var configuration: Configuration { get }

  /// A strategy from its settings.
  ///
  /// - Throws: an error that says which setting is wrong.
  init(_ configuration: Configuration) throws

  /// The state before the first batch. The network is a copy: the source model never changes.
  func start(_ network: Network, in context: AdaptationContext) throws -> State

  /// Answers a batch, adapting as it goes.
  ///
  /// ## Shapes
  /// - batch: preprocessed inputs `[n, d]`, returns logits or regression values `[n, k]`
  ///
  /// - Throws: `ShapeError` where the width of the batch does not fit (`Network.checkInput` checks it), with the state as it
  ///   was.
  func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix

  /// Learns from labels that came late.
  func learn(from feedback: Feedback, _ state: inout State) throws
}

extension AdaptationStrategy {
  /// Nothing of the source.
  public static var sourceAccess: SourceAccess { .none }
  /// No labels.
  public static var usesLabels: Bool { false }
  /// Ignores labels.
  public func learn(from feedback: Feedback, _ state: inout State) throws {}
}

/// What a strategy needs of the training data besides the weights and running statistics of the network.
public enum SourceAccess: String, Codable, Sendable {
  /// Nothing.
  case none
  /// Statistics that the model file keeps: means, covariance, class frequencies.
  case statistics
  /// Training rows.
  case samples
}

/// What a strategy may know besides the network and the batches. Test labels are not in it.
public struct AdaptationContext: Sendable {
  /// What the model predicts.
  public var task: PredictionTask
  /// Statistics of the training inputs; nil where the model file has none.
  public var source: SourceStatistics?
  /// Random numbers of the strategy's own.
  public var generator: Philox

  /// A context.
  public init(task: PredictionTask, source: SourceStatistics? = nil, generator: Philox = Philox(seed: 0)) {
    self.task = task
    self.source = source
    self.generator = generator
  }
}

/// Labels that arrived after the prediction, with the inputs they belong to.
public struct Feedback: Sendable {
  /// Preprocessed inputs, `[n, d]`.
  public var inputs: Matrix
  /// Targets on the network's scale: one-hot rows, or standardized regression values, `[n, k]`.
  public var targets: Matrix

  /// Inputs with their targets.
  public init(inputs: Matrix, targets: Matrix) {
    self.inputs = inputs
    self.targets = targets
  }
}

/// A strategy needs statistics of the source that the model does not carry.
public struct MissingSourceStatistics: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// Inputs of a model that has statistics, but for so many inputs not their covariance; nil where it has none at all.
  public let inputs: Int?

  /// The strategy `strategy` cannot run.
  public init(strategy: String, inputsWithoutCovariance inputs: Int? = nil) {
    self.strategy = strategy
    self.inputs = inputs
  }

  /// What is missing and how to get it.
  public var description: String {
    guard let inputs else {
      return "strategy '\(strategy)' needs source statistics, and the model has none; train the model with attune, or "
        + "choose a strategy that needs no source access"
    }
    return "strategy '\(strategy)' needs the covariance of the inputs, which models keep for up to "
      + "\(SourceStatistics.covarianceLimit) of them, and this one has \(inputs); use fewer inputs, or choose another "
      + "strategy"
  }
}
