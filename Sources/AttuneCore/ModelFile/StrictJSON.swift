/// Text that is not JSON as RFC 8259 and `StrictJSON` have it.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where, in bytes from the start of the text.
  public let offset: Int
  /// What stands there and what should.
  public let what: String

  /// The place and what is wrong there.
  public var description: String { "byte \(offset): \(what)" }
}

/// A strict reader of JSON (RFC 8259).
///
/// Of what lenient readers let pass it takes nothing: no duplicate keys, trailing commas, comments, byte order mark,
/// invalid UTF-8, lone surrogates, bare control characters, numbers beyond the range of a double, text after the value.
///
/// - Complexity: O(n) in bytes; containers are kept on a stack of its own, so no text can exhaust the thread's stack.
public struct StrictJSON {
  /// How deep arrays and objects may be nested; the outermost counts.
  public static let maximumDepth = 64

  /// The value of a text.
  ///
  /// - Parameters:
  ///   - bytes: the text in UTF-8.
  ///   - allowsLeadingWhitespace: whether white space may come before the value; after it it always may.
  /// - Throws: `JSONError` with the offset of the first byte that does not fit.
  public static func parse(_ bytes: [UInt8], allowsLeadingWhitespace: Bool = true) throws(JSONError) -> JSONValue {
    var reader = StrictJSON(JSONScanner(bytes))
    try reader.scanner.rejectByteOrderMark()
    reader.scanner.skipWhitespace()
    guard allowsLeadingWhitespace || reader.scanner.position == 0 else {
      throw JSONError(offset: 0, what: "white space before the value")
    }
    let value = try reader.value()
    reader.scanner.skipWhitespace()
    guard reader.scanner.isAtEnd else {
      throw reader.scanner.error("\(reader.scanner.found) after the end of the value; there must be one value only")
    }
    return value
  }

  /// The value of a string.
  ///
  /// - Throws: `JSONError` with the offset of the first byte that does not fit.
  public static func parse(_ text: String) throws(JSONError) -> JSONValue {
    try parse(Array(text.utf8))
  }

  /// An array or object whose end has not come yet.
  private struct Container {
    let isObject: Bool
    var elements: [JSONValue] = []
    var object = JSONObject()
    var key = ""
  }

  private var scanner: JSONScanner
  private var open: [Container] = []

  private init(_ scanner: JSONScanner) { self.scanner = scanner }

  private mutating func value() throws(JSONError) -> JSONValue {
    while true {
      var complete: JSONValue
      switch scanner.next {
      case UInt8(ascii: "{"):
        try begin(Container(isObject: true))
        guard scanner.take(UInt8(ascii: "}")) else {
          try readKey(after: "{")
          continue
        }
        complete = end()
      case UInt8(ascii: "["):
        try begin(Container(isObject: false))
        guard scanner.take(UInt8(ascii: "]")) else { continue }
        complete = end()
      default:
        complete = try scanner.scalar()
      }
      while true {
        guard let top = open.indices.last else { return complete }
        add(complete, to: top)
        guard try continues(open[top].isObject) else {
          complete = end()
          continue
        }
        break
      }
    }
  }

  private mutating func begin(_ container: Container) throws(JSONError) {
    guard open.count < Self.maximumDepth else {
      throw scanner.error("more than \(Self.maximumDepth) arrays and objects inside one another")
    }
    open.append(container)
    scanner.advance()
    scanner.skipWhitespace()
  }

  private mutating func add(_ value: JSONValue, to index: Int) {
    if open[index].isObject {
      open[index].object[open[index].key] = value
    } else {
      open[index].elements.append(value)
    }
  }

  private mutating func end() -> JSONValue {
    let container = open.removeLast()
    return container.isObject ? .object(container.object) : .array(container.elements)
  }

  /// Whether after an element another one comes; then everything before it is read.
  private mutating func continues(_ isObject: Bool) throws(JSONError) -> Bool {
    scanner.skipWhitespace()
    let closing = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
    if scanner.take(closing) { return false }
    let comma = scanner.position
    guard scanner.take(UInt8(ascii: ",")) else {
      throw scanner.error("\(scanner.found) where ',' or '\(isObject ? "}" : "]")' should stand")
    }
    scanner.skipWhitespace()
    if scanner.next == closing { throw JSONError(offset: comma, what: "a comma after the last element") }
    if isObject { try readKey(after: ",") }
    return true
  }

  private mutating func readKey(after token: String) throws(JSONError) {
    let start = scanner.position
    guard scanner.next == UInt8(ascii: "\"") else {
      throw scanner.error("\(scanner.found) where a key in quotes should stand after '\(token)'")
    }
    let key = try scanner.string()
    guard open[open.count - 1].object[key] == nil else {
      throw JSONError(offset: start, what: "the key \(JSONValue.quoted(key)) stands twice in one object")
    }
    open[open.count - 1].key = key
    scanner.skipWhitespace()
    guard scanner.take(UInt8(ascii: ":")) else {
      throw scanner.error("\(scanner.found) where ':' should stand after a key")
    }
    scanner.skipWhitespace()
  }
}
