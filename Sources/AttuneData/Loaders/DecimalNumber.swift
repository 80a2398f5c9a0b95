/// Reads decimal numbers strictly: `[+-] digits [. digits] [e [+-] digits]`, nothing before or after. A decimal comma may be
/// asked for; then a point is refused.
enum DecimalNumber {
  /// Powers of ten that a double holds exactly.
  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
    1e20, 1e21, 1e22,
  ]

  /// A decimal number as it was read: `±mantissa · 10^power`.
  private struct Digits {
    var negative = false
    /// Complete below 2⁵³; at or above it may have lost digits.
    var mantissa: UInt64 = 0
    var power = 0

    /// The number as a double, rounded once; nil where digits and power are not both exact.
    var exact: Double? {
      guard mantissa < 1 << 53, abs(power) <= 22 else { return nil }
      return power < 0 ? Double(mantissa) / powers[-power] : Double(mantissa) * powers[power]
    }
  }

  /// The nearest float of the number in `range` of `bytes`; nil if it is no decimal number or too large for a float.
  ///
  /// Up to 2⁵³ and ten to the ±22 a double holds digits and power exactly, so one operation rounds correctly; its
  /// rounding to a float is correct too unless it lies half-way between two. The rest goes to the standard library.
  static func float(_ bytes: [UInt8], _ range: Range<Int>, mark: UInt8 = UInt8(ascii: ".")) -> Float? {
    guard let digits = digits(bytes, range, mark: mark) else { return nil }
    if let magnitude = digits.exact {
      let isTie = magnitude.bitPattern & 0x1FFF_FFFF == 0x1000_0000
      let isOrdinary = magnitude == 0 || magnitude >= Double(Float.leastNormalMagnitude)
      if !isTie && isOrdinary {
        let value = Float(digits.negative ? -magnitude : magnitude)
        return value.isFinite ? value : nil
      }
    }
    guard let value = Float(text(bytes, range, mark: mark)), value.isFinite else { return nil }
    return value
  }

  /// The nearest double of the number in `range` of `bytes`; nil if it is no decimal number or too large for a double.
  static func double(_ bytes: [UInt8], _ range: Range<Int>, mark: UInt8 = UInt8(ascii: ".")) -> Double? {
    guard let digits = digits(bytes, range, mark: mark) else { return nil }
    if let magnitude = digits.exact { return digits.negative ? -magnitude : magnitude }
    guard let value = Double(text(bytes, range, mark: mark)), value.isFinite else { return nil }
    return value
  }

  private static func text(_ bytes: [UInt8], _ range: Range<Int>, mark: UInt8) -> String {
    String(decoding: bytes[range].map { $0 == mark ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
  }

  @inline(__always)
  private static func digits(_ bytes: [UInt8], _ range: Range<Int>, mark: UInt8) -> Digits? {
    let end = range.upperBound
    var i = range.lowerBound
    guard i < end else { return nil }
    var result = Digits(), count = 0
    result.negative = bytes[i] == UInt8(ascii: "-")
    if result.negative || bytes[i] == UInt8(ascii: "+") { i += 1 }
    var mantissa: UInt64 = 0, power = 0
    while i < end, let digit = digit(bytes[i]) {
      if mantissa < 1 << 53 { mantissa = mantissa * 10 + digit } else { power += 1 }
      (count, i) = (count + 1, i + 1)
    }
    if i < end, bytes[i] == mark {
      i += 1
      while i < end, let digit = digit(bytes[i]) {
        if mantissa < 1 << 53 { (mantissa, power) = (mantissa * 10 + digit, power - 1) }
        (count, i) = (count + 1, i + 1)
      }
    }
    guard count > 0 else { return nil }
    if i < end, bytes[i] | 0x20 == UInt8(ascii: "e") {
      guard let exponent = exponent(bytes, &i, end) else { return nil }
      power += exponent
    }
    guard i == end else { return nil }
    (result.mantissa, result.power) = (mantissa, power)
    return result
  }

  /// Whether the text is a decimal number.
  static func isNumber(_ text: String, mark: UInt8 = UInt8(ascii: ".")) -> Bool {
    let bytes = Array(text.utf8)
    return float(bytes, bytes.indices, mark: mark) != nil
  }

  @inline(__always) private static func digit(_ byte: UInt8) -> UInt64? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? UInt64(value) : nil
  }

  /// The exponent that starts with the `e` at `i`, limited to ±100,000; nil without a digit.
  private static func exponent(_ bytes: [UInt8], _ i: inout Int, _ end: Int) -> Int? {
    i += 1
    var negative = false
    if i < end, bytes[i] == UInt8(ascii: "-") || bytes[i] == UInt8(ascii: "+") {
      negative = bytes[i] == UInt8(ascii: "-")
      i += 1
    }
    var value = 0, digits = 0
    while i < end, let digit = digit(bytes[i]) {
      value = min(value * 10 + Int(digit), 100_000)
      (digits, i) = (digits + 1, i + 1)
    }
    return digits > 0 ? (negative ? -value : value) : nil
  }
}
