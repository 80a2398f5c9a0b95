internal import AttuneCore
internal import Foundation

/// A setting of a run, from its resolved config.
public struct RunSetting: Sendable, Equatable {
  /// The part of the config, such as `training` or `data`; for a setting of no part its own name.
  public var section: String
  /// The name of the arm, scenario, stream or learner; nil in parts that are no list of these.
  public var arm: String?
  /// The path inside the part, such as `optimizer.learningRate`; empty for a setting of no part.
  public var key: String
  /// The value as text; a list of plain values is one value, `[8, 4]`. Nil stands for null.
  public var value: String?

  /// The whole path without the arm, such as `training.optimizer.learningRate`.
  public var path: String { key.isEmpty ? section : "\(section).\(key)" }

  /// The settings of a config file that is resolved, in its order.
  ///
  /// - Throws: `FileError` and `ConfigError` where it cannot be read.
  public static func all(inConfig path: String) throws -> [RunSetting] {
    let node = try ConfigParser.parse(bytes: try InputFile.bytes(at: path), file: path)
    return (node.mapping?.entries ?? []).flatMap { entry -> [RunSetting] in
      guard listsOfArms.contains(entry.key), let elements = entry.value.sequence else {
        return flat(entry.value).map { RunSetting(section: entry.key, arm: nil, key: $0.key, value: $0.value) }
      }
      return elements.enumerated().flatMap { number, element in
        let name = element.mapping?["name"]?.scalar?.text ?? "\(number)"
        return flat(element).map { RunSetting(section: entry.key, arm: name, key: $0.key, value: $0.value) }
      }
    }
  }

  /// The parts of a config whose elements have names.
  private static let listsOfArms: Set = ["training", "inference", "scenarios", "streams", "learners", "domains"]

  private static func flat(_ node: ConfigNode, _ path: String = "") -> [(key: String, value: String?)] {
    func below(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
    switch node.content {
    case .scalar(let scalar): return [(path, scalar.isNull ? nil : scalar.text)]
    case .mapping(let mapping):
      guard !mapping.entries.isEmpty else { return [(path, "{}")] }
      return mapping.entries.flatMap { flat($0.value, below($0.key)) }
    case .sequence(let elements):
      let scalars = elements.compactMap(\.scalar)
      guard scalars.count < elements.count else {
        return [(path, "[" + scalars.map(\.text).joined(separator: ", ") + "]")]
      }
      return elements.enumerated().flatMap { flat($1, below("\($0)")) }
    }
  }
}

extension ConfigNode {
  /// The node as JSON: plain scalars that are booleans, integers or numbers are these, all others texts.
  var json: JSONValue {
    switch content {
    case .sequence(let elements): return .array(elements.map(\.json))
    case .mapping(let mapping):
      var object = JSONObject()
      for entry in mapping.entries { object[entry.key] = entry.value.json }
      return .object(object)
    case .scalar(let scalar):
      if scalar.isNull { return .null }
      if scalar.isString { return .string(scalar.text) }
      if let value = try? scalar.boolean() { return .bool(value) }
      if let value = try? scalar.integer(as: Int.self) { return .number(JSONNumber(value)) }
      if let value = try? scalar.integer(as: UInt64.self) { return ExportValue(value).json }
      if let value = try? scalar.number(as: Double.self) { return .number(JSONNumber(value)) }
      return .string(scalar.text)
    }
  }
}
