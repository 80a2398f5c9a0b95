internal import AttuneCore

/// A sweep of the command line: `training.adam.epochs=5,10`.
///
/// | values | are |
/// | --- | --- |
/// | `1e-4,1e-3` or `choice(1e-4,1e-3)` | these, each one YAML in one line |
/// | `range(0,10,2)` | 0, 2, 4, 6, 8 |
/// | `interval(0,1)`, `loguniform(1e-5,1e-1)`, `intrange(1,5)` | drawn at random |
struct SweepArgument {
  let path: String
  let values: SweepValues
  let location: ConfigLocation

  private static let functions = ["choice", "range", "interval", "loguniform", "intrange"]

  init(_ text: String) throws(ConfigError) {
    location = ConfigLocation(source: "--sweep \(text.quotedForMessage.dropFirst().dropLast())")
    guard let equals = try ConfigOverride.equalsSign(in: text[...], location) else {
      throw ConfigError(
        location, ConfigPath(), "values are missing",
        "write path=values, such as training.optimizer.learningRate=1e-4,1e-3")
    }
    path = String(text[..<equals])
    do {
      values = try Self.values(String(text[text.index(after: equals)...]).trimmingBlanks, location)
    } catch let error as ConfigError {
      throw error
    } catch let error as ConfigValueError {
      throw ConfigError(location, ConfigPath(), error.message, error.suggestion(given: error.given))
    } catch {
      throw ConfigError(location, ConfigPath(), "\(error)")
    }
  }

  private static func values(_ text: String, _ location: ConfigLocation) throws -> SweepValues {
    guard let (name, inner) = call(in: text) else { return .list(try list(text, location)) }
    switch name {
    case "choice": return .list(try list(inner, location))
    case "range": return .list(try SweepValues.range(try numbers(inner, name), at: location))
    case "interval": return .interval(try SweepValues.interval(.uniform, try numbers(inner, name), key: name))
    case "loguniform": return .interval(try SweepValues.interval(.logUniform, try numbers(inner, name), key: name))
    case "intrange": return .interval(try SweepValues.interval(.integers, try numbers(inner, name), key: name))
    default:
      throw ConfigValueError("no such function of values", given: name, known: functions)
    }
  }

  /// The name and the content of `name(…)`.
  private static func call(in text: String) -> (String, String)? {
    guard text.hasSuffix(")"), let open = text.firstIndex(of: "("), open > text.startIndex else { return nil }
    let name = text[..<open]
    guard name.allSatisfy({ $0.isASCII && $0.isLetter }) else { return nil }
    return (String(name), String(text[text.index(after: open)...].dropLast()))
  }

  private static func numbers(_ text: String, _ function: String) throws -> [Double] {
    try split(text).map { part in
      guard let number = NumericText(part.trimmingBlanks)?.floatingPoint(as: Double.self) else {
        throw ConfigValueError("\(function) takes numbers", given: part.trimmingBlanks)
      }
      return number
    }
  }

  private static func list(_ text: String, _ location: ConfigLocation) throws -> [ConfigNode] {
    let parts = split(text)
    guard !parts.contains(where: \.trimmingBlanks.isEmpty) else {
      throw ConfigValueError("a value between commas is empty; write null, or '' for the empty text", given: text)
    }
    return try parts.map { try OverrideValue($0, key: "value", location: location).node }
  }

  /// The parts between commas outside of brackets and quotes.
  private static func split(_ text: String) -> [String] {
    var parts = [""], depth = 0, quote: Character?, isEscaped = false
    for character in text {
      if isEscaped {
        isEscaped = false
      } else if let open = quote {
        if character == "\\", open == "\"" { isEscaped = true }
        if character == open { quote = nil }
      } else {
        switch character {
        case "'", "\"": if parts[parts.count - 1].trimmingBlanks.isEmpty || depth > 0 { quote = character }
        case "[", "{", "(": depth += 1
        case "]", "}", ")": depth -= 1
        case "," where depth <= 0:
          parts.append("")
          continue
        default: break
        }
      }
      parts[parts.count - 1].append(character)
    }
    return parts
  }
}
