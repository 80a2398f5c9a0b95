internal import AttuneCore
internal import AttuneInference

/// Finds out what types can be decoded from, by decoding them from nothing.
final class SchemaGenerator {
  let userInfo: [CodingUserInfoKey: Any]
  /// What is referred to by name.
  private(set) var definitions: [String: SchemaNode] = [:]
  private var names: [ObjectIdentifier: String] = [:]
  private var instances: [ObjectIdentifier: any Decodable] = [:]
  private var inProgress: Set<ObjectIdentifier> = []

  init(registry: StrategyRegistry) { userInfo = registry.decodingInfo }

  /// What a value of a type may be; types with keys are definitions.
  func schema<Value: Decodable>(of type: Value.Type) -> SchemaNode {
    if let node = Self.simple(type, self) { return node }
    let id = ObjectIdentifier(type)
    if let name = names[id] { return .reference(name) }
    let name = Self.name(of: type)
    names[id] = name
    inProgress.insert(id)
    let node = probe(type)
    inProgress.remove(id)
    switch node {
    case .object, .anyOf:
      definitions[name] = node
      return .reference(name)
    default:
      // Nothing with keys: it stands where it is used.
      names[id] = nil
      return node
    }
  }

  /// A scalar, a list, a dictionary or an enumeration; nil for all other types.
  static func simple<Value: Decodable>(_ type: Value.Type, _ generator: SchemaGenerator) -> SchemaNode? {
    switch type {
    case is Bool.Type: return .boolean
    case is String.Type: return .string
    case is any (FixedWidthInteger & ScalarDecodable).Type: return .integer
    case is any (BinaryFloatingPoint & ScalarDecodable).Type: return .number
    case let type as any SchemaContainer.Type: return type.schema(in: generator)
    default: break
    }
    func all<Case: CaseIterable & RawRepresentable>(_ type: Case.Type) -> [String] {
      type.allCases.map { "\($0.rawValue)" }
    }
    return (type as? any (CaseIterable & RawRepresentable).Type).map { .enumeration(all($0)) }
  }

  /// A value of a type, whatever it holds.
  func instance<Value: Decodable>(of type: Value.Type, fillsLists: Bool) throws -> Value {
    func first<Case: CaseIterable & RawRepresentable>(_ type: Case.Type) -> Any? { type.allCases.first }
    if fillsLists, let list = type as? any SchemaContainer.Type, let value = try list.filled(by: self) as? Value {
      return value
    }
    let text: String? =
      switch type {
      case is Bool.Type: "false"
      case is String.Type: "''"
      case is any (FixedWidthInteger & ScalarDecodable).Type, is any (BinaryFloatingPoint & ScalarDecodable).Type: "1"
      case let type as any SchemaContainer.Type: type.emptyText
      default: nil
      }
    if let text {
      return try ConfigDecoder().decode(type, from: try ConfigParser.parse(text: text, file: ""))
    }
    if let type = type as? any (CaseIterable & RawRepresentable).Type, let value = first(type) as? Value {
      return value
    }
    _ = schema(of: type)
    guard let value = instances[ObjectIdentifier(type)] as? Value else { throw SchemaProbeError.recursion }
    return value
  }

  /// Decodes a type that takes its keys from the mapping of another one.
  func inline<Value: Decodable>(_ type: Value.Type, in run: SchemaRun) throws -> Value {
    let value = try? Value(from: decoder(for: type, run))
    if let standard = Self.standard(type), case .mapping = run.role { return standard }
    if let standard = Self.standard(type), case .kind(_?) = run.role { return standard }
    guard let value else { throw SchemaProbeError.mismatch }
    return value
  }

  func decoder<Value: Decodable>(for type: Value.Type, _ run: SchemaRun) -> SchemaProbe {
    var probe = SchemaProbe(generator: self, run: run, owner: Self.name(of: type))
    if let standard = Self.standard(type) as? any Encodable {
      probe.standard = try? NodeEncoder.encode(standard, at: ConfigLocation(source: "")).mapping
    }
    return probe
  }

