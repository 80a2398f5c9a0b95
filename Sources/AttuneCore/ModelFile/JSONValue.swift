/// A JSON value as it stands in the text: numbers keep their digits, objects their order.
public enum JSONValue: Equatable, Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number, as text.
  case number(JSONNumber)
  /// A string without its escapes.
  case string(String)
  /// Values in order.
  case array([JSONValue])
  /// Members with unique keys, in order.
  case object(JSONObject)

  /// The number as an integer; nil unless the text is one (`2`, not `2.0` or `2e0`) and fits.
  public var asInt: Int? {
    if case .number(let number) = self { number.asInt } else { nil }
  }

  /// The number; nil if the value is none.
  public var asDouble: Double? {
    if case .number(let number) = self { number.asDouble } else { nil }
  }

  /// The string; nil if the value is none.
  public var asString: String? {
    if case .string(let string) = self { string } else { nil }
  }

  /// The elements; nil if the value is no array.
  public var asArray: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members; nil if the value is no object.
  public var asObject: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// What kind of value it is, for messages: `"a string"`.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .number(let number): "the number \(number.text.count > 40 ? "\(number.text.prefix(40))…" : number.text)"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// A JSON number as it was written.
public struct JSONNumber: Equatable, Sendable {
  /// The characters of the number.
  public let text: String

  /// The scanner's: `text` follows the grammar of RFC 8259 and is in the range of a double.
  init(scanned text: String) { self.text = text }

  /// An integer.
  public init(_ value: Int) { text = String(value) }

  /// A finite number, in the fewest digits that give it back.
  public init(_ value: Double) {
    precondition(value.isFinite, "JSON has no \(value)")
    text = "\(value)"
  }

  /// The number if it is written as an integer and fits. `-0` is none: it means the negative zero of floating point.
  public var asInt: Int? { text == "-0" ? nil : Int(text) }

  /// The nearest double; nil if there is none.
  public var asDouble: Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }
}

/// The members of a JSON object: unique keys in the order of the text.
///
/// Keys are compared as Swift compares strings: two spellings of one text in Unicode (`é` as one scalar or as two) are
/// one key.
public struct JSONObject: Equatable, Sendable, ExpressibleByDictionaryLiteral {
  /// The keys in order.
  public private(set) var keys: [String] = []
  private var members: [String: JSONValue] = [:]

  /// An object without members.
  public init() {}

  /// An object of members in order, whose keys must differ.
  public init(dictionaryLiteral members: (String, JSONValue)...) {
    for (key, value) in members {
      precondition(self[key] == nil, "the key '\(key)' stands twice")
      self[key] = value
    }
  }

  /// The value of a key; a new key comes last, and nil removes the member.
  public subscript(key: String) -> JSONValue? {
    get { members[key] }
    set {
      let old = members.updateOrRemove(newValue, forKey: key)
      if newValue == nil {
        keys.removeAll { $0 == key }
      } else if old == nil {
        keys.append(key)
      }
    }
  }
}

extension Dictionary {
  /// Sets or removes, and gives the old value.
  fileprivate mutating func updateOrRemove(_ value: Value?, forKey key: Key) -> Value? {
    guard let value else { return removeValue(forKey: key) }
    return updateValue(value, forKey: key)
  }
}
