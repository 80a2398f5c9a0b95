internal import AttuneCore

/// A run as MLflow keeps it.
struct MLflowRun {
  /// What tells it from the others of one export: tags that no other has in this combination.
  var identity: [String]
  /// The name that MLflow shows.
  var name: String
  var parameters = MLflowNames()
  var metrics: [MLflowMetric] = []
  var tags: [(key: String, value: String)] = []
  /// Whether what it stands for failed.
  var hasFailed = false

  /// Adds a figure; one that does not exist is left out.
  mutating func add(_ key: String, _ value: Double?, step: Int = 0) {
    guard let value else { return }
    metrics.append(MLflowMetric(key: MLflowNames.sanitized(key), value: value, step: step))
  }

  /// Adds a tag; one without a value is left out.
  mutating func tag(_ key: String, _ value: String?) {
    guard let value, !value.isEmpty else { return }
    tags.append((key, MLflowNames.cut(value, to: MLflowNames.longestTag)))
  }
}

/// A figure of a run.
struct MLflowMetric {
  var key: String
  var value: Double
  var step: Int

  /// As JSON. A bare NaN is no JSON, and a server that takes it stores 0 instead: such values are texts.
  func json(timestamp: Int) -> JSONValue {
    let number: JSONValue =
      value.isNaN
      ? .string("NaN")
      : value.isInfinite ? .string(value > 0 ? "Infinity" : "-Infinity") : .number(JSONNumber(value))
    return .object([
      "key": .string(key), "value": number, "timestamp": .number(JSONNumber(timestamp)),
      "step": .number(JSONNumber(step)),
    ])
  }
}

/// Parameters under names that MLflow takes.
struct MLflowNames {
  static let longestKey = 250
  static let longestParameter = 6000
  static let longestTag = 5000

  private(set) var values: [(key: String, value: String)] = []
  private var taken: Set<String> = []

  /// Adds a parameter. A key that another one became too gets a number.
  mutating func add(_ key: String, _ value: String) {
    let plain = Self.sanitized(key)
    var name = plain, number = 1
    while !taken.insert(name).inserted {
      number += 1
      name = "\(plain)_\(number)"
    }
    values.append((name, Self.cut(value, to: Self.longestParameter)))
  }

  /// A name of letters, digits, `_`, `-`, `.`, blanks and `:`; every other character becomes `_`. The parts between
  /// slashes are not empty and no `.` or `..`, which MLflow takes for folders.
  static func sanitized(_ name: String) -> String {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map { part -> String in
      let plain = part.unicodeScalars.map { scalar -> Character in
        let isWord = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
        return isWord || "_-. :".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
      }
      let text = String(plain)
      return text.isEmpty || text == "." || text == ".." ? "_" : text
    }
    return String(parts.joined(separator: "/").prefix(longestKey - 10))
  }

  /// A text of so many characters at most, the last of which says that there were more.
  static func cut(_ text: String, to limit: Int) -> String {
    // The server counts scalars, not characters.
    guard text.unicodeScalars.count > limit else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"
  }
}
