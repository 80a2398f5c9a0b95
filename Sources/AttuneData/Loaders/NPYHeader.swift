/// The header of an npy file: element type, order and shape, read from the bytes and checked against their number.
struct NPYHeader: Equatable {
  /// How an element is stored.
  enum Kind: Character {
    case float = "f"
    case signed = "i"
    case unsigned = "u"
    case boolean = "b"
  }

  var kind: Kind
  /// Bytes of an element.
  var size: Int
  var isBigEndian: Bool
  var isFortranOrder: Bool
  var shape: [Int]
  /// Where the elements start.
  var dataOffset: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// More dimensions than this are taken for a broken file.
  static let dimensionLimit = 8

  /// - Parameters:
  ///   - bytes: the first ones of the file, with the whole header.
  ///   - fileSize: the number of all; nil where `bytes` are all.
  init(_ bytes: [UInt8], fileSize: Int? = nil, path: String) throws {
    let size = fileSize ?? bytes.count
    func failure(_ expected: String) -> DataError { NPY.failure(path, expected) }
    guard bytes.count >= 10, bytes.starts(with: NPYHeader.magic) else {
      throw failure("an npy file, which begins with \\x93NUMPY")
    }
    let version = bytes[6]
    guard (1...3).contains(version), bytes[7] == 0 else {
      throw failure("format version 1.0, 2.0 or 3.0, not \(version).\(bytes[7])")
    }
    let start = version == 1 ? 10 : 12
    guard bytes.count >= start else { throw failure("a header length") }
    let length = bytes[8..<start].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= size - start else {
      throw failure("a header of \(length) bytes, but the file ends after \(size - start)")
    }
    guard length <= bytes.count - start else {
      throw failure("a header of less than \(bytes.count) bytes, not \(length)")
    }
    dataOffset = start + length
    let text = bytes[start..<dataOffset]
    guard version == 3 || text.allSatisfy({ $0 < 0x80 }) else { throw failure("a header in ASCII") }
    var parser = NPYHeaderParser(text)
    guard let entries = parser.dictionary() else {
      throw failure("a header like {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }")
    }
    guard entries.description.count >= 2 else { throw failure("an element type such as '<f4'") }
    (isFortranOrder, shape) = (entries.isFortranOrder, entries.shape)
    (kind, self.size, isBigEndian) = try NPYHeader.element(entries.description, failure)
    guard (1...NPYHeader.dimensionLimit).contains(shape.count) else {
      throw failure("1 to \(NPYHeader.dimensionLimit) dimensions, not \(shape.count)")
    }
    let (count, countOverflow) = shape.reduce((1, false)) { product, next in
      let (value, overflow) = product.0.multipliedReportingOverflow(by: next)
      return (value, product.1 || overflow)
    }
    let (needed, sizeOverflow) = count.multipliedReportingOverflow(by: self.size)
    let present = size - dataOffset
    guard !countOverflow && !sizeOverflow && needed == present else {
      let wanted = countOverflow || sizeOverflow ? "more bytes than can be counted" : "\(needed) bytes"
      throw failure("\(wanted) of data for shape \(shape), but the file has \(present)")
    }
    guard count > 0 else { throw failure("at least one element, but the shape is \(shape)") }
  }

  private static func element(
    _ description: String, _ failure: (String) -> DataError
  ) throws -> (Kind, Int, Bool) {
    let order = description.prefix(1), letters = description.dropFirst()
    guard let first = letters.first, let kind = Kind(rawValue: first), let size = Int(letters.dropFirst()),
      String(size) == letters.dropFirst(), ["<", ">", "|", "="].contains(order), order != "|" || size == 1
    else { throw failure("numbers or booleans, not elements of type '\(description)'") }
    let sizes: [Int]
    switch kind {
    case .float: sizes = [4, 8]
    case .signed, .unsigned: sizes = [1, 2, 4, 8]
    case .boolean: sizes = [1]
    }
    guard sizes.contains(size) else { throw failure("numbers or booleans, not elements of type '\(description)'") }
    return (kind, size, order == ">")
  }
}
