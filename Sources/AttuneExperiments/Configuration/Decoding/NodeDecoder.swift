internal import AttuneCore

/// `Decoder` over one node.
struct NodeDecoder: Decoder {
  let state: DecodingState
  let visited: VisitedNode
  /// What to take for keys that the user left out.
  var defaults: ConfigMapping?
  /// The part that the user changes without naming its kind: its keys are the defaults, whatever type decodes them.
  var inherited: ConfigMapping?

  var codingPath: [any CodingKey] { visited.path.codingPath }
  var userInfo: [CodingUserInfoKey: Any] { state.userInfo }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard let mapping = visited.node.mapping else { throw mismatch("a mapping") }
    visited.open()
    return KeyedDecodingContainer(KeyedNodeContainer<Key>(decoder: self, mapping: mapping))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard let elements = visited.node.sequence else { throw mismatch("a sequence") }
    return UnkeyedNodeContainer(decoder: self, count: elements.count)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    SingleNodeContainer(decoder: self)
  }

  /// Decodes a type at a node, with its defaults and checks.
  func value<Value: Decodable>(
    _ type: Value.Type, at visited: VisitedNode, inheriting inherited: ConfigMapping? = nil
  ) throws(ConfigError) -> Value {
    if let type = type as? any ScalarDecodable.Type {
      if let value = try NodeDecoder.scalar(type, at: visited) as? Value { return value }
    }
    guard visited.path.components.count <= 2 * ConfigParser.maximumDepth else {
      throw ConfigGuards.tooDeep(visited.location)
    }
    let own = visited.node.mapping == nil ? nil : try state.defaults(of: type, for: visited)
    let defaults = inherited ?? own
    let decoder = NodeDecoder(state: state, visited: visited, defaults: defaults, inherited: inherited)
    do {
      let value = try visited.attempt(defaults: defaults) { try Value(from: decoder) }
      try (value as? any ValidatedConfiguration)?.validate()
      return value
    } catch {
      throw decoder.located(error, while: type)
    }
  }

  private static func scalar<Value: ScalarDecodable>(
    _ type: Value.Type, at visited: VisitedNode
  ) throws(ConfigError) -> Value {
    guard let scalar = visited.node.scalar else { throw mismatch(Value.wanted, at: visited) }
    do {
      return try Value.read(scalar)
    } catch {
      throw mismatch(error.expected, at: visited, reason: error.reason, suggestion: error.suggestion)
    }
  }

  func mismatch(_ expected: String) -> ConfigError { NodeDecoder.mismatch(expected, at: visited) }

  static func mismatch(
    _ expected: String, at visited: VisitedNode, reason: String? = nil, suggestion: String? = nil
  ) -> ConfigError {
    let message = "expected \(expected), found \(visited.node.descriptionForMessage)"
    return ConfigError(visited.location, visited.path, message + (reason.map { ", \($0)" } ?? ""), suggestion)
  }

  func missing(_ key: String) -> ConfigError {
    ConfigError(visited.location, visited.path, "missing key \(key.quotedForMessage)")
  }
}

extension NodeDecoder {
  /// An error of a type's own code with place and path.
  func located(_ error: any Error, while type: any Any.Type) -> ConfigError {
    switch error {
    case let error as ConfigError: error
    case let error as ConfigValueError: located(error)
    case let error as DecodingError: located(error, while: type)
    default: ConfigError(visited.location, visited.path, "\(error)")
    }
  }

  private func located(_ error: ConfigValueError) -> ConfigError {
    let place = error.key.flatMap { visited.child($0) } ?? visited
    let path = error.key.map { visited.path.appending(key: $0) } ?? visited.path
    let written = place === visited && error.key != nil ? nil : place.node.scalar?.text
    let given = written ?? error.given
    let message = error.message + (given.map { ", found \($0.quotedForMessage)" } ?? "")
    return ConfigError(place.location, path, message, error.suggestion(given: error.given ?? written))
  }

  private func located(_ error: DecodingError, while type: any Any.Type) -> ConfigError {
    let codingPath: [any CodingKey]
    let message: String
    switch error {
    case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context):
      (codingPath, message) = (context.codingPath, context.debugDescription)
    case .keyNotFound(let key, let context):
      (codingPath, message) = (context.codingPath, "missing key \(key.stringValue.quotedForMessage)")
    @unknown default:
      (codingPath, message) = ([], "\(error)")
    }
    if visited.node.scalar != nil, let names = rawValues(of: type) {
      let given = visited.node.scalar?.text
      let near = given.flatMap { Suggestion.nearest(to: $0, among: names) }
      return NodeDecoder.mismatch(
        "one of " + names.joined(separator: ", "), at: visited,
        suggestion: near.map { "did you mean \($0.quotedForMessage)?" })
    }
    let isBelow = codingPath.count > visited.path.components.count
    guard isBelow else { return ConfigError(visited.location, visited.path, message) }
    let (place, missing) = state.node(at: codingPath)
    return ConfigError(place.location, missing.map { place.path.appending(key: $0) } ?? place.path, message)
  }

  /// The values of an enumeration with raw values, in their order.
  private func rawValues(of type: any Any.Type) -> [String]? {
    func all<Value: CaseIterable & RawRepresentable>(_ type: Value.Type) -> [String] {
      type.allCases.map { "\($0.rawValue)" }
    }
    return (type as? any (CaseIterable & RawRepresentable).Type).map { all($0) }
  }
}

/// A key made of text or of an index.
struct ConfigKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) {
    stringValue = "\(intValue)"
    self.intValue = intValue
  }
}

extension ConfigPath {
  var codingPath: [any CodingKey] {
    components.map { component in
      switch component {
      case .key(let key): ConfigKey(stringValue: key)
      case .index(let index): ConfigKey(intValue: index)
      }
    }
  }
}
