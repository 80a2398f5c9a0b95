internal import AttuneCore

/// A configuration as it was written: scalars keep their text, mappings keep their order, everything knows its place.
///
/// Scalars have no type yet; `ConfigDecoder` resolves each against the type that is wanted.
public struct ConfigNode: Sendable, Equatable {
  /// What a node holds.
  public enum Content: Sendable, Equatable {
    /// A value as text.
    case scalar(ConfigScalar)
    /// Elements in order.
    case sequence([ConfigNode])
    /// Values by key, in order.
    case mapping(ConfigMapping)
  }

  /// What the node holds.
  public var content: Content
  /// Where it was written.
  public var location: ConfigLocation

  /// A node of some content at some place.
  public init(_ content: Content, at location: ConfigLocation) {
    self.content = content
    self.location = location
  }

  /// The elements, if this is a sequence.
  public var sequence: [ConfigNode]? {
    guard case .sequence(let elements) = content else { return nil }
    return elements
  }

  /// The entries, if this is a mapping.
  public var mapping: ConfigMapping? {
    guard case .mapping(let mapping) = content else { return nil }
    return mapping
  }

  /// The scalar, if this is one.
  public var scalar: ConfigScalar? {
    guard case .scalar(let scalar) = content else { return nil }
    return scalar
  }

  /// Whether this is a plain `null`, `~` or nothing.
  public var isNull: Bool { scalar?.isNull ?? false }

  /// What a message calls this node: `'ten'`, `the string 'ten'`, `null`, `a mapping`, `a sequence`.
  var descriptionForMessage: String {
    switch content {
    case .mapping: "a mapping"
    case .sequence: "a sequence"
    case .scalar(let scalar):
      if scalar.isNull { "null" } else { (scalar.isString ? "the string " : "") + scalar.text.quotedForMessage }
    }
  }
}

/// A scalar as text, with what the writer said about its type.
public struct ConfigScalar: Sendable, Hashable {
  /// How the text was quoted.
  public enum Style: Sendable, Hashable {
    /// Not at all; the only style whose text may be a number, a boolean or null.
    case plain
    /// `'…'`.
    case singleQuoted
    /// `"…"`.
    case doubleQuoted
    /// A block after `|`.
    case literal
    /// A block after `>`.
    case folded
  }

  /// A tag of the YAML 1.2 core schema; others are refused.
  public enum Tag: String, Sendable, Hashable {
    /// `!!str`.
    case string = "tag:yaml.org,2002:str"
    /// `!!int`.
    case integer = "tag:yaml.org,2002:int"
    /// `!!float`.
    case number = "tag:yaml.org,2002:float"
    /// `!!bool`.
    case boolean = "tag:yaml.org,2002:bool"
    /// `!!null`.
    case null = "tag:yaml.org,2002:null"
  }

  /// The text, without quotes and with escapes resolved.
  public var text: String
  /// How it was quoted.
  public var style: Style
  /// Its explicit tag.
  public var tag: Tag?

  /// A scalar of some text.
  public init(_ text: String, style: Style = .plain, tag: Tag? = nil) {
    self.text = text
    self.style = style
    self.tag = tag
  }
}

/// Values by key, in the order in which they were written, each key once.
public struct ConfigMapping: Sendable, Equatable {
  /// A key with its value.
  public struct Entry: Sendable, Equatable {
    /// The key.
    public var key: String
    /// Where the key was written.
    public var keyLocation: ConfigLocation
    /// The value.
    public var value: ConfigNode

    /// A key with its value.
    public init(key: String, keyLocation: ConfigLocation, value: ConfigNode) {
      self.key = key
      self.keyLocation = keyLocation
      self.value = value
    }
  }

  /// The entries in order.
  public private(set) var entries: [Entry] = []
  private var positions: [String: Int] = [:]

  /// A mapping without entries.
  public init() {}

  /// The keys in order.
  public var keys: [String] { entries.map(\.key) }

  /// The entry of a key.
  public func entry(_ key: String) -> Entry? { positions[key].map { entries[$0] } }
  /// The value of a key.
  public subscript(key: String) -> ConfigNode? { entry(key)?.value }

  /// Puts an entry in place of the one with its key, or at the end.
  public mutating func set(_ entry: Entry) {
    if let position = positions[entry.key] {
      entries[position] = entry
    } else {
      positions[entry.key] = entries.count
      entries.append(entry)
    }
  }

  /// Removes the entry of a key, if there is one.
  public mutating func remove(_ key: String) {
    guard let position = positions[key] else { return }
    entries.remove(at: position)
    positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.key, $0) })
  }
}
