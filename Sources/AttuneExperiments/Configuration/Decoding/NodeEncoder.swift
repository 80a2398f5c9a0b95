/// `Encoder` that makes a `ConfigNode`: keys in the order in which they are encoded, optional keys without a value null.
struct NodeEncoder: Encoder {
  let box: EncodedBox
  let path: ConfigPath
  let location: ConfigLocation

  var codingPath: [any CodingKey] { path.codingPath }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// Encodes a value; all nodes have one location.
  static func encode(_ value: some Encodable, at location: ConfigLocation) throws(ConfigError) -> ConfigNode {
    let encoder = NodeEncoder(box: EncodedBox(), path: ConfigPath(), location: location)
    try encoder.encode(value)
    return encoder.box.node(at: location)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    box.becomeMapping()
    return KeyedEncodingContainer(KeyedNodeEncoder<Key>(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    box.becomeSequence()
    return UnkeyedNodeEncoder(encoder: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { SingleNodeEncoder(encoder: self) }

  func encode(_ value: some Encodable) throws(ConfigError) {
    guard path.components.count <= ConfigParser.maximumDepth else { throw ConfigGuards.tooDeep(location) }
    if let scalar = try scalar(value) {
      box.become(scalar)
      return
    }
    do {
      try value.encode(to: self)
    } catch let error as ConfigError {
      throw error
    } catch {
      throw ConfigError(location, path, "cannot be encoded: \(error)")
    }
  }

  private func scalar(_ value: some Encodable) throws(ConfigError) -> ConfigScalar? {
    switch value {
    case let value as Bool: ConfigScalar(value ? "true" : "false")
    case let value as String: ConfigScalar(try string(value), style: ConfigWriter.style(of: value))
    case let value as any FixedWidthInteger & ScalarDecodable: ConfigScalar("\(value)")
    case let value as any BinaryFloatingPoint & ScalarDecodable: ConfigScalar(try number(value))
    default: nil
    }
  }

  /// The text, unless Yams would not read it back: it drops a byte order mark at the start of any scalar.
  private func string(_ value: String) throws(ConfigError) -> String {
    guard !value.startsWithByteOrderMark else {
      throw ConfigError(location, path, "a text that starts with a byte order mark cannot be written")
    }
    return value
  }

  /// The shortest text that reads back the same, always with a point: `0.001`, `1.0e-05`.
  private func number(_ value: some BinaryFloatingPoint) throws(ConfigError) -> String {
    guard value.isFinite else { throw ConfigError(location, path, "\(value) cannot be written to a configuration") }
    let text = "\(value)"
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  func nested(_ component: ConfigPath.Component, _ box: EncodedBox) -> NodeEncoder {
    NodeEncoder(box: box, path: ConfigPath(path.components + [component]), location: location)
  }
}

/// A node while it is being encoded.
final class EncodedBox {
  private enum Kind {
    case mapping, sequence
    case scalar(ConfigScalar)
  }

  private var kind = Kind.mapping
  private var keys: [String] = []
  private var boxes: [String: EncodedBox] = [:]
  private var elements: [EncodedBox] = []

  var count: Int { elements.count }

  func become(_ scalar: ConfigScalar) { kind = .scalar(scalar) }

  /// Takes on a node as it is.
  func become(_ node: ConfigNode) {
    switch node.content {
    case .scalar(let scalar): kind = .scalar(scalar)
    case .sequence(let elements):
      kind = .sequence
      for element in elements { append().become(element) }
    case .mapping(let mapping):
      kind = .mapping
      for entry in mapping.entries { child(entry.key).become(entry.value) }
    }
  }

  func becomeSequence() { kind = .sequence }
  func becomeMapping() { kind = .mapping }

  /// A new last element.
  func append() -> EncodedBox {
    elements.append(EncodedBox())
    return elements[elements.count - 1]
  }

  /// The box of a key, which a second container over the same mapping shares.
  func child(_ key: String) -> EncodedBox {
    if let known = boxes[key] { return known }
    let box = EncodedBox()
    keys.append(key)
    boxes[key] = box
    return box
  }

  func node(at location: ConfigLocation) -> ConfigNode {
    switch kind {
    case .scalar(let scalar): return ConfigNode(.scalar(scalar), at: location)
    case .sequence: return ConfigNode(.sequence(elements.map { $0.node(at: location) }), at: location)
    case .mapping:
      var mapping = ConfigMapping()
      for key in keys {
        guard let value = boxes[key]?.node(at: location) else { continue }
        mapping.set(ConfigMapping.Entry(key: key, keyLocation: location, value: value))
      }
      return ConfigNode(.mapping(mapping), at: location)
    }
  }
}

extension String {
  var startsWithByteOrderMark: Bool { unicodeScalars.first == "\u{FEFF}" }
}
