internal import Foundation

/// JSON whose keys keep their order.
indirect enum SchemaJSON: Sendable {
  case text(String), flag(Bool), number(String)
  case list([SchemaJSON])
  case object([(String, SchemaJSON)])

  /// Indented text.
  func render(indent: Int = 0) -> String {
    let margin = String(repeating: " ", count: indent + 2), end = String(repeating: " ", count: indent)
    switch self {
    case .text(let text): return Self.quoted(text)
    case .flag(let flag): return flag ? "true" : "false"
    case .number(let text): return text
    case .list(let values):
      let isShort = values.allSatisfy { if case .object = $0 { false } else { true } }
      if isShort { return "[" + values.map { $0.render() }.joined(separator: ", ") + "]" }
      return "[\n" + values.map { margin + $0.render(indent: indent + 2) }.joined(separator: ",\n") + "\n\(end)]"
    case .object(let entries):
      guard !entries.isEmpty else { return "{}" }
      let lines = entries.map { "\(margin)\(Self.quoted($0.0)): \($0.1.render(indent: indent + 2))" }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(end)}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 {
          result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }

  /// A value of a config, of the types that its texts have; nil for null, also inside.
  init?(_ node: ConfigNode) {
    switch node.content {
    case .scalar(let scalar):
      if scalar.isNull { return nil }
      if scalar.isString {
        self = .text(scalar.text)
      } else if let flag = try? scalar.boolean() {
        self = .flag(flag)
      } else if let number = NumericText(scalar.text)?.floatingPoint(as: Double.self), number.isFinite {
        let isWhole = number == number.rounded() && abs(number) < 1e15
        self = .number(isWhole ? String(format: "%.0f", number) : "\(number)")
      } else {
        self = .text(scalar.text)
      }
    case .sequence(let elements): self = .list(elements.compactMap(SchemaJSON.init))
    case .mapping(let mapping):
      self = .object(mapping.entries.compactMap { entry in SchemaJSON(entry.value).map { (entry.key, $0) } })
    }
  }
}
