internal import Foundation

/// Numbers with units as a command line takes them.
enum Quantity {
  /// A count: `1e6`, `1_000_000`, `1M`; nil for what is none.
  static func count(_ text: String) -> Double? { parse(text, units: ["": 1, "k": 1e3, "M": 1e6, "G": 1e9]) }

  /// Microseconds: `800ns`, `250us`, `250µs`, `2ms`, `1s`; nil without a unit.
  static func microseconds(_ text: String) -> Double? {
    parse(text, units: ["ns": 1e-3, "us": 1, "µs": 1, "μs": 1, "ms": 1e3, "s": 1e6])
  }

  /// Bytes: `4096B`, `512kB`, `8MB`, `1GB`, `512KiB`, `8MiB`; nil without a unit.
  static func bytes(_ text: String) -> Double? {
    parse(text, units: ["B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824])
  }

  /// A quality figure: `0.05`, `5%`.
  static func quality(_ text: String) -> Double? { parse(text, units: ["": 1, "%": 0.01]) }

  /// A finite number above 0 times its unit.
  private static func parse(_ text: String, units: [String: Double]) -> Double? {
    // The longest unit that fits: `ms` ends in `s`.
    for (unit, size) in units.sorted(by: { $0.key.count > $1.key.count }) where text.hasSuffix(unit) {
      let digits = text.dropLast(unit.count).trimmingCharacters(in: .whitespaces)
      let isPlain = digits.allSatisfy { $0.isASCII && ($0.isNumber || "_.eE+-".contains($0)) }
      guard isPlain, let number = Double(digits.replacing("_", with: "")) else { continue }
      let value = number * size
      return value > 0 && value.isFinite ? value : nil
    }
    return nil
  }
}
