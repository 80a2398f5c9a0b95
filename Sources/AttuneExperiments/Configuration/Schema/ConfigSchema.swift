internal import AttuneCore
public import AttuneInference

/// What a config file may hold, found out from the types that read it.
public struct ConfigSchema: Sendable {
  /// Kinds of config file.
  public enum Subject: String, Sendable, CaseIterable {
    /// Training arms × inference arms × scenarios.
    case experiment
    /// Learners × streams.
    case online
  }

  /// The kind of file.
  public let subject: Subject
  /// The keys of the file.
  let root: SchemaObject
  /// What is referred to by name.
  let definitions: [String: SchemaNode]

  /// The schema of a kind of file.
  ///
  /// - Parameter registry: the strategies that the file may name.
  public init(_ subject: Subject, registry: StrategyRegistry = .builtIn) {
    self.subject = subject
    let generator = SchemaGenerator(registry: registry)
    let node =
      switch subject {
      case .experiment: generator.schema(of: ExperimentConfiguration.self)
      case .online: generator.schema(of: OnlineExperimentConfiguration.self)
      }
    var root = SchemaObject()
    if case .reference(let name) = node, case .object(let object)? = generator.definitions[name] { root = object }
    root.properties.append(
      SchemaProperty(
        key: "sweep", value: generator.schema(of: SweepConfiguration.self), isRequired: false, owner: "ConfigFile"))
    root.properties.insert(
      SchemaProperty(
        key: "defaults",
        value: .array(.anyOf([.string, .dictionary(.anyOf([.string, .array(.string)]))])), isRequired: false,
        owner: "ConfigFile"), at: 0)
    self.root = root
    definitions = Self.described(generator.definitions, registry)
  }

  /// JSON Schema, draft 2020-12, that editors read.
  public var json: String { SchemaJSON.object(document).render() + "\n" }

  /// What a key means; nil where that is not known.
  func description(of property: SchemaProperty) -> String? {
    ConfigDescriptions.all["\(property.owner).\(property.key)"]
  }

  /// The definitions with what kinds of part and strategies do.
  private static func described(
    _ definitions: [String: SchemaNode], _ registry: StrategyRegistry
  ) -> [String: SchemaNode] {
    let places = RecipeCatalog.places.map { place in
      Dictionary(place.kinds.map { ($0.name, $0.summary) }, uniquingKeysWith: { first, _ in first })
    }
    return definitions.mapValues { node in
      guard case .anyOf(let nodes) = node else { return node }
      let kinds = Set(nodes.compactMap(\.kind))
      let place = places.first { Set($0.keys) == kinds } ?? [:]
      return .anyOf(
        nodes.map { node in
          guard case .object(var object) = node, let selector = object.selector, selector.values.count == 1 else {
            return node
          }
          object.description =
            selector.key == "strategy" ? registry[selector.values[0]]?.summary : place[selector.values[0]]
          return .object(object)
        })
    }
  }

  /// The definitions that the root leads to, in the order in which they are met.
  var reached: [(name: String, node: SchemaNode)] {
    var names: [String] = [], waiting = root.properties.map(\.value)[...]
    while let node = waiting.popFirst() {
      switch node {
      case .reference(let name):
        guard !names.contains(name), let target = definitions[name] else { continue }
        names.append(name)
        waiting.append(target)
      case .array(let element), .dictionary(let element): waiting.append(element)
      case .object(let object): waiting.append(contentsOf: object.properties.map(\.value))
      case .anyOf(let nodes): waiting.append(contentsOf: nodes)
      default: break
      }
    }
    return names.compactMap { name in definitions[name].map { (name, $0) } }
  }
}

extension SchemaNode {
  /// The kind of a mapping that names one.
  fileprivate var kind: String? {
    guard case .object(let object) = self, object.selector?.key == "kind" else { return nil }
    return object.selector?.values.first
  }
}

// MARK: - JSON

extension ConfigSchema {
  private var document: [(String, SchemaJSON)] {
    var definitions: [(String, SchemaJSON)] = []
    var kindless: [String: SchemaJSON] = [:]
    for (name, node) in reached.sorted(by: { $0.name < $1.name }) {
      definitions.append((name, .object(entries(node, &kindless))))
    }
    var entries = entries(of: root, &kindless).filter { $0.0 != "required" }
    // What a file does not have, one that it includes may have.
    let required = root.properties.filter(\.isRequired).map { SchemaJSON.text($0.key) }
    entries.append(
      ("anyOf", .list([.object([("required", .list([.text("defaults")]))]), .object([("required", .list(required))])])))
    definitions += kindless.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return [
      ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
      ("title", .text(subject == .experiment ? "Attune experiment" : "Attune online experiment")),
    ] + entries + [("$defs", .object(definitions))]
  }

