internal import Foundation

/// Numbers of a sweep as text.
enum SweepNumber {
  /// A number as it goes into a config: at most 12 digits, so that 0.1 · 3 is 0.3.
  static func text(_ value: Double) -> String {
    let rounded = Double(String(format: "%.12g", value)) ?? value
    if rounded == rounded.rounded(), abs(rounded) < 1e15 { return String(format: "%.0f", rounded) }
    return "\(rounded)"
  }

  static func node(_ value: Double, at location: ConfigLocation) -> ConfigNode {
    ConfigNode(.scalar(ConfigScalar(text(value))), at: location)
  }
}

extension ConfigNode {
  /// A value in the name of an arm: `0.001`, `128-64`, `sgd(momentum=0.9)`.
  var sweepText: String {
    switch content {
    case .scalar(let scalar):
      if scalar.isNull { return "none" }
      guard !scalar.isString, let number = NumericText(scalar.text) else { return Self.plain(scalar.text) }
      if let whole = number.integer(as: Int.self), !scalar.text.contains(".") { return "\(whole)" }
      return number.floatingPoint(as: Double.self).map(SweepNumber.text) ?? scalar.text
    case .sequence(let elements):
      return elements.isEmpty ? "none" : elements.map(\.sweepText).joined(separator: "-")
    case .mapping(let mapping):
      let kind = mapping["kind"]?.sweepText ?? ""
      let others = mapping.entries.filter { $0.key != "kind" }.map { "\(Self.plain($0.key))=\($0.value.sweepText)" }
      return others.isEmpty && !kind.isEmpty ? kind : "\(kind)(\(others.joined(separator: ",")))"
    }
  }

  /// Without what would end a name's brackets.
  private static func plain(_ text: String) -> String {
    text.replacing("[", with: "(").replacing("]", with: ")").replacing("\n", with: " ")
  }
}