  private static func standard<Value>(_ type: Value.Type) -> Value? {
    (type as? any DefaultInitializable.Type).flatMap { $0.init() as? Value }
  }

  private func keep<Value: Decodable>(_ value: Value) {
    if instances[ObjectIdentifier(Value.self)] == nil { instances[ObjectIdentifier(Value.self)] = value }
  }
}

// MARK: - Runs

extension SchemaGenerator {
  private func probe<Value: Decodable>(_ type: Value.Type) -> SchemaNode {
    if let standard = Self.standard(type) { keep(standard) }
    var nodes: [SchemaNode] = []
    let plain = attempt(type, .mapping)
    if plain.run.acceptsAnything { return .anything }
    if plain.run.acceptsAnyMapping { return .anyMapping }
    if plain.run.kinds == nil, !plain.run.properties.isEmpty { nodes += objects(type, .mapping, plain) }
    let kinds = plain.run.kinds ?? (plain.run.asksForKind ? attempt(type, .kind(nil)).run.kinds : nil)
    if let kinds {
      // A name without settings comes first: it is what an editor offers.
      let alone = kinds.filter { attempt(type, .text($0)).value != nil }
      if !alone.isEmpty { nodes.insert(.enumeration(alone), at: 0) }
      for kind in kinds { nodes += objects(type, .kind(kind), attempt(type, .kind(kind))) }
    } else if !plain.run.isMapping || !plain.run.singles.isEmpty {
      nodes += singles(type, plain.run.singles)
    }
    return nodes.isEmpty ? .anyMapping : .choice(of: nodes)
  }

  /// Decodes once, and again with what an error tells.
  private func attempt<Value: Decodable>(
    _ type: Value.Type, _ role: SchemaRun.Role, answers: [String: String] = [:], present: Set<String> = []
  ) -> (run: SchemaRun, value: Value?, known: [String: [String]]) {
    var answers = answers, known: [String: [String]] = [:], best: SchemaRun?
    for (refusesText, fillsLists) in [(false, false), (false, true), (true, false), (true, true)] {
      for _ in 0..<4 {
        let run = SchemaRun(role)
        (run.answers, run.present, run.refusesText, run.fillsLists) = (answers, present, refusesText, fillsLists)
        do {
          let value = try Value(from: decoder(for: type, run))
          if present.isEmpty { keep(value) }
          for (key, values) in known { run.restrict(key, to: values) }
          return (run, value, known)
        } catch {
          if (best?.properties.count ?? -1) < run.properties.count { best = run }
          guard let error = error as? ConfigValueError, let key = error.key, let values = error.known,
            answers[key] == nil, let first = values.first
          else { break }
          (answers[key], known[key]) = (first, values)
        }
      }
    }
    let run = best ?? SchemaRun(role)
    for (key, values) in known { run.restrict(key, to: values) }
    return (run, nil, known)
  }

  /// The mappings of a role: one, or one for each value of a key that decides about the others.
  private func objects<Value: Decodable>(
    _ type: Value.Type, _ role: SchemaRun.Role, _ attempt: (run: SchemaRun, value: Value?, known: [String: [String]])
  ) -> [SchemaNode] {
    guard role == .mapping, let (key, values) = attempt.known.first else {
      return [.object(object(type, role, attempt.run, attempt.value))]
    }
    var objects: [SchemaObject] = []
    for value in values {
      let answered = self.attempt(type, role, answers: [key: value])
      var object = object(type, role, answered.run, answered.value)
      object.properties.removeAll { $0.key == key }
      object.selector = object.selector ?? .init(key: key, values: [value])
      if let index = objects.firstIndex(where: { $0.properties == object.properties && $0.selector?.key == key }) {
        objects[index].selector?.values.append(value)
      } else {
        objects.append(object)
      }
    }
    // A key that decides about nothing is a key like others.
    guard objects.count > 1 else { return [.object(object(type, role, attempt.run, attempt.value))] }
    return objects.map { .object($0) }
  }

