/// The bytes of what a value keeps when it is encoded: 8 for a whole number or a double, 4 for a float, 1 for a truth value,
/// and those of texts in UTF-8.
enum StateSize {
  static func bytes(of value: some Encodable) throws -> Int {
    let counter = Counter()
    try value.encode(to: CountingEncoder(counter: counter))
    return counter.bytes
  }

  private final class Counter {
    var bytes = 0

    func add(_ value: some Encodable, _ encoder: CountingEncoder) throws {
      switch value {
      case let text as String: bytes += text.utf8.count
      case is Bool, is UInt8, is Int8: bytes += 1
      case is UInt16, is Int16: bytes += 2
      case is Float, is UInt32, is Int32: bytes += 4
      case is Double, is Int, is UInt, is Int64, is UInt64: bytes += 8
      case let numbers as [Double]: bytes += 8 * numbers.count
      case let numbers as [Float]: bytes += 4 * numbers.count
      default: try value.encode(to: encoder)
      }
    }
  }

  private struct CountingEncoder: Encoder {
    let counter: Counter
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
      KeyedEncodingContainer(Keyed<Key>(encoder: self))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer { Unkeyed(encoder: self) }
    func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }
    func add(_ value: some Encodable) throws { try counter.add(value, self) }
  }

  private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: CountingEncoder
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil(forKey key: Key) {}
    mutating func encode(_ value: some Encodable, forKey key: Key) throws { try encoder.add(value) }
    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { encoder.container(keyedBy: type) }
    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder.unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { encoder }
    mutating func superEncoder(forKey key: Key) -> any Encoder { encoder }
  }

  private struct Unkeyed: UnkeyedEncodingContainer {
    let encoder: CountingEncoder
    var codingPath: [any CodingKey] { [] }
    var count = 0

    mutating func encodeNil() { count += 1 }
    mutating func encode(_ value: some Encodable) throws {
      count += 1
      try encoder.add(value)
    }
    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
      encoder.container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder.unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { encoder }
  }

  private struct Single: SingleValueEncodingContainer {
    let encoder: CountingEncoder
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() {}
    mutating func encode(_ value: some Encodable) throws { try encoder.add(value) }
  }
}
