public import AttuneCore

/// A part that recipes are made of: settings that do not change, and a state that does.
///
/// A part is a value: a copy of a recipe's state holds a copy of each part's. What it must remember from batch to batch
/// is in `state`; anything else in the part is made of the settings and of what it knew at the start.
public protocol RecipePart: Sendable {
  /// The settings: the keys beside `kind` in a config file.
  associatedtype Configuration: Codable & Sendable & DefaultInitializable
  /// What changes while the part is at work.
  associatedtype State: Codable & Sendable = NoState

  /// The name in config files, for example `entropy-margin`.
  static var kind: String { get }
  /// One line on what it does, for help.
  static var summary: String { get }

  /// Whether what it does is about classes, so that a recipe with it cannot serve a regression model. True unless stated
  /// for objectives, selections and corrections, false for all others.
  static var needsClasses: Bool { get }

  /// What a part with these settings needs of the training data besides the weights.
  static func sourceAccess(_ configuration: Configuration) -> SourceAccess

  /// A part at its start.
  ///
  /// - Throws: an error that says which setting is wrong, or what the part needs and does not have.
  init(_ configuration: Configuration, in setup: RecipeSetup) throws

  /// What has changed since the start.
  var state: State { get set }

  /// Encodes what has changed since the start as one element of a list; by default the state.
  func encodeState(into list: inout any UnkeyedEncodingContainer) throws
  /// Takes on what `encodeState` wrote.
  ///
  /// - Throws: `DecodingError` where it does not fit.
  mutating func decodeState(from list: inout any UnkeyedDecodingContainer) throws
}

extension RecipePart {
  /// Works on any model.
  public static var needsClasses: Bool { false }
  /// Nothing of the source.
  public static func sourceAccess(_ configuration: Configuration) -> SourceAccess { .none }
  /// Encodes the state.
  public func encodeState(into list: inout any UnkeyedEncodingContainer) throws { try list.encode(state) }
  /// Decodes the state.
  public mutating func decodeState(from list: inout any UnkeyedDecodingContainer) throws {
    state = try list.decode(State.self)
  }
}

/// The state of a part that remembers nothing.
public struct NoState: Codable, Sendable, Equatable {
  /// Nothing.
  public init() {}
}

extension RecipePart where State == NoState {
  /// Nothing.
  public var state: NoState {
    get { NoState() }
    set {}
  }
}

/// What a part may know when a recipe starts.
public struct RecipeSetup: Sendable {
  /// Name of the strategy, for errors.
  public let strategy: String
  /// The source network, as it is adapted: one without batch norm may have got a normalization of its inputs.
  public let network: Network
  /// Source statistics, samples, random numbers.
  public let context: AdaptationContext
  /// The parameters that are adapted, from input to output; none where a strategy of its own uses a part.
  public internal(set) var parameters: [ParameterID] = []

  /// A setup; the parameters are all those of the network unless others are given.
  init(strategy: String, network: Network, context: AdaptationContext, parameters: [ParameterID]? = nil) {
    self.strategy = strategy
    self.network = network
    self.context = context
    self.parameters = parameters ?? network.parameterIDs
  }

  /// The number of classes C.
  public var classes: Int { network.outputDimension }

  /// Rows of the training data.
  ///
  /// - Throws: `MissingSourceSamples` where there are none.
  public func samples() throws(MissingSourceSamples) -> SourceSamples {
    guard let samples = context.samples, samples.inputs.rows > 0 else {
      throw MissingSourceSamples(strategy: strategy)
    }
    return samples
  }

  /// Statistics of the training inputs.
  ///
  /// - Throws: `MissingSourceStatistics` where the model has none.
  public func sourceStatistics() throws(MissingSourceStatistics) -> SourceStatistics {
    guard let source = context.source else { throw MissingSourceStatistics(strategy: strategy) }
    return source
  }
}
