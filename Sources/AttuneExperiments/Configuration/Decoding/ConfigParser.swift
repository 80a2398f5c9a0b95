internal import AttuneCore
internal import Yams

/// Reads YAML text into a `ConfigNode`, with limits that hostile text cannot get around.
///
/// At most 1 MiB, 64 levels and 100,000 nodes; one document; string keys, each once per mapping; no anchors, aliases,
/// merge keys or tags beyond the core schema's, since a configuration is data that is read from top to bottom.
public enum ConfigParser {
  /// Most bytes of a text.
  public static let maximumBytes = 1 << 20
  /// Most levels of mappings and sequences.
  public static let maximumDepth = 64
  /// Most scalars, sequences, mappings and keys.
  public static let maximumNodes = 100_000

  /// Reads a text.
  ///
  /// - Parameters:
  ///   - text: YAML; a text without content is an empty mapping.
  ///   - file: The name that messages give it.
  /// - Throws: `ConfigError` with line and column.
  public static func parse(text: String, file: String) throws(ConfigError) -> ConfigNode {
    try parse(text, from: ConfigSource(name: file, hasLines: true))
  }

  /// Reads bytes, which must be UTF-8.
  ///
  /// - Parameters:
  ///   - bytes: The content of a file.
  ///   - file: The name that messages give it.
  /// - Throws: `ConfigError` with line and column.
  public static func parse(bytes: some Collection<UInt8>, file: String) throws(ConfigError) -> ConfigNode {
    let source = ConfigSource(name: file, hasLines: true)
    guard bytes.count <= maximumBytes else { throw ConfigGuards.tooLong(bytes.count, source) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let line = ConfigGuards.lineOfInvalidUTF8(Array(bytes))
      throw ConfigError(source.location(line: line, column: 1), ConfigPath(), "this line is not UTF-8 text")
    }
    return try parse(text, from: source)
  }

  static func parse(_ text: String, from source: ConfigSource) throws(ConfigError) -> ConfigNode {
    var text = text
    text.makeContiguousUTF8()
    try ConfigGuards.check(text, source)
    do {
      // The encoding is given because Yams else reads an environment variable and prints. The parser outlives its
      // nodes because they refer to their anchors weakly.
      let parser = try Parser(yaml: text, resolver: .basic, constructor: .default, encoding: .utf8)
      return try withExtendedLifetime(parser) {
        guard let root = try parser.singleRoot() else {
          return ConfigNode(.mapping(ConfigMapping()), at: source.location(line: 1, column: 1))
        }
        var composer = Composer(source: source)
        return try composer.node(root, ConfigPath())
      }
    } catch let error as ConfigError {
      throw error
    } catch let error as YamlError {
      throw YAMLFailure(error, text: text, source: source).error
    } catch {
      throw ConfigError(source.location(line: 1, column: 1), ConfigPath(), "not valid YAML: \(error)")
    }
  }
}

/// What locations of a text refer to.
struct ConfigSource {
  let name: String
  let hasLines: Bool

  func location(line: Int, column: Int) -> ConfigLocation {
    hasLines ? ConfigLocation(file: name, line: line, column: column) : ConfigLocation(source: name)
  }
}

/// Turns Yams' nodes into ours, counting them.
private struct Composer {
  let source: ConfigSource
  var count = 0

