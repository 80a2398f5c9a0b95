internal import AttuneCore

/// A change to a configuration, as the command line gives it: `training.0.optimizer.learningRate=0.01`.
///
/// | text | does |
/// | --- | --- |
/// | `a.b=v` | sets a key; one that the file leaves to its default may be set, an unknown one the decoder refuses |
/// | `+a.b=v` | adds a key that is not there, or an element at the end of a sequence |
/// | `++a.b=v` | sets or adds |
/// | `~a.b`, `~a.b=v` | deletes, the second only if the value is `v` |
///
/// A step into a sequence is an index, `training.0.epochs` or `training[0].epochs`, or the `name` of one of its mappings,
/// `training.adam.epochs`, `training.adam[epochs=5].seed`. A dot in a key is written `\.`. The value is YAML in one line: `3`, `'text'`, `[1, 2]`,
/// `{a: 1}`; nothing is null.
public struct ConfigOverride: Sendable, Equatable {
  /// What an override does.
  public enum Operation: Sendable, Equatable {
    /// `a=v`.
    case set
    /// `+a=v`.
    case add
    /// `++a=v`.
    case setOrAdd
    /// `~a`.
    case delete
  }

  /// What to do.
  public let operation: Operation
  /// The steps to the value: keys, indices as digits, names of elements.
  public let path: [String]
  /// The new value; for a deletion the value that must be there, if one was given.
  public let value: ConfigNode?
  /// Where messages say that the value comes from: `--set a.b=v`.
  public let location: ConfigLocation

  /// Reads an override.
  ///
  /// - Parameter text: What stands behind `--set`.
  /// - Throws: `ConfigError` that says what is meant to stand there.
  public static func parse(_ text: String) throws(ConfigError) -> ConfigOverride {
    let location = ConfigLocation(source: "--set \(text.quotedForMessage.dropFirst().dropLast())")
    var rest = text[...]
    let operation: Operation
    if rest.hasPrefix("++") {
      (operation, rest) = (.setOrAdd, rest.dropFirst(2))
    } else if rest.hasPrefix("+") {
      (operation, rest) = (.add, rest.dropFirst())
    } else if rest.hasPrefix("~") {
      (operation, rest) = (.delete, rest.dropFirst())
    } else {
      operation = .set
    }
    let equals = try equalsSign(in: rest, location)
    guard equals != nil || operation == .delete else {
      throw ConfigError(location, ConfigPath(), "a value is missing", "write path=value, such as seed=3")
    }
    let path = try steps(rest[..<(equals ?? rest.endIndex)], location)
    var value: ConfigNode?
    if let equals {
      let text = rest[rest.index(after: equals)...]
      value = try OverrideValue(String(text), key: path.last ?? "", location: location).node
    }
    return ConfigOverride(operation: operation, path: path, value: value, location: location)
  }

  /// The sign between path and value: the first `=` outside of brackets, which the names of swept arms have.
  static func equalsSign(in text: Substring, _ location: ConfigLocation) throws(ConfigError) -> Substring.Index? {
    var depth = 0, isEscaped = false, isEscapedSign = false
    for index in text.indices {
      if isEscaped {
        isEscaped = false
        isEscapedSign = isEscapedSign || text[index] == "="
        continue
      }
      switch text[index] {
      case "\\": isEscaped = true
      case "[": depth += 1
      case "]": depth -= 1
      case "=" where depth <= 0: return index
      default: break
      }
    }
    if depth != 0 || isEscapedSign { _ = try refusePath(location) }
    return nil
  }

