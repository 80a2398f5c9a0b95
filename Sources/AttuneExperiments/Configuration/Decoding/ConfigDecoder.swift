internal import AttuneCore

/// Decodes configurations strictly: every key of the text must have been asked for, every value must be of its type.
///
/// Any `Decodable` type works; `DefaultInitializable` and `ValidatedConfiguration` add defaults and checks.
public struct ConfigDecoder: Sendable {
  /// A decoder.
  public init() {}

  /// Decodes a type from a node.
  ///
  /// - Parameters:
  ///   - type: The type to decode.
  ///   - node: What `ConfigParser` read, with overrides applied.
  ///   - userInfo: Values that types find in `decoder.userInfo`, such as a registry.
  /// - Throws: `ConfigError` with all unknown keys, and the first value that is wrong.
  public func decode<Value: Decodable>(
    _ type: Value.Type, from node: ConfigNode, userInfo: [CodingUserInfoKey: Any] = [:]
  ) throws(ConfigError) -> Value {
    let root = VisitedNode(node, path: ConfigPath(), location: node.location)
    let context = DecodingState(root: root, userInfo: userInfo)
    var problems: [ConfigProblem] = []
    var value: Value?
    do {
      value = try NodeDecoder(state: context, visited: root).value(type, at: root)
    } catch {
      problems = error.problems
    }
    root.collectUnknownKeys(into: &problems)
    guard problems.isEmpty, let value else { throw ConfigError(problems.sortedByPlace()) }
    return value
  }
}

/// What all decoders of one call share.
final class DecodingState {
  let root: VisitedNode
  let userInfo: [CodingUserInfoKey: Any]
  private var defaults: [ObjectIdentifier: ConfigMapping] = [:]

  init(root: VisitedNode, userInfo: [CodingUserInfoKey: Any]) {
    self.root = root
    self.userInfo = userInfo
  }

  /// The defaults of a type as a mapping; nil if it has none.
  func defaults(of type: any Any.Type, for visited: VisitedNode) throws(ConfigError) -> ConfigMapping? {
    guard let type = type as? any (DefaultInitializable & Encodable).Type else { return nil }
    if let known = defaults[ObjectIdentifier(type)] { return known }
    let mapping = try NodeEncoder.encode(type.init(), at: visited.location).mapping
    defaults[ObjectIdentifier(type)] = mapping
    return mapping
  }

  /// The deepest node that exists on a path of keys.
  func node(at codingPath: [any CodingKey]) -> (visited: VisitedNode, missing: String?) {
    var visited = root
    for key in codingPath {
      let next: VisitedNode? =
        switch visited.node.content {
        case .scalar: nil
        case .sequence: key.intValue.flatMap { visited.element($0) }
        case .mapping: visited.child(key.stringValue)
        }
      guard let next else { return (visited, key.stringValue) }
      visited = next
    }
    return (visited, nil)
  }
}

extension [ConfigProblem] {
  /// In the order of their lines, those of one place as they came; what has no line comes last.
  func sortedByPlace() -> [ConfigProblem] {
    enumerated().sorted { left, right in
      let a = left.element.location, b = right.element.location
      return (a.line ?? .max, a.column ?? .max, left.offset) < (b.line ?? .max, b.column ?? .max, right.offset)
    }.map(\.element)
  }
}
