internal import AttuneCore

/// One of the places in a recipe, with the kinds of part that can stand there.
public protocol RecipePlace: Sendable {
  /// What a part at this place can do, for example `any SelectionPart`.
  associatedtype Part: Sendable
  /// The key in config files.
  static var name: String { get }
  /// The kinds that config files can name.
  static var kinds: [PartKind<Part>] { get }
}

/// A kind of part at a place, without its type.
public struct PartKind<Part: Sendable>: Sendable {
  /// The name in config files.
  public let name: String
  /// One line on what it does.
  public let summary: String
  /// Whether it cannot serve a regression model.
  public let needsClasses: Bool
  /// The default settings.
  public let defaults: any Codable & Sendable
  fileprivate let decode: @Sendable (any Decoder) throws -> any Codable & Sendable
  fileprivate let make: @Sendable (any Codable & Sendable, RecipeSetup) throws -> Part
  fileprivate let access: @Sendable (any Codable & Sendable) -> SourceAccess

  /// The kind of a type of part.
  ///
  /// - Parameter erase: gives a part as what the place holds: `{ $0 }`.
  public init<P: RecipePart>(_ type: P.Type, _ erase: @escaping @Sendable (P) -> Part) {
    name = P.kind
    summary = P.summary
    needsClasses = P.needsClasses
    defaults = P.Configuration()
    decode = { try ChoiceCoding.settings(P.Configuration.self, from: $0) }
    make = { erase(try P(Self.settings($0), in: $1)) }
    access = { P.sourceAccess(Self.settings($0)) }
  }

  private static func settings<Settings>(_ settings: any Codable & Sendable) -> Settings {
    guard let settings = settings as? Settings else { preconditionFailure("settings of another part") }
    return settings
  }
}

/// A part in a config file: its kind with its settings, or the kind alone.
public struct PartChoice<Place: RecipePlace>: Codable, Sendable, CustomStringConvertible {
  /// The kind of part.
  public let kind: PartKind<Place.Part>
  /// Its settings.
  public let settings: any Codable & Sendable

  /// A part of a kind with settings of that kind.
  init(_ kind: PartKind<Place.Part>, _ settings: any Codable & Sendable) {
    self.kind = kind
    self.settings = settings
  }

  /// Decodes from a config; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let known = Place.kinds
    let name = try ChoiceCoding.kind(from: decoder, known: known.map(\.name))
    guard let kind = known.first(where: { $0.name == name }) else {
      preconditionFailure("the kind was checked against the list")
    }
    self.kind = kind
    settings = try kind.decode(decoder)
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    func encode(_ settings: some Encodable) throws { try ChoiceCoding.encode(kind: kind.name, settings, to: encoder) }
    try encode(settings)
  }

  /// The settings by name, without those that are nil.
  var values: [(name: String, value: Any)] {
    Mirror(reflecting: settings).children.compactMap { name, value in
      let mirror = Mirror(reflecting: value)
      guard mirror.displayStyle == .optional else { return (name: name ?? "", value: value) }
      return mirror.children.first.map { (name: name ?? "", value: $0.value) }
    }
  }

  /// Kind and settings, for example `moving-average (momentum 0.1, variance biased)`.
  public var description: String {
    let shown = values.map { "\($0.name) \($0.value)" }
    return shown.isEmpty ? kind.name : "\(kind.name) (\(shown.joined(separator: ", ")))"
  }

  /// What the part needs of the training data.
  public var sourceAccess: SourceAccess { kind.access(settings) }

  /// The part at its start.
  public func make(in setup: RecipeSetup) throws -> Place.Part { try kind.make(settings, setup) }
}