  mutating func node(_ node: Node, _ path: ConfigPath, isKey: Bool = false) throws(ConfigError) -> ConfigNode {
    let location = source.location(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    count += 1
    guard count <= ConfigParser.maximumNodes else {
      throw ConfigError(location, ConfigPath(), "more than \(ConfigParser.maximumNodes) values and keys")
    }
    if let anchor = node.anchor { throw ConfigGuards.anchor("&\(anchor.rawValue)", location) }
    switch node {
    case .scalar(let scalar):
      return ConfigNode(.scalar(try self.scalar(scalar, isKey: isKey, path, location)), at: location)
    case .sequence(let sequence):
      try checkCollection(sequence.tag, allowed: .seq, path, location)
      var elements: [ConfigNode] = []
      for (index, element) in sequence.enumerated() {
        elements.append(try self.node(element, path.appending(index: index)))
      }
      return ConfigNode(.sequence(elements), at: location)
    case .mapping(let mapping):
      try checkCollection(mapping.tag, allowed: .map, path, location)
      return ConfigNode(.mapping(try self.mapping(mapping, path)), at: location)
    case .alias:
      throw ConfigGuards.anchor("this alias", location)
    }
  }

  private mutating func mapping(_ mapping: Node.Mapping, _ path: ConfigPath) throws(ConfigError) -> ConfigMapping {
    var result = ConfigMapping()
    for (keyNode, value) in mapping {
      let key = try self.node(keyNode, path, isKey: true)
      let name = try self.name(of: key, path)
      guard result[name] == nil else {
        throw ConfigError(key.location, path.appending(key: name), "this key is given twice")
      }
      let child = try node(value, path.appending(key: name))
      result.set(ConfigMapping.Entry(key: name, keyLocation: key.location, value: child))
    }
    return result
  }

  private func name(of key: ConfigNode, _ path: ConfigPath) throws(ConfigError) -> String {
    guard let scalar = key.scalar else {
      throw ConfigError(key.location, path, "a key must be a string, found \(key.descriptionForMessage)")
    }
    if scalar.isString { return scalar.text }
    if scalar.text == "<<" {
      throw ConfigError(key.location, path, "merge keys ('<<') are not supported", "write the keys out")
    }
    if scalar.isNull || (try? scalar.boolean()) != nil || NumericText(scalar.text) != nil {
      let found = scalar.isNull ? "null" : scalar.text.quotedForMessage
      throw ConfigError(key.location, path, "a key must be a string, found \(found)", "put it in quotes")
    }
    return scalar.text
  }

  private func scalar(
    _ scalar: Node.Scalar, isKey: Bool, _ path: ConfigPath, _ location: ConfigLocation
  ) throws(ConfigError) -> ConfigScalar {
    let style: ConfigScalar.Style =
      switch scalar.style {
      case .any, .plain: .plain
      case .singleQuoted: .singleQuoted
      case .doubleQuoted: .doubleQuoted
      case .literal: .literal
      case .folded: .folded
      }
    // Yams tags quoted scalars as strings by itself, and every key while it looks for duplicates.
    let name = scalar.tag.rawValue
    guard !name.isEmpty, !(name == ConfigScalar.Tag.string.rawValue && (isKey || style != .plain)) else {
      return ConfigScalar(scalar.string, style: style)
    }
    guard let tag = ConfigScalar.Tag(rawValue: name) else { throw unknownTag(name, path, location) }
    let result = ConfigScalar(scalar.string, style: style, tag: tag)
    guard result.fitsTag else {
      throw ConfigError(location, path, "\(scalar.string.quotedForMessage) is not what its tag \(short(name)) says")
    }
    return result
  }

  private func checkCollection(
    _ tag: Tag, allowed: Tag.Name, _ path: ConfigPath, _ location: ConfigLocation
  ) throws(ConfigError) {
    let name = tag.rawValue
    if !name.isEmpty, name != allowed.rawValue { throw unknownTag(name, path, location) }
    guard path.components.count < ConfigParser.maximumDepth else { throw ConfigGuards.tooDeep(location) }
  }

  private func unknownTag(_ name: String, _ path: ConfigPath, _ location: ConfigLocation) -> ConfigError {
    ConfigError(location, path, "tag \(short(name).quotedForMessage) is not supported", "remove it")
  }

  private func short(_ tag: String) -> String {
    let prefix = "tag:yaml.org,2002:"
    return tag.hasPrefix(prefix) ? "!!" + tag.dropFirst(prefix.count) : tag
  }
}
