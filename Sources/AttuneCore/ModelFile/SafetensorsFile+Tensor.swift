extension SafetensorsFile {
  /// How the elements of a tensor are stored, under the format's own codes.
  ///
  /// In the order of the reference, which decides where a tensor's bytes go in a file: wider ones first, from the last
  /// case to the first.
  public enum DataType: String, Sendable, CaseIterable, CustomStringConvertible {
    /// One byte, 0 or 1.
    case bool = "BOOL"
    /// A floating-point format of four bits.
    case float4 = "F4"
    /// A floating-point format of six bits.
    case float6e2m3 = "F6_E2M3"
    /// A floating-point format of six bits.
    case float6e3m2 = "F6_E3M2"
    /// An unsigned integer of 8 bits.
    case uint8 = "U8"
    /// A signed integer of 8 bits.
    case int8 = "I8"
    /// A floating-point format of eight bits.
    case float8e5m2 = "F8_E5M2"
    /// A floating-point format of eight bits.
    case float8e4m3 = "F8_E4M3"
    /// A floating-point format of eight bits, an exponent only.
    case float8e8m0 = "F8_E8M0"
    /// A floating-point format of eight bits without infinities or a negative zero.
    case float8e4m3fnuz = "F8_E4M3FNUZ"
    /// A floating-point format of eight bits without infinities or a negative zero.
    case float8e5m2fnuz = "F8_E5M2FNUZ"
    /// A signed integer of 16 bits.
    case int16 = "I16"
    /// An unsigned integer of 16 bits.
    case uint16 = "U16"
    /// IEEE half precision.
    case float16 = "F16"
    /// The upper half of single precision.
    case bfloat16 = "BF16"
    /// A signed integer of 32 bits.
    case int32 = "I32"
    /// An unsigned integer of 32 bits.
    case uint32 = "U32"
    /// IEEE single precision.
    case float32 = "F32"
    /// Two numbers of single precision.
    case complex64 = "C64"
    /// IEEE double precision.
    case float64 = "F64"
    /// A signed integer of 64 bits.
    case int64 = "I64"
    /// An unsigned integer of 64 bits.
    case uint64 = "U64"

    /// Bits of one element.
    public var bitWidth: Int {
      switch self {
      case .float4: 4
      case .float6e2m3, .float6e3m2: 6
      case .bool, .uint8, .int8, .float8e5m2, .float8e4m3, .float8e8m0, .float8e4m3fnuz, .float8e5m2fnuz: 8
      case .int16, .uint16, .float16, .bfloat16: 16
      case .int32, .uint32, .float32: 32
      case .complex64, .float64, .int64, .uint64: 64
      }
    }

    /// The format's code, `"F32"`.
    public var description: String { rawValue }

    /// The bytes that elements of a shape take; nil if they are no whole number or more than an `Int` counts.
    public func byteCount(shape: [Int]) -> Int? {
      var bits = 1
      for factor in shape + [bitWidth] {
        let (product, overflow) = bits.multipliedReportingOverflow(by: factor)
        if overflow || factor < 0 { return nil }
        bits = product
      }
      return bits % 8 == 0 ? bits / 8 : nil
    }
  }

  /// Elements of one type in row-major order, as bytes.
  public struct Tensor: Sendable, Equatable {
    /// Where a tensor comes from, for messages.
    struct Origin: Sendable {
      let path: String
      let name: String
    }

    /// How the elements are stored.
    public let dataType: DataType
    /// The length of each dimension, the slowest first; empty for a scalar.
    public let shape: [Int]
    /// The elements, little-endian.
    public let bytes: [UInt8]
    /// Set by `SafetensorsFile.tensor(_:)`.
    var origin: Origin?

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// A tensor of bytes, as many as the shape asks for.
    public init(dataType: DataType, shape: [Int], bytes: [UInt8]) {
      precondition(
        dataType.byteCount(shape: shape) == bytes.count,
        "\(bytes.count) bytes are no \(dataType) of shape \(shape)")
      self.dataType = dataType
      self.shape = shape
      self.bytes = bytes
    }

    /// Equal types, shapes and bytes: NaN is equal to itself, −0 differs from 0.
    public static func == (left: Tensor, right: Tensor) -> Bool {
      left.dataType == right.dataType && left.shape == right.shape && left.bytes == right.bytes
    }
  }
}
