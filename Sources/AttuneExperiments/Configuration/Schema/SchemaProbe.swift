internal import AttuneCore

/// A decoder without values that writes down what it is asked for.
struct SchemaProbe: ConfigProbe {
  let generator: SchemaGenerator
  let run: SchemaRun
  /// Name of the type that is decoded, for descriptions.
  let owner: String
  /// The type's own defaults.
  var standard: ConfigMapping?

  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { generator.userInfo }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    if case .text = run.role { throw SchemaProbeError.mismatch }
    run.isMapping = true
    return KeyedDecodingContainer(
      KeyedSchemaProbe<Key>(probe: self, owner: SchemaGenerator.owner(ofKeys: type) ?? owner))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw SchemaProbeError.mismatch }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { SingleSchemaProbe(probe: self) }

  func kind(among known: [String]) throws -> String {
    run.kinds = known
    switch run.role {
    case .kind(let name?): return name
    case .text(let name):
      guard known.contains(name) else { throw SchemaProbeError.mismatch }
      return name
    case .mapping, .kind(nil): throw SchemaProbeError.needsKind
    }
  }

  func alternatives(_ first: (any Decoder) throws -> Void, or second: (any Decoder) throws -> Void) throws {
    try? first(self)
    try second(self)
  }

  func acceptAnything() { run.acceptsAnything = true }
  func acceptAnyMapping() { run.acceptsAnyMapping = true }
}

/// The keys of a mapping that is not there.
struct KeyedSchemaProbe<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let probe: SchemaProbe
  let owner: String

  var codingPath: [any CodingKey] { [] }
  var allKeys: [Key] { [] }

  func contains(_ key: Key) -> Bool {
    if key.stringValue == "kind" {
      probe.run.asksForKind = true
      if case .kind = probe.run.role { return true }
    }
    return probe.run.present.contains(key.stringValue)
  }

  func decodeNil(forKey key: Key) throws -> Bool { !contains(key) }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    let name = key.stringValue
    if name == "kind", type == String.self, case .kind(let kind?) = probe.run.role, let kind = kind as? Value {
      return kind
    }
    let standard = probe.standard?[name]
    note(type, name, isRequired: standard == nil, standard)
    if type == String.self {
      if let answer = probe.run.answers[name] as? Value { return answer }
      if probe.run.refusesText { throw SchemaProbeError.mismatch }
    }
    if let standard, let value = try? ConfigDecoder().decode(type, from: standard, userInfo: probe.userInfo) {
      return value
    }
    return try probe.generator.instance(of: type, fillsLists: probe.run.fillsLists)
  }

  private func optional<Value: Decodable>(_ type: Value.Type, _ key: Key) throws -> Value? {
    let name = key.stringValue
    note(type, name, isRequired: false, probe.standard?[name], allowsNull: true)
    guard contains(key) else { return nil }
    return try probe.generator.instance(of: type, fillsLists: true)
  }

  private func note<Value: Decodable>(
    _ type: Value.Type, _ key: String, isRequired: Bool, _ standard: ConfigNode?, allowsNull: Bool = false
  ) {
    let value = probe.generator.schema(of: type)
    let inherits = standard?.mapping?["kind"] != nil
    probe.run.note(
      SchemaProperty(
        key: key, value: value, isRequired: isRequired, standard: standard, inheritsKind: inherits,
        allowsNull: allowsNull, owner: owner))
  }

  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try optional(type, key) }
  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try optional(type, key) }
  func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try optional(type, key) }
  func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { try optional(type, key) }
  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try optional(type, key) }
  func decodeIfPresent(_ type: Int8.Type, forKey key: Key) throws -> Int8? { try optional(type, key) }
  func decodeIfPresent(_ type: Int16.Type, forKey key: Key) throws -> Int16? { try optional(type, key) }
  func decodeIfPresent(_ type: Int32.Type, forKey key: Key) throws -> Int32? { try optional(type, key) }
  func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try optional(type, key) }
  func decodeIfPresent(_ type: UInt.Type, forKey key: Key) throws -> UInt? { try optional(type, key) }
  func decodeIfPresent(_ type: UInt8.Type, forKey key: Key) throws -> UInt8? { try optional(type, key) }
  func decodeIfPresent(_ type: UInt16.Type, forKey key: Key) throws -> UInt16? { try optional(type, key) }
  func decodeIfPresent(_ type: UInt32.Type, forKey key: Key) throws -> UInt32? { try optional(type, key) }
  func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try optional(type, key) }
  func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
    try optional(type, key)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { throw SchemaProbeError.mismatch }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    throw SchemaProbeError.mismatch
  }
  func superDecoder() throws -> any Decoder { throw SchemaProbeError.mismatch }
  func superDecoder(forKey key: Key) throws -> any Decoder { throw SchemaProbeError.mismatch }
}

/// The value itself, as a scalar or handed on to another type.
struct SingleSchemaProbe: SingleValueDecodingContainer {
  let probe: SchemaProbe
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { false }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let node = SchemaGenerator.simple(type, probe.generator) {
      probe.run.singles.append(node)
      guard case .text(let text) = probe.run.role, let value = text as? Value else { throw SchemaProbeError.mismatch }
      return value
    }
    return try probe.generator.inline(type, in: probe.run)
  }
}
