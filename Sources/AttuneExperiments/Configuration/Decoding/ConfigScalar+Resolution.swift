/// A scalar that is not what was wanted; the decoder adds place and path.
struct ScalarFault: Error, Equatable {
  /// What was wanted, with its article: `an integer`.
  var expected: String
  /// What is wrong with what came, after `found '…'`.
  var reason: String?
  /// What to write instead.
  var suggestion: String?
}

/// The YAML 1.2 core schema, applied to the type that is wanted and not guessed from the text.
extension ConfigScalar {
  /// Whether the text is a string whatever it looks like, because it is quoted or tagged so.
  public var isString: Bool {
    if let tag { return tag == .string }
    return style != .plain
  }

  /// Whether this is null: nothing, `~`, `null`, `Null` or `NULL`, not quoted.
  public var isNull: Bool {
    !isString && ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// The boolean: `true`, `True`, `TRUE` and the same for false, not quoted.
  func boolean() throws(ScalarFault) -> Bool {
    let truths = ["true", "True", "TRUE"], falsehoods = ["false", "False", "FALSE"]
    if !isString {
      if truths.contains(text) { return true }
      if falsehoods.contains(text) { return false }
    }
    var fault = ScalarFault(expected: "true or false")
    switch text.utf8.count <= 5 ? text.lowercased() : "" {
    case "yes", "on", "y", "true": fault.suggestion = "write true"
    case "no", "off", "n", "false": fault.suggestion = "write false"
    default: break
    }
    if fault.suggestion != nil, isString { fault.suggestion?.append(" without quotes") }
    throw fault
  }

  /// The integer. A decimal point or an exponent is accepted where the value is a whole number.
  func integer<Value: FixedWidthInteger>(as type: Value.Type) throws(ScalarFault) -> Value {
    guard let number = NumericText(text) else { throw ScalarFault(expected: "an integer") }
    if isString { throw ScalarFault(expected: "an integer", suggestion: "remove the quotes") }
    guard number.isWhole else { throw ScalarFault(expected: "an integer") }
    guard let value = number.integer(as: type) else {
      throw ScalarFault(expected: "an integer", reason: "which is outside \(Value.min)...\(Value.max)")
    }
    return value
  }

  /// The number, which is finite in the wanted type; an integer is a number too.
  func number<Value: BinaryFloatingPoint & LosslessStringConvertible>(
    as type: Value.Type
  ) throws(ScalarFault) -> Value {
    guard let number = NumericText(text) else {
      let unsigned = text.first == "-" || text.first == "+" ? String(text.dropFirst()) : text
      let name = unsigned.utf8.count <= 9 ? unsigned.lowercased() : ""
      let isSpecial = [".nan", ".inf", "nan", "inf", "infinity"].contains(name)
      throw ScalarFault(expected: isSpecial ? "a finite number" : "a number")
    }
    if isString { throw ScalarFault(expected: "a number", suggestion: "remove the quotes") }
    guard let value = number.floatingPoint(as: type), value.isFinite else {
      throw ScalarFault(expected: "a number", reason: "which is too large for \(Value.self)")
    }
    guard value != 0 || number.isZero else {
      throw ScalarFault(expected: "a number", reason: "which is too close to zero for \(Value.self)")
    }
    return value
  }

  /// The string: the text of any scalar but null.
  func string() throws(ScalarFault) -> String {
    guard !isNull else { throw ScalarFault(expected: "a string", suggestion: "write '' for the empty string") }
    return text
  }

  /// Whether a plain scalar of this text would be read as something other than a string, by this schema or by the
  /// YAML 1.1 of other tools (`yes`, `1:30`, `2020-01-01`).
  static func isAmbiguous(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first else { return true }
    if !first.properties.isAlphabetic, first != "_", first != "/" { return true }
    let words: Set = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"]
    return text.utf8.count <= 8 && words.contains(text.lowercased())
  }

  /// Whether the text is what the explicit tag says.
  var fitsTag: Bool {
    switch tag {
    case nil, .string: true
    case .null: isNull
    case .boolean: (try? boolean()) != nil
    case .integer: NumericText(text)?.isWhole ?? false
    case .number: NumericText(text) != nil
    }
  }
}

/// A type that a single scalar spells.
protocol ScalarDecodable {
  /// Reads the scalar as this type.
  static func read(_ scalar: ConfigScalar) throws(ScalarFault) -> Self
  /// What is wanted, with its article.
  static var wanted: String { get }
}

extension Bool: ScalarDecodable {
  static func read(_ scalar: ConfigScalar) throws(ScalarFault) -> Bool { try scalar.boolean() }
  static var wanted: String { "true or false" }
}

extension String: ScalarDecodable {
  static func read(_ scalar: ConfigScalar) throws(ScalarFault) -> String { try scalar.string() }
  static var wanted: String { "a string" }
}

extension ScalarDecodable where Self: FixedWidthInteger {
  static func read(_ scalar: ConfigScalar) throws(ScalarFault) -> Self { try scalar.integer(as: Self.self) }
  static var wanted: String { "an integer" }
}

extension ScalarDecodable where Self: BinaryFloatingPoint & LosslessStringConvertible {
  static func read(_ scalar: ConfigScalar) throws(ScalarFault) -> Self { try scalar.number(as: Self.self) }
  static var wanted: String { "a number" }
}

extension Int: ScalarDecodable {}
extension Int8: ScalarDecodable {}
extension Int16: ScalarDecodable {}
extension Int32: ScalarDecodable {}
extension Int64: ScalarDecodable {}
extension UInt: ScalarDecodable {}
extension UInt8: ScalarDecodable {}
extension UInt16: ScalarDecodable {}
extension UInt32: ScalarDecodable {}
extension UInt64: ScalarDecodable {}
extension Double: ScalarDecodable {}
extension Float: ScalarDecodable {}
