internal import AttuneCore

/// A setting in which two configs differ.
public struct ConfigDifference: Equatable, Sendable, CustomStringConvertible {
  /// The setting, such as `training[0].epochs`.
  public let key: String
  /// What it was; nil where it was not set.
  public let before: String?
  /// What it is; nil where it is not set.
  public let now: String?

  /// A difference.
  public init(key: String, before: String?, now: String?) {
    self.key = key
    self.before = before
    self.now = now
  }

  /// The setting, what it was and what it is.
  public var description: String {
    func shown(_ value: String?) -> String { value.map(\.quotedForMessage) ?? "not set" }
    return "\(key) was \(shown(before)), is \(shown(now))"
  }

  /// The settings in which two configs differ; none where one cannot be read.
  public static func all(from before: String, to now: String) -> [ConfigDifference] {
    all(from: before, to: now, naming: false)
  }

  /// The same, where arms are compared by their names and not by their places: `training.adam.epochs`.
  public static func named(from before: String, to now: String) -> [ConfigDifference] {
    all(from: before, to: now, naming: true)
  }

  private static func all(from before: String, to now: String, naming: Bool) -> [ConfigDifference] {
    guard let old = try? settings(before, naming: naming), let new = try? settings(now, naming: naming) else {
      return []
    }
    let values = Dictionary(old, uniquingKeysWith: { first, _ in first })
    let known = Set(new.map(\.0))
    return new.filter { values[$0.0] != $0.1 }.map { ConfigDifference(key: $0.0, before: values[$0.0], now: $0.1) }
      + old.filter { !known.contains($0.0) }.map { ConfigDifference(key: $0.0, before: $0.1, now: nil) }
  }

  /// The first setting in which two resolved configs differ; nil where there is none, or where one cannot be read.
  ///
  /// - Parameter given: the config `now` before its paths were made absolute. A path that differs is named only where
  ///   nothing else does: it is another one wherever a folder has moved.
  static func first(from before: String, to now: String, passingBy given: String) -> ConfigDifference? {
    let all = all(from: before, to: now)
    let relative = (try? settings(given)).map { Dictionary($0, uniquingKeysWith: { first, _ in first }) } ?? [:]
    return all.first { relative[$0.key] == $0.now } ?? all.first
  }

  /// The settings of a config in their order, by path; none where it cannot be read.
  static func flattened(_ text: String) -> [(String, String)] { (try? settings(text)) ?? [] }

  /// The scalars of a config in their order, by path.
  static func settings(_ text: String, naming: Bool = false) throws -> [(String, String)] {
    var settings: [(String, String)] = []
    func add(_ node: ConfigNode, _ path: String) {
      switch node.content {
      case .scalar(let scalar): settings.append((path, scalar.text))
      case .sequence(let elements):
        if elements.isEmpty { settings.append((path, "[]")) }
        for (index, element) in elements.enumerated() {
          let name = naming ? element.mapping?["name"]?.scalar?.text : nil
          add(element, name.map { "\(path).\($0)" } ?? "\(path)[\(index)]")
        }
      case .mapping(let mapping):
        if mapping.entries.isEmpty { settings.append((path, "{}")) }
        for entry in mapping.entries { add(entry.value, path.isEmpty ? entry.key : "\(path).\(entry.key)") }
      }
    }
    add(try ConfigParser.parse(text: text, file: "config.yaml"), "")
    return settings
  }
}
