public import AttuneCore

/// Arrays in IDX files, the format of MNIST.
///
/// Big-endian: two zeros, the type of the elements, the number of dimensions, 32 bits for each dimension, the elements
/// in row-major order.
///
/// - Source: LeCun, Cortes, Burges, The MNIST database of handwritten digits, "File formats".
public struct IDX: Sendable, Equatable {
  /// The elements: one row for each index of the first dimension, the others laid out in it, the last fastest.
  public let matrix: Matrix
  /// The dimensions, one or more, none of them zero.
  public let dimensions: [Int]

  /// How an element is stored; the raw value is the third byte of the file.
  private enum Element: UInt8, CaseIterable {
    case unsignedByte = 0x08
    case signedByte = 0x09
    case short = 0x0B
    case integer = 0x0C
    case float = 0x0D
    case double = 0x0E

    var size: Int {
      switch self {
      case .unsignedByte, .signedByte: 1
      case .short: 2
      case .integer, .float: 4
      case .double: 8
      }
    }

    func value(_ bits: UInt64) -> Float {
      switch self {
      case .unsignedByte: Float(bits)
      case .signedByte: Float(Int8(truncatingIfNeeded: bits))
      case .short: Float(Int16(truncatingIfNeeded: bits))
      case .integer: Float(Int32(truncatingIfNeeded: bits))
      case .float: Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      case .double: Float(Double(bitPattern: bits))
      }
    }
  }

  /// The array in the file at `path`, which may be a gzip file whatever its name.
  ///
  /// - Throws: `FileError` if the file cannot be read, `PackedFileError` if it cannot be unpacked, `DataError` if it is
  ///   no such array, is cut or has bytes left over, or holds a value that is not finite as a 32-bit float.
  public init(path: String) throws {
    // A header has at most 255 dimensions.
    let start = try InputFile.start(of: path, count: 4 + 4 * 255)
    if !Gzip.isPacked(start.bytes) { _ = try Self.header(start.bytes, size: start.size, path: path) }
    try self.init(InputFile.unpackedBytes(at: path), path: path)
  }

  init(_ bytes: [UInt8], path: String) throws {
    let (element, dimensions, start) = try Self.header(bytes, size: bytes.count, path: path)
    self.dimensions = dimensions
    matrix = Matrix(rows: dimensions[0], columns: (bytes.count - start) / element.size / dimensions[0]) { out in
      IDX.fill(out, from: bytes, start: start, element)
    }
    try IDX.requireFinite(matrix, path: path)
  }

  /// The type of the elements, the dimensions, and where the elements begin.
  ///
  /// - Parameters:
  ///   - bytes: the first ones of the file, with the whole header.
  ///   - size: the number of all.
  private static func header(
    _ bytes: [UInt8], size: Int, path: String
  ) throws -> (element: Element, dimensions: [Int], start: Int) {
    func failure(_ expected: String) -> DataError {
      DataError(path: path, problems: [.init(expected: expected)], advice: "copy or download the file again")
    }
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0 else {
      throw failure("an IDX file, which begins with two zeros, an element type and the number of dimensions")
    }
    guard let element = Element(rawValue: bytes[2]) else {
      throw failure("an element type from 08, 09, 0b, 0c, 0d, 0e, not \(String(bytes[2], radix: 16))")
    }
    let rank = Int(bytes[3]), start = 4 + 4 * rank
    guard rank >= 1 else { throw failure("one dimension or more") }
    guard size >= start else {
      throw failure("\(rank) dimensions in \(start) bytes of header, but the file has \(size)")
    }
    let dimensions = (0..<rank).map { i in bytes[(4 + 4 * i)..<(8 + 4 * i)].reduce(0) { $0 << 8 | Int($1) } }
    let shape = dimensions.map(String.init).joined(separator: "×"), present = size - start
    guard let needed = IDX.product(dimensions + [element.size]), needed == present else {
      throw failure("as many bytes of data as \(shape) elements of \(element.size) need, but the file has \(present)")
    }
    guard needed > 0 else { throw failure("at least one element, but the dimensions are \(shape)") }
    return (element, dimensions, start)
  }

  private static func fill(
    _ out: UnsafeMutableBufferPointer<Float>, from bytes: [UInt8], start: Int, _ element: Element
  ) {
    guard element != .unsignedByte else {
      for i in out.indices { out[i] = Float(bytes[start + i]) }
      return
    }
    for i in out.indices {
      let place = start + i * element.size
      out[i] = element.value(bytes[place..<(place + element.size)].reduce(0) { $0 << 8 | UInt64($1) })
    }
  }

  private static func requireFinite(_ matrix: Matrix, path: String) throws {
    guard !matrix.isFinite else { return }
    let elements = matrix.elements
    let bad = elements.indices.filter { !elements[$0].isFinite }
    throw DataError(
      path: path,
      problems: bad.prefix(DataError.problemLimit).map { index in
        .init(
          row: index / matrix.columns + 1, column: "\(index % matrix.columns + 1)",
          value: "\(elements[index])", expected: "a finite number that fits 32 bits")
      }, count: bad.count, advice: "replace or remove these values")
  }

  /// The product, nil where it overflows.
  private static func product(_ factors: [Int]) -> Int? {
    // A zero ends it: what comes after cannot overflow.
    guard !factors.contains(0) else { return 0 }
    var result = 1
    for factor in factors {
      let (next, overflow) = result.multipliedReportingOverflow(by: factor)
      guard !overflow else { return nil }
      result = next
    }
    return result
  }
}
