/// The tokens of `StrictJSON`: white space, literals, numbers and strings.
struct JSONScanner {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position == bytes.count }
  /// The byte at the position; nil at the end.
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }
  /// The byte at the position, for messages.
  var found: String {
    switch next {
    case nil: "the end"
    case .some(let byte) where byte > 0x20 && byte < 0x7F: "'\(Character(Unicode.Scalar(byte)))'"
    case .some(let byte): "byte 0x\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
    }
  }

  func error(_ what: String) -> JSONError { JSONError(offset: position, what: what) }

  mutating func advance() { position += 1 }

  /// Passes `byte` and says so, if it is the next one.
  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  mutating func skipWhitespace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  func rejectByteOrderMark() throws(JSONError) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw error("a byte order mark; save the text as UTF-8 without one") }
  }

  /// A literal, number or string.
  mutating func scalar() throws(JSONError) -> JSONValue {
    switch next {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .number(try number())
    case UInt8(ascii: "t") where takeWord("true"): return .bool(true)
    case UInt8(ascii: "f") where takeWord("false"): return .bool(false)
    case UInt8(ascii: "n") where takeWord("null"): return .null
    case UInt8(ascii: "/"): throw error("'/' where a value should stand; JSON has no comments")
    default: throw error("\(found) where a value should stand")
    }
  }

  private mutating func takeWord(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard bytes.count - position >= length,
      bytes[position..<position + length].elementsEqual(word.description.utf8)
    else { return false }
    position += length
    return true
  }

  private mutating func number() throws(JSONError) -> JSONNumber {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if take(UInt8(ascii: "0")) {
      if isDigit(next) { throw error("a digit after a leading zero") }
    } else {
      try digits()
    }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    let number = JSONNumber(scanned: String(decoding: bytes[start..<position], as: UTF8.self))
    // Fewer characters than this without an exponent cannot leave the range.
    guard position - start < 18 && Int(number.text) != nil || number.asDouble != nil else {
      throw JSONError(offset: start, what: "a number beyond the range of a double")
    }
    return number
  }

  private mutating func digits() throws(JSONError) {
    guard isDigit(next) else { throw error("\(found) where a digit should stand") }
    while isDigit(next) { position += 1 }
  }

  private func isDigit(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// The string whose opening quote is next, without its escapes.
  mutating func string() throws(JSONError) -> String {
    let start = position
    position += 1
    var contents: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return String(decoding: contents, as: UTF8.self)
      case UInt8(ascii: "\\"):
        contents += String(try escape()).utf8
      case ..<0x20:
        throw error("the control character \(found) in a string; write it as an escape")
      case ..<0x80:
        contents.append(byte)
        position += 1
      default:
        let length = try sequenceLength(byte)
        contents += bytes[position..<position + length]
        position += length
      }
    }
    throw JSONError(offset: start, what: "a string without its closing quote")
  }

  /// The length of the UTF-8 sequence at the position, by table 3-7 of the Unicode standard.
  private func sequenceLength(_ lead: UInt8) throws(JSONError) -> Int {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
      length = 3
      if lead == 0xE0 { second = 0xA0...0xBF }
      if lead == 0xED { second = 0x80...0x9F }
    case 0xF0...0xF4:
      length = 4
      if lead == 0xF0 { second = 0x90...0xBF }
      if lead == 0xF4 { second = 0x80...0x8F }
    default: throw error("\(found), which begins no UTF-8 character")
    }
    guard bytes.count - position >= length, second.contains(bytes[position + 1]),
      bytes[position + 2..<position + length].allSatisfy({ (0x80...0xBF).contains($0) })
    else { throw error("a UTF-8 character that is not complete") }
    return length
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let start = position
    position += 1
    guard let byte = next else { throw error("the end after a backslash") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = try hexadecimal()
      if let scalar = Unicode.Scalar(unit) { return scalar }
      if unit < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
        let low = try hexadecimal()
        if (0xDC00...0xDFFF).contains(low),
          let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        {
          return scalar
        }
      }
      throw JSONError(offset: start, what: "half of a surrogate pair")
    default:
      throw JSONError(offset: start, what: "an escape that JSON does not have")
    }
  }

  /// Four hexadecimal digits.
  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("\(found) where a hexadecimal digit should stand")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
