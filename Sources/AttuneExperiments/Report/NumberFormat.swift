internal import Foundation

/// How the report writes numbers that are not the quality figure: with units, three significant digits, no locale.
enum NumberFormat {
  /// A number with `decimals` digits after the point and a true minus sign.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
    let text = String(format: "%.\(decimals)f", value)
    guard text.hasPrefix("-") else { return text }
    // A rounded negative zero is a zero.
    return text.dropFirst().allSatisfy { $0 == "0" || $0 == "." } ? String(text.dropFirst()) : "−" + text.dropFirst()
  }

  /// Digits after the point that show `digits` significant ones.
  static func decimals(_ value: Double, significant digits: Int) -> Int {
    guard value.isFinite, value != 0 else { return digits - 1 }
    let exponent = Int(log10(abs(value)).rounded(.down))
    // 9.996 has three digits as 10.0, not as 10.00.
    let rounded = abs(value) + 0.5 * pow(10, Double(exponent - digits + 1))
    let shown = rounded >= pow(10, Double(exponent + 1)) ? exponent + 1 : exponent
    return min(max(0, digits - 1 - shown), 12)
  }

  /// Digits after the point for all numbers of a column: those that show `digits` significant ones of the middle one;
  /// nil where the numbers call for powers of ten.
  static func sharedDecimals(_ values: [Double], significant digits: Int = 3) -> Int? {
    let sizes = values.filter { $0.isFinite && $0 != 0 }.map(abs).sorted()
    guard let largest = sizes.last, largest < 1e6, sizes[sizes.count / 2] >= 1e-4 else { return nil }
    return decimals(sizes[sizes.count / 2], significant: digits)
  }

  /// The smallest step that so many digits after the point show.
  static func unit(_ decimals: Int) -> Double { pow(10, -Double(decimals)) }

  /// A number with `digits` significant digits; scientific where it is very large or very small.
  static func significant(_ value: Double, _ digits: Int = 3) -> String {
    guard value.isFinite, value != 0 else { return fixed(value, 0) }
    if abs(value) >= 1e6 || abs(value) < 1e-4 {
      return String(format: "%.\(digits - 1)e", value).replacingOccurrences(of: "-", with: "−")
        .replacingOccurrences(of: "e+0", with: "e").replacingOccurrences(of: "e+", with: "e")
        .replacingOccurrences(of: "e−0", with: "e−")
    }
    return fixed(value, decimals(value, significant: digits))
  }

  /// A count with an SI prefix: `1.24 M`, `850`, `37.0 k`.
  static func count(_ value: Double) -> String {
    let (number, unit) = scaled(value, step: 1000, units: ["", "k", "M", "G", "T", "P", "E"])
    let text = unit.isEmpty && number == number.rounded() ? fixed(number, 0) : significant(number)
    return unit.isEmpty ? text : "\(text) \(unit)"
  }

  /// Bytes with a binary prefix: `37 KiB`, `1.4 MiB`.
  static func bytes(_ value: Int) -> String {
    let (number, unit) = scaled(Double(value), step: 1024, units: ["B", "KiB", "MiB", "GiB", "TiB"])
    return "\(fixed(number, unit != "B" && number < 10 ? 1 : 0)) \(unit)"
  }

  /// Seconds, as ms below one second and as minutes or hours above ten minutes.
  static func seconds(_ value: Double) -> String {
    let unit = secondsUnit(value)
    return significant(value / unit.size) + " " + unit.name
  }

  /// Seconds with half of the interval in the same unit: `3.42 ±0.21 s`.
  static func seconds(_ estimate: Estimate) -> String {
    let half = (estimate.high - estimate.low) / 2
    guard half > 0, half.isFinite else { return seconds(estimate.mean) }
    let unit = secondsUnit(estimate.mean)
    let decimals = decimals(estimate.mean / unit.size, significant: 3)
    return "\(fixed(estimate.mean / unit.size, decimals)) ±\(fixed(half / unit.size, decimals)) \(unit.name)"
  }

  /// Microseconds: `41.2 µs`.
  static func microseconds(_ value: Double) -> String {
    significant(value) + " µs"
  }

  /// A ratio: `×3.21`, `×0.452`, `×1` for what differs by less than half a percent.
  static func ratio(_ value: Double) -> String {
    "×" + (abs(value - 1) < 0.005 ? "1" : significant(value))
  }

  /// A written number without the zeros at the end of its fraction, for ticks: `1.00 M` becomes `1 M`.
  static func withoutTrailingZeros(_ text: String) -> String {
    let parts = text.split(separator: " ", maxSplits: 1)
    guard var number = parts.first, number.contains("."), !number.contains("e") else { return text }
    while number.last == "0" { number.removeLast() }
    if number.last == "." { number.removeLast() }
    return ([number] + parts.dropFirst()).joined(separator: " ")
  }

  /// A coordinate in hundredths at most, without trailing zeros.
  static func coordinate(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let hundredths = Int((value.magnitude < 1e12 ? value * 100 : 0).rounded())
    let sign = hundredths < 0 ? "-" : ""
    let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    if rest == 0 { return "\(sign)\(whole)" }
    return rest % 10 == 0 ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }

  private static func secondsUnit(_ value: Double) -> (size: Double, name: String) {
    switch abs(value) {
    case 0: (1, "s")
    case ..<1: (0.001, "ms")
    case ..<600: (1, "s")
    case ..<7200: (60, "min")
    default: (3600, "h")
    }
  }

  /// `value` in the largest unit in which it is at least one.
  private static func scaled(_ value: Double, step: Double, units: [String]) -> (number: Double, unit: String) {
    var number = value
    var index = 0
    // 999.6 k would be written 1000 k: what rounds up to a step moves on to the next unit.
    while number.isFinite, abs(number) >= step - 0.5, index < units.count - 1 {
      number /= step
      index += 1
    }
    return (number, units[index])
  }
}
