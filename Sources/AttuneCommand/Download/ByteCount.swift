internal import Foundation

/// Sizes for people, in decimal units.
enum ByteCount {
  /// For example `28.9 kB`, `9.9 MB`, `2.9 GB`.
  static func text(_ bytes: Int) -> String {
    guard bytes >= 1000 else { return "\(bytes) bytes" }
    var value = Double(bytes), unit = -1
    // 999,950 would be rounded to 1000.0 of its unit.
    while value >= 999.95, unit < 4 { (value, unit) = (value / 1000, unit + 1) }
    return String(format: "%.1f ", value) + ["kB", "MB", "GB", "TB", "PB"][unit]
  }
}
