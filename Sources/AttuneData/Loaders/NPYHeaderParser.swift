/// A parser of the one Python literal that an npy header is: a dictionary of three known keys.
struct NPYHeaderParser {
  struct Entries {
    var description: String
    var isFortranOrder: Bool
    var shape: [Int]
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: some Sequence<UInt8>) {
    self.bytes = Array(bytes)
  }

  /// The entries; nil if the text is anything else, a key is missing, unknown or given twice.
  mutating func dictionary() -> Entries? {
    var description: String?, order: Bool?, shape: [Int]?
    guard take("{") else { return nil }
    while !take("}") {
      guard let key = string(), take(":") else { return nil }
      switch key {
      case "descr" where description == nil: description = string()
      case "fortran_order" where order == nil: order = boolean()
      case "shape" where shape == nil: shape = tuple()
      default: return nil
      }
      guard take(",") || peek() == UInt8(ascii: "}") else { return nil }
    }
    skipBlanks()
    guard position == bytes.count, let description, let order, let shape else { return nil }
    return Entries(description: description, isFortranOrder: order, shape: shape)
  }

  private mutating func string() -> String? {
    guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
    let start = position + 1
    guard let end = bytes[start...].firstIndex(of: quote) else { return nil }
    position = end + 1
    let content = bytes[start..<end]
    guard !content.contains(UInt8(ascii: "\\")) else { return nil }
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func boolean() -> Bool? {
    skipBlanks()
    for (word, value) in [("True", true), ("False", false)] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    return nil
  }

  private mutating func tuple() -> [Int]? {
    guard take("(") else { return nil }
    var values: [Int] = [], endsInComma = false
    while !take(")") {
      guard values.isEmpty || endsInComma, let value = integer() else { return nil }
      values.append(value)
      endsInComma = take(",")
    }
    // `(3)` is a number in Python; a tuple of one is `(3,)`.
    return values.count == 1 && !endsInComma ? nil : values
  }

  private mutating func integer() -> Int? {
    skipBlanks()
    let digits = bytes[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !digits.isEmpty, digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
    position += digits.count
    return Int(String(decoding: digits, as: UTF8.self))
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// The next byte that is no blank.
  private mutating func peek() -> UInt8? {
    skipBlanks()
    return position < bytes.count ? bytes[position] : nil
  }

  private mutating func skipBlanks() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }
}
