public import AttuneCore
public import AttuneData

/// A method that may change a model, its inputs or its outputs while it serves, batch by batch.
///
/// A strategy is an immutable value with its settings. What changes while it runs is its `State`, which holds the adapted
/// network and is copied to take a snapshot.
public protocol AdaptationStrategy<State>: Sendable {
  /// The settings: the keys of the strategy in a config file. Give it `DefaultInitializable` and every key is optional.
  associatedtype Configuration: Codable & Sendable
  /// What changes while the strategy runs. It can be written to a file, to go on from there.
  associatedtype State: Encodable & Sendable

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
  /// What it needs with these settings; by default what every instance needs.
  var sourceAccess: SourceAccess { get }
  /// Statistics, moment of prediction and the like, as the report repeats them; nil where there is nothing to say.
  var conventions: StrategyConventions? { get }

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

  /// The state that was encoded, for the same source network.
  ///
  /// - Throws: what decoding throws.
  func restore(from decoder: any Decoder, _ network: Network, in context: AdaptationContext) throws -> State
}

extension AdaptationStrategy {
  /// Nothing of the source.
  public static var sourceAccess: SourceAccess { .none }
  /// No labels.
  public static var usesLabels: Bool { false }
  /// What every instance needs.
  public var sourceAccess: SourceAccess { Self.sourceAccess }
  /// Nothing to say.
  public var conventions: StrategyConventions? { nil }
  /// Ignores labels.
  public func learn(from feedback: Feedback, _ state: inout State) throws {}
}

extension AdaptationStrategy where State: Decodable {
  /// The state as it was encoded.
  public func restore(from decoder: any Decoder, _ network: Network, in context: AdaptationContext) throws -> State {
    try State(from: decoder)
  }
}

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

  /// Conventions from their parts.
  public init(
    statistics: String, variance: VarianceConvention, scope: String, prediction: String, steps: Int, dropout: Bool
  ) {
    self.statistics = statistics
    self.variance = variance
    self.scope = scope
    self.prediction = prediction
    self.steps = steps
    self.dropout = dropout
  }
}

/// What a strategy needs of the training data besides the weights and running statistics of the network.
public enum SourceAccess: String, Codable, Sendable, CaseIterable, Comparable {
  /// Nothing.
  case none
  /// Statistics that the model file keeps: means, covariance, class frequencies.
  case statistics
  /// Training rows.
  case samples

  /// By how much is needed.
  public static func < (left: SourceAccess, right: SourceAccess) -> Bool {
    allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
  }
}

/// What a strategy may know besides the network and the batches. Test labels are not in it.
public struct AdaptationContext: Sendable {
  /// What the model predicts.
  public var task: PredictionTask
  /// Statistics of the training inputs; nil where the model file has none.
  public var source: SourceStatistics?
  /// Rows of the training data; nil where they are not at hand.
  public var samples: SourceSamples?
  /// All inputs of the stream, preprocessed, `[n, d]`; nil where they are not known beforehand.
  public var target: Matrix?
  /// The shape of the images that the rows are; nil where they are none.
  public var image: ImageShape?
  /// Random numbers of the strategy's own.
  public var generator: Philox

  /// A context.
  public init(
    task: PredictionTask, source: SourceStatistics? = nil, samples: SourceSamples? = nil, target: Matrix? = nil,
    image: ImageShape? = nil, generator: Philox = Philox(seed: 0)
  ) {
    self.task = task
    self.source = source
    self.samples = samples
    self.target = target
    self.image = image
    self.generator = generator
  }
}

/// Rows of the training data.
public struct SourceSamples: Sendable {
  /// Preprocessed inputs, `[n, d]`.
  public var inputs: Matrix
  /// Their classes; nil where they are not known.
  public var labels: [Int]?

  /// Rows, with their classes where these are known.
  public init(inputs: Matrix, labels: [Int]? = nil) {
    self.inputs = inputs
    self.labels = labels
  }
}

/// A strategy needs training rows that are not at hand.
public struct MissingSourceSamples: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` cannot run.
  public init(strategy: String) {
    self.strategy = strategy
  }

  /// What is missing and what to do.
  public var description: String {
    "strategy '\(strategy)' needs rows of the training data, and none are given; give them, or choose a strategy that needs "
      + "no samples of the source"
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
