public import AttuneCore

/// Matrices in NumPy's npy files.
///
/// - Source: NumPy Enhancement Proposal 1, A simple file format for NumPy arrays.
public enum NPY {
  /// The matrix in the file at `path`, which may be packed with gzip.
  ///
  /// Reads versions 1 to 3, 32- and 64-bit floats, integers of 1 to 8 bytes and booleans of either byte order, in C or
  /// Fortran order. Values are rounded to 32-bit floats. The first dimension counts the rows; the others are laid out
  /// in one row, the last fastest. A one-dimensional array of n numbers is n samples of one value, `[n, 1]`. Arrays of
  /// objects, of text or without elements are refused.
  ///
  /// - Parameter allowingNonFinite: whether NaN and infinite values may pass.
  /// - Throws: `FileError` if the file cannot be read, `DataError` if it is not such an array, is cut or has bytes left
  ///   over, or holds a value that is not finite as a 32-bit float.
  public static func read(path: String, allowingNonFinite: Bool = false) throws -> Matrix {
    try parse(bytes(at: path), path: path, allowingNonFinite: allowingNonFinite)
  }

  /// Writes a matrix as a two-dimensional array of type `<f4`, version 1; the file is replaced whole or not at all.
  ///
  /// - Throws: `FileError` if the file cannot be written.
  public static func write(_ matrix: Matrix, to path: String) throws {
    try AtomicFile.write(encode(matrix), to: path)
  }

  static func encode(_ matrix: Matrix) -> [UInt8] {
    var bytes = header(rows: matrix.rows, columns: matrix.columns)
    appendElements(of: matrix, to: &bytes)
    return bytes
  }

  /// The header of a two-dimensional array of type `<f4`; 128 bytes for any number of rows below 10¹⁸.
  static func header(rows: Int, columns: Int) -> [UInt8] {
    let literal = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
    let unpadded = 10 + literal.utf8.count + 1
    let padding = (64 - unpadded % 64) % 64
    let length = literal.utf8.count + padding + 1
    return NPYHeader.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + literal.utf8
      + repeatElement(0x20, count: padding) + [0x0A]
  }

  static func appendElements(of matrix: Matrix, to bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + matrix.count * 4)
    matrix.withElements { elements in
      for element in elements {
        let bits = element.bitPattern
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
      }
    }
  }

  /// The bytes of a file, unpacked, after its header was found to fit its size where it is not packed.
  static func bytes(at path: String) throws -> [UInt8] {
    let start = try InputFile.start(of: path, count: 1 << 20)
    if !Gzip.isPacked(start.bytes) { _ = try NPYHeader(start.bytes, fileSize: start.size, path: path) }
    return try InputFile.unpackedBytes(at: path)
  }

  static func parse(_ bytes: [UInt8], path: String, allowingNonFinite: Bool = false) throws -> Matrix {
    try parseArray(bytes, path: path, allowingNonFinite: allowingNonFinite).matrix
  }

  /// The array as a matrix, and its dimensions.
  static func parseArray(
    _ bytes: [UInt8], path: String, allowingNonFinite: Bool = false
  ) throws -> (matrix: Matrix, dimensions: [Int]) {
    let header = try NPYHeader(bytes, path: path)
    let rows = header.shape[0], places = elementPlaces(of: header)
    let columns = places.count, rowStride = header.isFortranOrder ? 1 : columns
    var problems: [DataError.Problem] = [], problemCount = 0
    let matrix = Matrix(rows: rows, columns: columns) { out in
      for row in 0..<rows {
        for column in 0..<columns {
          let index = row * rowStride + places[column]
          let (value, text) = element(at: header.dataOffset + index * header.size, of: header, in: bytes)
          out[row * columns + column] = value
          if text == nil && (value.isFinite || allowingNonFinite) { continue }
          problemCount += 1
          guard problems.count < DataError.problemLimit else { continue }
          problems.append(
            .init(
              row: row + 1, column: "\(column + 1)", value: text ?? "\(value)",
              expected: text == nil ? "a finite number that fits 32 bits" : "a boolean of 0 or 1"))
        }
      }
    }
    guard problemCount == 0 else {
      throw DataError(
        path: path, problems: problems, count: problemCount, advice: "replace or remove these values, then save again")
    }
    return (matrix, header.shape)
  }

  /// Where the elements of the first row stand, counted in elements from the start of the data.
  private static func elementPlaces(of header: NPYHeader) -> [Int] {
    guard header.isFortranOrder else { return Array(0..<header.shape.dropFirst().reduce(1, *)) }
    var places = [0], stride = header.shape[0]
    for dimension in header.shape.dropFirst() {
      // The first index runs fastest in the file, the last fastest in the row.
      places = places.flatMap { place in (0..<dimension).map { place + $0 * stride } }
      stride *= dimension
    }
    return places
  }

  /// The element at `offset`; the text tells what is wrong with a boolean.
  @inline(__always)
  private static func element(at offset: Int, of header: NPYHeader, in bytes: [UInt8]) -> (Float, String?) {
    var bits: UInt64 = 0
    for i in 0..<header.size {
      bits = bits << 8 | UInt64(bytes[offset + (header.isBigEndian ? i : header.size - 1 - i)])
    }
    switch header.kind {
    case .float where header.size == 4: return (Float(bitPattern: UInt32(bits)), nil)
    case .float: return (Float(Double(bitPattern: bits)), nil)
    case .unsigned: return (Float(bits), nil)
    case .signed:
      let unused = UInt64(64 - 8 * header.size)
      return (Float(Int64(bitPattern: bits << unused) >> Int64(unused)), nil)
    case .boolean: return (Float(bits), bits > 1 ? "\(bits)" : nil)
    }
  }

  static func failure(_ path: String, _ expected: String) -> DataError {
    DataError(
      path: path, problems: [.init(expected: expected)],
      advice: "save the array again with numpy.save(path, array.astype('float32'))")
  }
}