  private func entries(_ node: SchemaNode, _ kindless: inout [String: SchemaJSON]) -> [(String, SchemaJSON)] {
    switch node {
    case .boolean: return Self.scalar("boolean")
    case .integer: return Self.scalar("integer")
    case .number: return Self.scalar("number")
    // YAML numbers and booleans are read as texts where a text is wanted.
    case .string: return [("type", .list([.text("string"), .text("number"), .text("boolean")]))]
    case .enumeration(let words): return [("anyOf", .list([.object(Self.words(words)), .object(Self.interpolation)]))]
    case .array(let element): return [("type", .text("array")), ("items", .object(entries(element, &kindless)))]
    case .dictionary(let value):
      return [("type", .text("object")), ("additionalProperties", .object(entries(value, &kindless)))]
    case .object(let object): return entries(of: object, &kindless)
    case .anyOf(let nodes):
      var list: [SchemaJSON] = []
      for node in nodes {
        if case .enumeration(let words) = node {
          list += [.object(Self.words(words)), .object(Self.interpolation)]
        } else {
          list.append(.object(entries(node, &kindless)))
        }
      }
      return [("anyOf", .list(list))]
    case .reference(let name): return [("$ref", .text("#/$defs/\(name)"))]
    case .anything: return []
    case .anyMapping: return [("type", .text("object"))]
    }
  }

  private static let interpolation = [("type", SchemaJSON.text("string")), ("pattern", .text(#"^\$\{.*\}$"#))]

  private static func words(_ words: [String]) -> [(String, SchemaJSON)] {
    [("enum", .list(words.map { .text($0) }))]
  }

  private static func scalar(_ type: String) -> [(String, SchemaJSON)] {
    [("type", .list([.text(type), .text("string")])), ("pattern", .text(#"^\$\{.*\}$"#))]
  }

  private func entries(of object: SchemaObject, _ kindless: inout [String: SchemaJSON]) -> [(String, SchemaJSON)] {
    var properties: [(String, SchemaJSON)] = []
    if let selector = object.selector {
      var entries = Self.words(selector.values)
      if let summary = object.description { entries.append(("description", .text(summary))) }
      properties.append((selector.key, .object(entries)))
    }
    for property in object.properties where property.key != object.selector?.key {
      properties.append((property.key, .object(entries(of: property, &kindless))))
    }
    let required =
      (object.selector.map { [$0.key] } ?? [])
      + object.properties.filter { $0.isRequired && $0.key != object.selector?.key }.map(\.key)
    var result: [(String, SchemaJSON)] = [("type", .text("object"))]
    if let summary = object.description { result.append(("description", .text(summary))) }
    result.append(("properties", .object(properties)))
    if !required.isEmpty { result.append(("required", .list(required.map { .text($0) }))) }
    result.append(("additionalProperties", .flag(false)))
    return result
  }

  private func entries(
    of property: SchemaProperty, _ kindless: inout [String: SchemaJSON]
  ) -> [(String, SchemaJSON)] {
    var result = entries(property.value, &kindless)
    var others: [SchemaJSON] = []
    if property.inheritsKind, let other = withoutKind(property, &kindless) { others.append(other) }
    if property.allowsNull { others.append(.object([("type", .text("null"))])) }
    if !others.isEmpty, !result.isEmpty { result = [("anyOf", .list([.object(result)] + others))] }
    if let text = description(of: property) { result.append(("description", .text(text))) }
    if let standard = property.standard.flatMap(SchemaJSON.init) { result.append(("default", standard)) }
    return result
  }

  /// The keys of the default's kind, where a mapping changes some of them and names no kind.
  private func withoutKind(_ property: SchemaProperty, _ kindless: inout [String: SchemaJSON]) -> SchemaJSON? {
    guard case .reference(let name) = property.value, let kind = property.standard?.mapping?["kind"]?.scalar?.text,
      case .anyOf(let nodes)? = definitions[name]
    else { return nil }
    let found = nodes.compactMap { node -> SchemaObject? in
      guard case .object(let object) = node, object.selector?.values == [kind] else { return nil }
      return object
    }.first
    guard var object = found else { return nil }
    object.selector = nil
    let reference = "\(name)-\(kind)-settings"
    if kindless[reference] == nil {
      kindless[reference] = .object([])
      kindless[reference] = .object(entries(of: object, &kindless))
    }
    return .object([("$ref", .text("#/$defs/\(reference)"))])
  }
}