  private func object<Value: Decodable>(
    _ type: Value.Type, _ role: SchemaRun.Role, _ run: SchemaRun, _ value: Value?
  ) -> SchemaObject {
    var object = SchemaObject(properties: run.properties)
    if case .kind(let kind?) = role { object.selector = .init(key: "kind", values: [kind]) }
    // What the type itself fills in stands in its encoded value.
    let encoded = (value as? any Encodable).flatMap {
      try? NodeEncoder.encode($0, at: ConfigLocation(source: "")).mapping
    }
    let optional = run.properties.filter { !$0.isRequired }.map(\.key)
    for index in object.properties.indices {
      let property = object.properties[index]
      if property.standard == nil, !property.isRequired { object.properties[index].standard = encoded?[property.key] }
      guard property.isRequired else { continue }
      // A key that another one takes the place of is not required.
      object.properties[index].isRequired = !optional.contains { other in
        let without = attempt(type, role, answers: run.answers, present: [other])
        return without.value != nil && !without.run.properties.contains { $0.key == property.key }
      }
    }
    return object
  }

  /// What a type takes that has no keys: numbers and words.
  private func singles<Value: Decodable>(_ type: Value.Type, _ asked: [SchemaNode]) -> [SchemaNode] {
    var nodes = asked.filter { $0 != .string }
    guard asked.contains(.string) else { return nodes }
    let run = SchemaRun(.text("\u{1}"))
    var words: [String]?
    do { _ = try Value(from: decoder(for: type, run)) } catch { words = (error as? ConfigValueError)?.known }
    if let words, let value = attempt(type, .text(words[0])).value { keep(value) }
    if words == nil, let value = attempt(type, .text(",")).value { keep(value) }
    nodes.append(words.map { .enumeration($0) } ?? .string)
    return nodes
  }
}

// MARK: - Names

extension SchemaGenerator {
  /// The name of a type without its module: `Adam.Configuration`, `PartChoice-StatisticsPlace`.
  static func name(of type: any Any.Type) -> String {
    let parts = String(reflecting: type).split { "<>, ".contains($0) }
    return parts.map { part in
      part.split(separator: ".").dropFirst().filter { !$0.contains("(") && !$0.contains("$") }.joined(separator: ".")
    }.joined(separator: "-")
  }

  /// The type whose keys these are; nil where the keys are not its own.
  static func owner(ofKeys type: any Any.Type) -> String? {
    let name = String(reflecting: type)
    guard name.contains("CodingKeys"), !name.contains("<") else { return nil }
    var steps = name.split(separator: ".").map(String.init)
    steps.removeFirst()
    let owner = steps.prefix { !$0.contains("CodingKeys") && !$0.contains("(") }
    return owner.isEmpty ? nil : owner.joined(separator: ".")
  }
}

/// Lists and dictionaries, as schemas.
protocol SchemaContainer {
  static func schema(in generator: SchemaGenerator) -> SchemaNode
  /// One with an element.
  static func filled(by generator: SchemaGenerator) throws -> Any
  /// One without elements, as YAML.
  static var emptyText: String { get }
}

extension Array: SchemaContainer where Element: Decodable {
  static func schema(in generator: SchemaGenerator) -> SchemaNode { .array(generator.schema(of: Element.self)) }
  static func filled(by generator: SchemaGenerator) throws -> Any {
    [try generator.instance(of: Element.self, fillsLists: true)]
  }
  static var emptyText: String { "[]" }
}

extension Dictionary: SchemaContainer where Key == String, Value: Decodable {
  static func schema(in generator: SchemaGenerator) -> SchemaNode { .dictionary(generator.schema(of: Value.self)) }
  static func filled(by generator: SchemaGenerator) throws -> Any { Self() }
  static var emptyText: String { "{}" }
}
