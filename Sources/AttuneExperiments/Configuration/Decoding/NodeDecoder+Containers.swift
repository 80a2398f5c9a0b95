/// The keys of a mapping, those left out taken from the defaults. Whatever names a key marks it as known.
struct KeyedNodeContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: NodeDecoder
  let mapping: ConfigMapping

  var codingPath: [any CodingKey] { decoder.codingPath }

  var allKeys: [Key] {
    let filled = decoder.defaults?.keys.filter { mapping[$0] == nil } ?? []
    return (mapping.keys + filled).compactMap { Key(stringValue: $0) }
  }

  func contains(_ key: Key) -> Bool { lookUp(key.stringValue) != nil }

  func decodeNil(forKey key: Key) throws -> Bool { try node(key.stringValue).node.isNull }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    let node = try node(key.stringValue)
    return try decoder.value(type, at: node, inheriting: inherited(key.stringValue, node))
  }

  /// The default of a key where the user changes some of its keys and does not say of what kind it is: of the same kind.
  private func inherited(_ key: String, _ written: VisitedNode) -> ConfigMapping? {
    guard let mapping = written.node.mapping, mapping["kind"] == nil, let filled = decoder.defaults?[key]?.mapping,
      filled["kind"] != nil
    else { return nil }
    return filled
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try decoder(at: key.stringValue).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(at: key.stringValue).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { try decoder(at: "super") }

  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(at: key.stringValue) }

  private func decoder(at key: String) throws -> NodeDecoder {
    NodeDecoder(state: decoder.state, visited: try node(key))
  }

  private func node(_ key: String) throws -> VisitedNode {
    guard let node = lookUp(key) else { throw decoder.missing(key) }
    return node
  }

  private func lookUp(_ key: String) -> VisitedNode? {
    let visited = decoder.visited
    visited.ask(key)
    if let written = visited.child(key) { return written }
    guard let filled = decoder.defaults?[key] else { return nil }
    return VisitedNode(filled, path: visited.path.appending(key: key), location: visited.location)
  }
}

/// The elements of a sequence, one after the other.
struct UnkeyedNodeContainer: UnkeyedDecodingContainer {
  let decoder: NodeDecoder
  let count: Int?
  private(set) var currentIndex = 0

  init(decoder: NodeDecoder, count: Int) {
    self.decoder = decoder
    self.count = count
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var isAtEnd: Bool { currentIndex >= (count ?? 0) }

  mutating func decodeNil() throws -> Bool {
    guard try element().node.isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try decoder.value(type, at: element())
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try superDecoder().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try superDecoder().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder {
    let element = try element()
    currentIndex += 1
    return NodeDecoder(state: decoder.state, visited: element)
  }

  private func element() throws -> VisitedNode {
    guard let element = decoder.visited.element(currentIndex) else {
      let visited = decoder.visited
      throw ConfigError(
        visited.location, visited.path, "expected more than \(currentIndex) elements, found \(count ?? 0)")
    }
    return element
  }
}

/// The node itself, as a scalar or handed on to another type.
struct SingleNodeContainer: SingleValueDecodingContainer {
  let decoder: NodeDecoder

  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool { decoder.visited.node.isNull }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try decoder.value(type, at: decoder.visited, inheriting: decoder.inherited)
  }
}
