public import AttuneData

/// The strategies and shifts that config files can name. A value: it is handed to the runner, and a user adds types of
/// their own.
public struct StrategyRegistry: Sendable {
  /// What is known of a registered strategy without an instance.
  public struct Entry: Sendable {
    /// Name in config files.
    public let name: String
    /// One line on what it does.
    public let summary: String
    /// Where it was published; nil where nowhere.
    public let paper: String?
    /// What it needs of the source.
    public let sourceAccess: SourceAccess
    /// Whether it learns from late labels.
    public let usesLabels: Bool
    /// The registered type.
    public let type: any AdaptationStrategy.Type
    fileprivate let make: @Sendable (any Decoder, SettingsDecoding) throws -> any AdaptationStrategy
  }

  /// Decodes a strategy's settings of a type; the config reader passes its own, which knows defaults and lines.
  public typealias SettingsDecoding = @Sendable (any Decodable.Type, any Decoder) throws -> any Decodable

  private var entries: [String: Entry] = [:]
  /// Other names, for what the literature calls otherwise.
  private var others: [String: String] = [:]
  /// The shifts that can be named, those that come with Attune first.
  public private(set) var shifts = BuiltInShifts.all

  /// An empty registry.
  public init() {}

  /// The strategies that come with Attune.
  public static var builtIn: StrategyRegistry {
    var registry = StrategyRegistry()
    registry.register(NoAdaptation.self)
    registry.register("source", for: NoAdaptation.name)
    registry.register(Automatic.self)
    registry.registerPresets()
    registry.register(FTAT.self)
    registry.register(GDFS.self)
    registry.register(DIME.self)
    registry.register(GreedyInformation.self)
    registry.register(StaticSelection.self)
    registry.register(FeatureSelection.self)
    registry.register(SaliencySelection.self)
    registry.register(Restandardization.self)
    registry.register(MonteCarloDropout.self)
    registry.register(RecursiveLeastSquares.self)
    registry.register(SpAR.self)
    registry.register(CORAL.self)
    registry.register(ImportanceWeighting.self)
    registry.register(OnlineLearning.self)
    return registry
  }

  /// All entries, sorted by name.
  public var all: [Entry] { entries.values.sorted { $0.name < $1.name } }

  /// Adds a strategy under its name, which must be new.
  public mutating func register<Strategy: AdaptationStrategy>(_ type: Strategy.Type) {
    precondition(entries[Strategy.name] == nil, "strategy '\(Strategy.name)' is registered twice")
    entries[Strategy.name] = Entry(
      name: Strategy.name, summary: Strategy.summary, paper: Strategy.paper, sourceAccess: Strategy.sourceAccess,
      usesLabels: Strategy.usesLabels, type: type,
      make: { decoder, decode in
        guard let settings = try decode(Strategy.Configuration.self, decoder) as? Strategy.Configuration else {
          preconditionFailure("the settings decoder returned another type than it was asked for")
        }
        return try Strategy(settings)
      })
  }

  /// Adds several strategies.
  ///
  /// - Throws: `StrategyNameTaken` where a name is that of another strategy.
  public mutating func register(contentsOf types: [any AdaptationStrategy.Type]) throws(NameTaken) {
    for type in types {
      guard self[type.name] == nil else { throw NameTaken(kind: "strategy", name: type.name, type: "\(type)") }
      register(type)
    }
  }

  /// Adds several shifts, which config files name by their `kind`.
  ///
  /// - Throws: `NameTaken` where a name is that of another shift.
  public mutating func register(shifts types: [any (Shift & Codable).Type]) throws(NameTaken) {
    for type in types {
      let isTaken = shifts.contains { $0.name == type.name }
      guard !isTaken else { throw NameTaken(kind: "shift", name: type.name, type: "\(type)") }
      shifts.append(type)
    }
  }

  /// The entry of a strategy, by its name or another one for it.
  public subscript(name: String) -> Entry? { entries[name] ?? others[name].flatMap { entries[$0] } }

  /// Makes a strategy known by another name too.
  mutating func register(_ other: String, for name: String) {
    precondition(self[other] == nil && entries[name] != nil, "'\(other)' is taken, or '\(name)' is not registered")
    others[other] = name
  }

  /// A strategy by name, with the settings that the decoder holds.
  ///
  /// - Throws: `UnknownStrategy`; what decoding or the strategy's initializer throws.
  public func make(
    _ name: String, from decoder: any Decoder, settings: SettingsDecoding = { try $0.init(from: $1) }
  ) throws -> any AdaptationStrategy {
    guard let entry = self[name] else { throw UnknownStrategy(name: name, known: entries.keys.sorted()) }
    return try entry.make(decoder, settings)
  }
}

/// A config names a strategy that nobody registered.
public struct UnknownStrategy: Error, Equatable, CustomStringConvertible {
  /// The name in the config.
  public let name: String
  /// The names that would have worked.
  public let known: [String]

  /// The name and what is known.
  public var description: String { "unknown strategy '\(name)'; known: \(known.joined(separator: ", "))" }
}

/// Two strategies, or two shifts, have one name.
public struct NameTaken: Error, Equatable, CustomStringConvertible {
  /// What has the name: `strategy` or `shift`.
  public let kind: String
  /// The name.
  public let name: String
  /// The type that came second.
  public let type: String

  /// The name and what to change.
  public var description: String {
    "the \(kind) \(type) has the name '\(name)', which another \(kind) has; give it a name of its own in "
      + "'static let name'"
  }
}
