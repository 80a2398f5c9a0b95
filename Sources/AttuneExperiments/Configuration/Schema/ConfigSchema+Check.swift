extension ConfigSchema {
  /// All keys of all mappings.
  var properties: [SchemaProperty] {
    func below(_ node: SchemaNode) -> [SchemaProperty] {
      switch node {
      case .object(let object): object.properties.flatMap { [$0] + below($0.value) }
      case .anyOf(let nodes): nodes.flatMap(below)
      case .array(let element), .dictionary(let element): below(element)
      default: []
      }
    }
    return root.properties + reached.flatMap { below($0.node) }
  }

  /// Where a config does not fit, as `path: what`.
  func problems(of node: ConfigNode) -> [String] { problems(of: node, in: root, "", isRoot: true) }

  private func problems(of node: ConfigNode, in schema: SchemaNode, _ path: String) -> [String] {
    if let scalar = node.scalar, scalar.text.hasPrefix("${") { return [] }
    switch schema {
    case .anything: return []
    case .anyMapping: return node.mapping == nil ? ["\(path): no mapping"] : []
    case .boolean: return (try? node.scalar?.boolean()) == nil ? ["\(path): not true or false"] : []
    case .integer: return (try? node.scalar?.integer(as: Int.self)) == nil ? ["\(path): no integer"] : []
    case .number: return (try? node.scalar?.number(as: Double.self)) == nil ? ["\(path): no number"] : []
    case .string: return node.scalar == nil || node.isNull ? ["\(path): no text"] : []
    case .enumeration(let words):
      return words.contains(node.scalar?.text ?? "") ? [] : ["\(path): none of \(words.joined(separator: ", "))"]
    case .array(let element):
      guard let elements = node.sequence else { return ["\(path): no list"] }
      return elements.enumerated().flatMap { problems(of: $1, in: element, "\(path)[\($0)]") }
    case .dictionary(let value):
      guard let mapping = node.mapping else { return ["\(path): no mapping"] }
      return mapping.entries.flatMap { problems(of: $0.value, in: value, "\(path).\($0.key)") }
    case .reference(let name): return definitions[name].map { problems(of: node, in: $0, path) } ?? ["no \(name)"]
    case .object(let object): return problems(of: node, in: object, path, isRoot: false)
    case .anyOf(let nodes):
      // Of those that do not fit, the one that is nearest says why.
      let all = nodes.map { problems(of: node, in: $0, path) }
      return all.min { $0.count < $1.count } ?? []
    }
  }

  private func problems(of node: ConfigNode, in object: SchemaObject, _ path: String, isRoot: Bool) -> [String] {
    guard let mapping = node.mapping else { return ["\(path): no mapping"] }
    var problems: [String] = []
    if let selector = object.selector, !selector.values.contains(mapping[selector.key]?.scalar?.text ?? "") {
      // More than any wrong key of the right kind.
      problems += Array(
        repeating: "\(path).\(selector.key): not \(selector.values.joined(separator: ", "))", count: 100)
    }
    for entry in mapping.entries where entry.key != object.selector?.key {
      let here = path.isEmpty ? entry.key : "\(path).\(entry.key)"
      guard let property = object.properties.first(where: { $0.key == entry.key }) else {
        problems.append("\(here): unknown key")
        continue
      }
      if entry.value.isNull, property.allowsNull { continue }
      var found = self.problems(of: entry.value, in: property.value, here)
      if !found.isEmpty, property.inheritsKind { found = withoutKind(entry.value, property, here) ?? found }
      problems += found
    }
    guard !isRoot || mapping["defaults"] == nil else { return problems }
    for property in object.properties where property.isRequired && mapping[property.key] == nil {
      problems.append("\(path): no key \(property.key)")
    }
    return problems
  }

  /// The problems of a mapping that changes keys of the default; nil where it is none.
  private func withoutKind(_ node: ConfigNode, _ property: SchemaProperty, _ path: String) -> [String]? {
    guard var mapping = node.mapping, mapping["kind"] == nil, let kind = property.standard?.mapping?.entry("kind")
    else {
      return nil
    }
    mapping.set(kind)
    return problems(of: ConfigNode(.mapping(mapping), at: node.location), in: property.value, path)
  }
}