  /// The steps of a path: separated by dots, indices also in brackets, `\` before a character that is meant as it is.
  /// Brackets that hold something other than an index belong to a name: `adam[epochs=5]`.
  static func steps(_ text: Substring, _ location: ConfigLocation) throws(ConfigError) -> [String] {
    var steps = [""], rest = text
    while let character = rest.popFirst() {
      let last = steps.count - 1
      switch character {
      case "\\":
        guard let next = rest.popFirst() else { return try refusePath(location) }
        steps[last].append(next)
      case ".": steps.append("")
      case "[":
        guard !steps[last].isEmpty, let inner = takeBrackets(from: &rest) else { return try refusePath(location) }
        if Int(inner) != nil { steps.append(inner) } else { steps[last] += "[\(inner)]" }
      case "]": return try refusePath(location)
      default: steps[last].append(character)
      }
    }
    guard !steps.contains("") else { return try refusePath(location) }
    guard steps.count < ConfigParser.maximumDepth else { throw ConfigGuards.tooDeep(location) }
    return steps
  }

  /// What stands up to the bracket that closes; nil where none does.
  private static func takeBrackets(from rest: inout Substring) -> String? {
    var depth = 1, inner = ""
    while let character = rest.popFirst() {
      if character == "[" { depth += 1 }
      if character == "]" { depth -= 1 }
      if depth == 0 { return inner }
      inner.append(character)
    }
    return nil
  }

  private static func refusePath(_ location: ConfigLocation) throws(ConfigError) -> [String] {
    throw ConfigError(
      location, ConfigPath(), "the path before '=' has an empty step or an open bracket",
      "write keys separated by dots, such as training.0.epochs=3")
  }
}

/// The value of an override.
struct OverrideValue {
  let node: ConfigNode

  init(_ text: String, key: String, location: ConfigLocation) throws(ConfigError) {
    let isList = Self.hasBareComma(text)
    guard !isList else {
      throw ConfigError(
        location, ConfigPath(), "\(text.quotedForMessage) could mean three things",
        "for a list write \(key)=[\(text)], for a string \(key)='\(text)' with the quotes reaching Attune, "
          + "and for a sweep, an arm for each value, give it to --sweep")
    }
    guard !text.contains(where: \.isNewline) else {
      throw ConfigError(location, ConfigPath(), "a value is one line", "write a line feed as \"\\n\" in double quotes")
    }
    let parsed = try ConfigParser.parse(text, from: ConfigSource(name: location.source, hasLines: false))
    let trimmed = text.trimmingBlanks
    let isWhole =
      switch parsed.content {
      case .scalar(let scalar):
        switch scalar.style {
        case .plain: scalar.text == trimmed && scalar.tag == nil
        case .singleQuoted: trimmed.hasPrefix("'") && trimmed.hasSuffix("'")
        case .doubleQuoted: trimmed.hasPrefix("\"") && trimmed.hasSuffix("\"")
        case .literal, .folded: false
        }
      case .sequence: trimmed.hasPrefix("[") && trimmed.hasSuffix("]")
      case .mapping: trimmed.isEmpty || trimmed.hasPrefix("{") && trimmed.hasSuffix("}")
      }
    guard isWhole else {
      throw ConfigError(
        location, ConfigPath(), "\(trimmed.quotedForMessage) has another meaning in YAML",
        "put the text in quotes that reach Attune, such as \(key)='…'")
    }
    node = trimmed.isEmpty ? ConfigNode(.scalar(ConfigScalar("")), at: location) : parsed
  }

  /// Whether a comma stands outside of brackets and quotes.
  private static func hasBareComma(_ text: String) -> Bool {
    var depth = 0
    var quote: Character?
    var previous: Character = " "
    var isEscaped = false
    for character in text {
      if isEscaped {
        isEscaped = false
      } else if let open = quote {
        if character == "\\", open == "\"" { isEscaped = true }
        if character == open { quote = nil }
      } else {
        switch character {
        case "'", "\"": if " ,[{:".contains(previous) { quote = character }
        case "[", "{": depth += 1
        case "]", "}": depth -= 1
        case ",": if depth <= 0 { return true }
        default: break
        }
      }
      previous = character
    }
    return false
  }
}

extension String {
  var trimmingBlanks: String {
    let start = drop { $0 == " " || $0 == "\t" }
    return String(start.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
