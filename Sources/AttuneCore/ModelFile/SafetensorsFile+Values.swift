extension SafetensorsFile.Tensor {
  /// A tensor of single precision from a matrix.
  ///
  /// - Parameter shape: the shape to store; without one `[rows, columns]`. It must have as many elements.
  public init(_ matrix: Matrix, shape: [Int]? = nil) {
    let bytes = matrix.withElements { Self.littleEndian($0, \.bitPattern) }
    self.init(dataType: .float32, shape: shape ?? [matrix.rows, matrix.columns], bytes: bytes)
  }

  /// A tensor of double precision.
  ///
  /// - Parameter shape: the shape to store; without one a vector. It must have as many elements.
  public init(_ values: [Double], shape: [Int]? = nil) {
    self.init(
      dataType: .float64, shape: shape ?? [values.count], bytes: Self.littleEndian(values, \.bitPattern))
  }

  /// A tensor of 64-bit integers.
  ///
  /// - Parameter shape: the shape to store; without one a vector. It must have as many elements.
  public init(_ values: [Int], shape: [Int]? = nil) {
    self.init(dataType: .int64, shape: shape ?? [values.count], bytes: Self.littleEndian(values) { Int64($0) })
  }

  /// The elements in single precision, from F32, F64, F16 or BF16.
  ///
  /// - Parameter allowingNonFinite: whether NaN and infinity may come, also from a double that single precision has no
  ///   room for.
  /// - Throws: `ModelFileError` with the tensor's name and the first bad element, or for another type.
  public func floats(allowingNonFinite: Bool = false) throws -> [Float] {
    let values: [Float]
    switch dataType {
    case .float32: values = elements { (bits: UInt32) in Float(bitPattern: bits) }
    case .float64: values = elements { (bits: UInt64) in Float(Double(bitPattern: bits)) }
    case .float16: values = elements { (bits: UInt16) in Float(Float16(bitPattern: bits)) }
    case .bfloat16: values = elements { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
    default: throw wrongType("floating-point numbers", from: "F32, F64, F16 or BF16")
    }
    if !allowingNonFinite { try requireFinite(values) }
    return values
  }

  /// The elements in double precision, from F64, F32, F16 or BF16.
  ///
  /// - Parameter allowingNonFinite: whether NaN and infinity may come.
  /// - Throws: `ModelFileError` with the tensor's name and the first bad element, or for another type.
  public func doubles(allowingNonFinite: Bool = false) throws -> [Double] {
    guard dataType == .float64 else { return try floats(allowingNonFinite: allowingNonFinite).map { Double($0) } }
    let values = elements { (bits: UInt64) in Double(bitPattern: bits) }
    if !allowingNonFinite { try requireFinite(values) }
    return values
  }

  /// The elements as integers, from I64, I32, U8 or BOOL (0 and 1).
  ///
  /// - Throws: `ModelFileError` for another type, or a boolean that is neither 0 nor 1.
  public func integers() throws -> [Int] {
    switch dataType {
    case .int64: return elements { (bits: UInt64) in Int(Int64(bitPattern: bits)) }
    case .int32: return elements { (bits: UInt32) in Int(Int32(bitPattern: bits)) }
    case .uint8: return bytes.map { Int($0) }
    case .bool:
      if let index = bytes.firstIndex(where: { $0 > 1 }) {
        throw error("element \(index) is \(bytes[index]), but a boolean is 0 or 1", remedy: "save it again as U8")
      }
      return bytes.map { Int($0) }
    default: throw wrongType("integers", from: "I64, I32, U8 or BOOL")
    }
  }

  /// The elements as a matrix: a vector is one row, other ranks than 1 and 2 are refused.
  ///
  /// - Parameter allowingNonFinite: whether NaN and infinity may come.
  /// - Throws: `ModelFileError` as `floats(allowingNonFinite:)` does, or for the rank.
  public func matrix(allowingNonFinite: Bool = false) throws -> Matrix {
    guard shape.count == 1 || shape.count == 2 else {
      throw error(
        "its shape \(shape) has \(shape.count) dimensions", remedy: "reshape it to one or two and save it again")
    }
    let values = try floats(allowingNonFinite: allowingNonFinite)
    return Matrix(rows: shape.count == 2 ? shape[0] : 1, columns: shape[shape.count - 1], values)
  }

  private func elements<Bits: FixedWidthInteger, Value>(_ convert: (Bits) -> Value) -> [Value] {
    bytes.withUnsafeBytes { buffer in
      (0..<buffer.count / MemoryLayout<Bits>.size).map {
        convert(Bits(littleEndian: buffer.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Bits>.size, as: Bits.self)))
      }
    }
  }

  private static func littleEndian<Value, Bits: FixedWidthInteger>(
    _ values: some Collection<Value>, _ bits: (Value) -> Bits
  ) -> [UInt8] {
    let words = values.map { bits($0).littleEndian }
    return words.withUnsafeBytes { Array($0) }
  }

  private func requireFinite(_ values: [some BinaryFloatingPoint]) throws {
    guard let index = values.firstIndex(where: { !$0.isFinite }) else { return }
    throw error(
      "element \(index) is \(values[index])", remedy: "train or convert it again, or allow values that are not finite")
  }

  private func wrongType(_ wanted: String, from types: String) -> ModelFileError {
    error("its dtype is \(dataType), but \(wanted) are needed", remedy: "save it as \(types)")
  }

  private func error(_ what: String, remedy: String) -> ModelFileError {
    ModelFileError(
      path: origin?.path ?? "", place: origin.map { .tensor($0.name) } ?? .file, what: what, remedy: remedy)
  }
}
