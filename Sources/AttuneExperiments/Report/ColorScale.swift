internal import Foundation

/// The background colors of heat tables: eleven steps from the best value (teal) to the worst (orange).
///
/// The steps are even in OKLCH: lightness runs in one direction, so that the order survives print and color blindness,
/// and text keeps its contrast on every step in the light and in the dark scheme.
///
/// - Source: Ottosson (2020), A perceptual color space for image processing, https://bottosson.github.io/posts/oklab/.
enum ColorScale {
  /// Number of steps.
  static let steps = 11

  /// The color scheme of the page.
  enum Scheme: CaseIterable {
    case light, dark
  }

  /// Color of text on every step.
  static func ink(_ scheme: Scheme) -> String {
    scheme == .light ? "#16191d" : "#f3f5f7"
  }

  /// The background of a step, as `#rrggbb`.
  static func color(_ step: Int, _ scheme: Scheme) -> String {
    let position = Double(step) / Double(steps - 1)
    func between(_ first: Double, _ last: Double) -> Double { first + (last - first) * position }
    let lightness = scheme == .light ? between(0.96, 0.765) : between(0.275, 0.49)
    let chroma = scheme == .light ? between(0.032, 0.118) : between(0.045, 0.1)
    return hex(lightness: lightness, chroma: chroma, hue: between(192, 50) * .pi / 180)
  }

  /// The ends of the scale for `values`: their range, cut at the upper quartile plus three times the distance of the
  /// quartiles (Tukey's outer fence), so that one collapsed arm does not leave all others in one color.
  static func range(_ values: [Double]) -> (low: Double, high: Double)? {
    let sorted = values.filter(\.isFinite).sorted()
    guard let low = sorted.first, let high = sorted.last else { return nil }
    func quartile(_ share: Double) -> Double {
      let position = share * Double(sorted.count - 1)
      let below = Int(position)
      let above = min(below + 1, sorted.count - 1)
      return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
    }
    let fence = quartile(0.75) + 3 * (quartile(0.75) - quartile(0.25))
    // Where three quarters of the cells are equal the fence says nothing.
    return (low, fence > low ? min(high, fence) : high)
  }

  /// The step of a value; values beyond the end get the last step.
  static func step(_ value: Double, low: Double, high: Double) -> Int {
    guard value.isFinite else { return steps - 1 }
    guard high > low else { return 0 }
    let position = (value - low) / (high - low) * Double(steps - 1)
    return Int(min(max(position, 0), Double(steps - 1)).rounded())
  }

  private static func hex(lightness: Double, chroma: Double, hue: Double) -> String {
    let (a, b) = (chroma * cos(hue), chroma * sin(hue))
    let l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3)
    let m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3)
    let s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3)
    let linear = [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    ]
    let channels = linear.map { value in
      let clipped = min(max(value, 0), 1)
      let encoded = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * pow(clipped, 1 / 2.4) - 0.055
      return String(format: "%02x", Int((encoded * 255).rounded()))
    }
    return "#" + channels.joined()
  }
}
