/// A number in the spelling of the YAML 1.2 core schema, taken apart without losing a digit.
///
/// Decimal integers (`-12`, `012` is twelve, `1_000` as in Hydra), `0o17`, `0xff`, and decimals with a point or an
/// exponent (`.5`, `1.`, `1e-3`). The value is `±digits · radix^scale`.
struct NumericText {
  private let isNegative: Bool
  private let radix: Int
  private var digits: [UInt8] = []  // values, not characters
  private var scale = 0
  private let spelling: String

  /// Takes a text apart; nil if it is not a number.
  init?(_ text: String) {
    var bytes = Array(text.utf8)[...]
    let sign = bytes.first
    let isSigned = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
    isNegative = sign == UInt8(ascii: "-")
    if isSigned { bytes.removeFirst() }
    spelling = text.replacing("_", with: "")
    if !isSigned, bytes.count > 2, bytes.first == UInt8(ascii: "0"),
      let based = ["o": 8, "x": 16].first(where: { bytes[bytes.startIndex + 1] == $0.key.utf8.first })?.value
    {
      radix = based
      guard Self.takeDigits(from: &bytes, after: 2, radix: radix, into: &digits), bytes.isEmpty else { return nil }
      return
    }
    radix = 10
    let hasWhole = Self.takeDigits(from: &bytes, after: 0, radix: 10, into: &digits)
    if bytes.isEmpty, hasWhole { return }
    guard !text.utf8.contains(UInt8(ascii: "_")) else { return nil }
    let wholeCount = digits.count
    if bytes.first == UInt8(ascii: ".") {
      let hasFraction = Self.takeDigits(from: &bytes, after: 1, radix: 10, into: &digits)
      guard hasWhole || hasFraction else { return nil }
      scale = wholeCount - digits.count
    } else if !hasWhole {
      return nil
    }
    guard !bytes.isEmpty else { return }
    guard let exponent = Self.exponent(bytes) else { return nil }
    scale += exponent
  }

  /// Whether the value is zero.
  var isZero: Bool { digits.allSatisfy { $0 == 0 } }

  /// Whether the value is a whole number.
  var isWhole: Bool { isZero || scale >= 0 || digits.reversed().prefix { $0 == 0 }.count >= -scale }

  /// The value as an integer type; nil if it is not whole or does not fit.
  func integer<Value: FixedWidthInteger>(as type: Value.Type) -> Value? {
    guard isWhole else { return nil }
    if isZero { return 0 }
    let significant = Array(digits.drop { $0 == 0 })
    guard significant.count + scale <= 70, scale <= 70 else { return nil }
    let all = scale < 0 ? Array(significant.dropLast(-scale)) : significant + Array(repeating: 0, count: scale)
    var value: Value = 0
    for digit in all {
      let (product, overflow) = value.multipliedReportingOverflow(by: Value(radix))
      let (sum, carry) =
        isNegative
        ? product.subtractingReportingOverflow(Value(digit)) : product.addingReportingOverflow(Value(digit))
      if overflow || carry { return nil }
      value = sum
    }
    return value
  }

  /// The value rounded to a floating-point type, infinite if it is too large.
  func floatingPoint<Value: BinaryFloatingPoint & LosslessStringConvertible>(as type: Value.Type) -> Value? {
    guard radix != 10 else { return Value(spelling) }
    return digits.reduce(0) { $0 * Value(radix) + Value($1) }
  }

  /// Takes digits off the front, single underscores between them allowed; false if there was none or a stray one.
  private static func takeDigits(
    from bytes: inout ArraySlice<UInt8>, after skipped: Int, radix: Int, into digits: inout [UInt8]
  ) -> Bool {
    bytes = bytes.dropFirst(skipped)
    var last: UInt8?
    while let byte = bytes.first {
      if byte == UInt8(ascii: "_") {
        guard let previous = last, previous != byte else { return false }
      } else if let value = Character(UnicodeScalar(byte)).hexDigitValue, value < radix {
        digits.append(UInt8(value))
      } else {
        break
      }
      last = byte
      bytes.removeFirst()
    }
    return last != nil && last != UInt8(ascii: "_")
  }

  /// `e-3` as −3, held within ±10⁹, which no type reaches.
  private static func exponent(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.first == UInt8(ascii: "e") || bytes.first == UInt8(ascii: "E") else { return nil }
    var rest = bytes.dropFirst()
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    guard !rest.isEmpty else { return nil }
    var value = 0
    for byte in rest {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = min(value * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000_000)
    }
    return isNegative ? -value : value
  }
}
