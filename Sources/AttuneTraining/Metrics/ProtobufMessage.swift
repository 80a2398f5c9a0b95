/// A message of protocol buffers: the four kinds of field that event files and ONNX models have.
struct ProtobufMessage {
  /// The message so far.
  private(set) var bytes: [UInt8] = []

  /// Adds an integer of at least 0.
  mutating func add(_ field: UInt64, _ value: Int) {
    addVariable(field << 3)
    addVariable(UInt64(value))
  }

  /// Adds a double.
  mutating func add(_ field: UInt64, _ value: Double) {
    addVariable(field << 3 | 1)
    bytes += LittleEndian.bytes(value.bitPattern)
  }

  /// Adds a float.
  mutating func add(_ field: UInt64, _ value: Float) {
    addVariable(field << 3 | 5)
    bytes += LittleEndian.bytes(value.bitPattern)
  }

  /// Adds a text, or a message in this one.
  mutating func add(_ field: UInt64, _ content: some Collection<UInt8>) {
    addVariable(field << 3 | 2)
    addVariable(UInt64(content.count))
    bytes += content
  }

  /// Adds the fields of another message after these.
  mutating func append(_ other: ProtobufMessage) { bytes += other.bytes }

  private mutating func addVariable(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// A field of a message that is read.
  enum Field: Equatable {
    case integer(UInt64, UInt64)
    case double(UInt64, Double)
    case float(UInt64, Float)
    case bytes(UInt64, ArraySlice<UInt8>)
  }

  /// The fields of a message in order; nil where the bytes are none.
  static func fields(in bytes: ArraySlice<UInt8>) -> [Field]? {
    var rest = bytes, fields: [Field] = []
    while !rest.isEmpty {
      guard let key = variable(&rest) else { return nil }
      let field = key >> 3
      switch key & 7 {
      case 0:
        guard let value = variable(&rest) else { return nil }
        fields.append(.integer(field, value))
      case 1:
        guard let bits = LittleEndian.number(UInt64.self, in: rest) else { return nil }
        fields.append(.double(field, Double(bitPattern: bits)))
        rest = rest.dropFirst(8)
      case 2:
        guard let count = variable(&rest), count <= UInt64(rest.count) else { return nil }
        fields.append(.bytes(field, rest.prefix(Int(count))))
        rest = rest.dropFirst(Int(count))
      case 5:
        guard let bits = LittleEndian.number(UInt32.self, in: rest) else { return nil }
        fields.append(.float(field, Float(bitPattern: bits)))
        rest = rest.dropFirst(4)
      default: return nil
      }
    }
    return fields
  }

  private static func variable(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0, shift: UInt64 = 0
    while let byte = rest.popFirst(), shift < 64 {
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    return nil
  }
}

/// Numbers as bytes, the lowest first.
enum LittleEndian {
  static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// The number in the first bytes; nil where there are too few.
  static func number<Number: FixedWidthInteger>(_ type: Number.Type, in bytes: ArraySlice<UInt8>) -> Number? {
    let size = MemoryLayout<Number>.size
    guard bytes.count >= size else { return nil }
    return bytes.prefix(size).reversed().reduce(0) { $0 << 8 | Number($1) }
  }
}
