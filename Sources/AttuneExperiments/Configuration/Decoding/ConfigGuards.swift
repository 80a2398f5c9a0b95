internal import AttuneCore

/// Limits that must hold before Yams sees a text.
///
/// Yams expands aliases and hashes every key with all that is in it, so that a few hundred bytes of aliases, or deep
/// mappings as keys, cost minutes. What makes that possible is refused here, by one pass over the bytes.
enum ConfigGuards {
  static func check(_ text: String, _ source: ConfigSource) throws(ConfigError) {
    let bytes = Array(text.utf8)
    guard bytes.count <= ConfigParser.maximumBytes else { throw tooLong(bytes.count, source) }
    if let (alias, position) = aliasWithAnchor(bytes) {
      throw anchor(alias, location(position, in: text, source))
    }
    var scanner = FlowScanner(bytes)
    switch scanner.firstFinding() {
    case .tooDeep(let position): throw tooDeep(location(position, in: text, source))
    case .collectionAsKey(let position):
      let kind = bytes[position] == UInt8(ascii: "{") ? "a mapping" : "a sequence"
      let place = location(position, in: text, source)
      throw ConfigError(place, ConfigPath(), "a key must be a string, found \(kind)", "put text in quotes")
    case nil: break
    }
    if let position = explicitKeys(bytes, limit: 8) {
      let place = location(position, in: text, source)
      throw ConfigError(place, ConfigPath(), "explicit keys ('? key') are not supported", "write 'key: value'")
    }
  }

  static func tooLong(_ count: Int, _ source: ConfigSource) -> ConfigError {
    let place = source.hasLines ? source.location(line: 1, column: 1) : ConfigLocation(source: source.name)
    return ConfigError(
      place, ConfigPath(), "\(count) bytes, more than the \(ConfigParser.maximumBytes) allowed",
      "a config is a YAML file, which names its data under data.source")
  }

  static func tooDeep(_ location: ConfigLocation) -> ConfigError {
    ConfigError(location, ConfigPath(), "nested deeper than \(ConfigParser.maximumDepth) levels")
  }

  static func anchor(_ text: String, _ location: ConfigLocation) -> ConfigError {
    ConfigError(
      location, ConfigPath(), "anchors and aliases are not supported, found \(text.quotedForMessage)",
      "write the value out, or put text in quotes")
  }

  /// Line and column, both from 1, of a byte.
  static func place(_ position: Int, in text: String) -> (line: Int, column: Int) {
    let before = text.utf8.prefix(position)
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { before.index(after: $0) } ?? before.startIndex
    let column = before[start...].count { $0 & 0xC0 != 0x80 }
    return (before.count { $0 == UInt8(ascii: "\n") } + 1, column + 1)
  }

  static func lineOfInvalidUTF8(_ bytes: [UInt8]) -> Int {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0) + 1
  }

  private static func location(_ position: Int, in text: String, _ source: ConfigSource) -> ConfigLocation {
    let (line, column) = place(position, in: text)
    return source.location(line: line, column: column)
  }

  /// The first `*name` for which there is an `&name`, wherever they stand.
  ///
  /// That they may stand in a comment or in quotes is accepted: both in one text is rare, missing a bomb is worse.
  private static func aliasWithAnchor(_ bytes: [UInt8]) -> (String, Int)? {
    var anchors: Set<ArraySlice<UInt8>> = []
    var aliases: [(name: ArraySlice<UInt8>, position: Int)] = []
    var index = 0
    while index < bytes.count {
      let sign = bytes[index]
      let follows = index > 0 && bytes[index - 1].isNameByte  // then it is inside a plain scalar
      index += 1
      guard sign == UInt8(ascii: "&") || sign == UInt8(ascii: "*"), !follows else { continue }
      let name = bytes[index...].prefix { $0.isNameByte }
      guard !name.isEmpty else { continue }
      if sign == UInt8(ascii: "&") { anchors.insert(name) } else { aliases.append((name, index - 1)) }
      index = name.endIndex
    }
    guard let first = aliases.first(where: { anchors.contains($0.name) }) else { return nil }
    return ("*" + String(decoding: first.name, as: UTF8.self), first.position)
  }

  /// The first of more than `limit` places where a `?` may introduce a key.
  private static func explicitKeys(_ bytes: [UInt8], limit: Int) -> Int? {
    var positions: [Int] = []
    let starts = [UInt8](" \t\r\n[{,".utf8), ends = [UInt8](" \t\r\n".utf8)
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "?") {
      guard index == 0 || starts.contains(bytes[index - 1]) else { continue }
      guard index + 1 == bytes.count || ends.contains(bytes[index + 1]) else { continue }
      positions.append(index)
      if positions.count > limit { return positions[0] }
    }
    return nil
  }
}
