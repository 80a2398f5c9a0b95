public import AttuneCore

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
  /// Where it was published; nil where nowhere.
  static var paper: String? { get }
  /// What it needs of the training data besides the weights.
  static var sourceAccess: SourceAccess { get }
  /// Whether it learns from labels that arrive after the prediction.
  static var usesLabels: Bool { get }

  /// The settings.
  var configuration: Configuration { get }
  /// What it does with these settings, in one line; by default what every instance does.
  var summary: String { get }
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

  /// Answers a batch with the present state, without adapting to it.
  ///
  /// ## Shapes
  /// - batch: preprocessed inputs `[n, d]`, returns logits or regression values `[n, k]`
  ///
  /// - Throws: as `predict`.
  func answer(_ batch: Matrix, _ state: State) throws -> Matrix

  /// Learns from labels that came late.
  func learn(from feedback: Feedback, _ state: inout State) throws

  /// The state that was encoded, for the same source network.
  ///
  /// - Throws: what decoding throws.
  func restore(from decoder: any Decoder, _ network: Network, in context: AdaptationContext) throws -> State

  /// The network that answers a batch of so many rows in the present state, for what watches it; nil where there is none to
  /// show.
  func serving(_ state: State, rows: Int) -> ServingNetwork?

  /// What happened since the last call, in order. The state forgets it, so that it is told once.
  func takeEvents(_ state: inout State) -> [AdaptationEvent]

  /// What the strategy says of its last answer besides the values. The state forgets it.
  func takeDetails(_ state: inout State) -> AnswerDetails

  /// The answers to a batch at each of the strategy's budgets, ascending, with the present state: points of the curve of
  /// quality against the number of inputs. Empty where the strategy has no budgets.
  ///
  /// - Throws: as `predict`.
  func curve(_ batch: Matrix, _ state: State) throws -> [CurveAnswer]
}

extension AdaptationStrategy {
  /// Nowhere.
  public static var paper: String? { nil }
  /// Nothing of the source.
  public static var sourceAccess: SourceAccess { .none }
  /// No labels.
  public static var usesLabels: Bool { false }
  /// What every instance does.
  public var summary: String { Self.summary }
  /// What every instance needs.
  public var sourceAccess: SourceAccess { Self.sourceAccess }
  /// Nothing to say.
  public var conventions: StrategyConventions? { nil }
  /// Answers as `predict` does, on a copy of the state that is thrown away.
  public func answer(_ batch: Matrix, _ state: State) throws -> Matrix {
    var copy = state
    return try predict(batch, &copy)
  }
  /// Ignores labels.
  public func learn(from feedback: Feedback, _ state: inout State) throws {}
  /// None to show.
  public func serving(_ state: State, rows: Int) -> ServingNetwork? { nil }
  /// No events.
  public func takeEvents(_ state: inout State) -> [AdaptationEvent] { [] }
  /// Nothing to say.
  public func takeDetails(_ state: inout State) -> AnswerDetails { AnswerDetails() }
  /// No budgets.
  public func curve(_ batch: Matrix, _ state: State) throws -> [CurveAnswer] { [] }
}

extension AdaptationStrategy where State: Decodable {
  /// The state as it was encoded.
  public func restore(from decoder: any Decoder, _ network: Network, in context: AdaptationContext) throws -> State {
    try State(from: decoder)
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
  /// Training rows with their targets, before it serves.
  case labels

  /// By how much is needed.
  public static func < (left: SourceAccess, right: SourceAccess) -> Bool {
    allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
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
