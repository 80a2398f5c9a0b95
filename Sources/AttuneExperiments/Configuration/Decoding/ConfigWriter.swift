/// Writes configurations as block YAML that `ConfigParser` and `ConfigDecoder` read back to an equal value.
public enum ConfigWriter {
  /// Encodes a value.
  ///
  /// Keys come in the order in which the type encodes them, numbers in the shortest form that reads back the same,
  /// optionals without a value as `null`, and a string is quoted where it would else be read as something different.
  ///
  /// - Parameter value: A configuration with all its defaults filled in.
  /// - Returns: YAML that ends in a line feed.
  /// - Throws: `ConfigError` with the path of a value that YAML cannot hold here, such as NaN.
  public static func yaml(from value: some Encodable) throws -> String {
    try yaml(NodeEncoder.encode(value, at: ConfigLocation(source: "\(type(of: value))")))
  }

  /// Writes a node.
  ///
  /// - Parameter node: A configuration, as composed.
  /// - Returns: YAML that ends in a line feed.
  /// - Throws: `ConfigError` if a key is too long for YAML.
  public static func yaml(_ node: ConfigNode) throws(ConfigError) -> String {
    var lines: [String] = []
    try write(node, prefix: "", indent: 0, into: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  /// The plainest style in which a string stays that string.
  static func style(of text: String) -> ConfigScalar.Style {
    if ConfigScalar.isAmbiguous(text) || !text.unicodeScalars.allSatisfy(isPlain) || text.hasSuffix(" ") {
      return text.unicodeScalars.allSatisfy(isPrintable) ? .singleQuoted : .doubleQuoted
    }
    return .plain
  }

  /// Adds the lines of a node. `prefix` is what already stands in its first line: `- ` or `key:`.
  private static func write(
    _ node: ConfigNode, prefix: String, indent: Int, into lines: inout [String]
  ) throws(ConfigError) {
    let margin = String(repeating: " ", count: indent)
    if let line = inline(node, room: 100 - prefix.count) {
      lines.append(prefix.isEmpty || prefix.hasSuffix(" ") ? prefix + line : "\(prefix) \(line)")
      return
    }
    // A collection starts in the line of a dash, and in the next one after a key.
    var start: String? = prefix.isEmpty || prefix.hasSuffix(" ") ? prefix : nil
    if start == nil { lines.append(prefix) }
    for element in node.sequence ?? [] {
      try write(element, prefix: (start ?? margin) + "- ", indent: indent + 2, into: &lines)
      start = margin
    }
    for entry in node.mapping?.entries ?? [] {
      let key = (start ?? margin) + quoted(entry.key, style(of: entry.key)) + ":"
      guard key.unicodeScalars.count < 1_000, !entry.key.startsWithByteOrderMark else {
        let message = "this key is too long for YAML or starts with a byte order mark"
        throw ConfigError(entry.keyLocation, ConfigPath([.key(entry.key)]), message)
      }
      try write(entry.value, prefix: key, indent: indent + 2, into: &lines)
      start = margin
    }
  }

  /// A scalar, an empty collection, or a short sequence of scalars.
  private static func inline(_ node: ConfigNode, room: Int) -> String? {
    switch node.content {
    case .scalar(let scalar): return quoted(scalar)
    case .mapping(let mapping): return mapping.entries.isEmpty ? "{}" : nil
    case .sequence(let elements):
      guard elements.count <= 50 else { return nil }
      let texts = elements.compactMap { $0.scalar.map(quoted) }
      guard texts.count == elements.count else { return nil }
      let line = "[" + texts.joined(separator: ", ") + "]"
      return line.count <= room ? line : nil
    }
  }

  private static func quoted(_ scalar: ConfigScalar) -> String {
    if scalar.isString { return quoted(scalar.text, style(of: scalar.text)) }
    if scalar.isNull { return "null" }
    let isNumber = NumericText(scalar.text) != nil || (try? scalar.boolean()) != nil
    return isNumber ? scalar.text : quoted(scalar.text, style(of: scalar.text))
  }

  private static func quoted(_ written: String, _ style: ConfigScalar.Style) -> String {
    // Read back, `${` would ask for another value.
    let text = written.replacing("${", with: "$${")
    switch style {
    case .plain: return text
    case .singleQuoted: return "'" + text.replacing("'", with: "''") + "'"
    default:
      var result = "\""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        default:
          if isPrintable(scalar) { result.unicodeScalars.append(scalar) } else { result += escape(scalar) }
        }
      }
      return result + "\""
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// Letters, digits and signs that mean nothing to YAML inside a plain scalar.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return UInt8(scalar.value).isNameByte || " ./+()=".unicodeScalars.contains(scalar) }
    return scalar.properties.isAlphabetic
  }

  /// What YAML allows unescaped within one line.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }
}
