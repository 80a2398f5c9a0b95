internal import AttuneCore

extension ConfigNode {
  /// The configuration with overrides applied in order.
  public func applying(_ overrides: [ConfigOverride]) throws(ConfigError) -> ConfigNode {
    var node = self
    for change in overrides { node = try change.apply(to: node) }
    return node
  }
}

extension ConfigOverride {
  /// The configuration with this change.
  ///
  /// - Parameter node: The configuration, which is a mapping.
  /// - Throws: `ConfigError` where the path leads nowhere, with the nearest name.
  public func apply(to node: ConfigNode) throws(ConfigError) -> ConfigNode {
    try apply(to: node, path[...], ConfigPath())
  }

  private func apply(
    to node: ConfigNode, _ steps: ArraySlice<String>, _ path: ConfigPath
  ) throws(ConfigError) -> ConfigNode {
    guard let step = steps.first else { return node }
    let rest = steps.dropFirst()
    switch node.content {
    case .sequence(let elements):
      return try apply(to: elements, of: node, step, rest, path)
    case .mapping(let mapping):
      return try apply(to: mapping, of: node, step, rest, path)
    case .scalar where node.isNull && operation != .delete:
      return try apply(to: ConfigMapping(), of: node, step, rest, path)
    case .scalar:
      throw ConfigError(location, path, "\(node.descriptionForMessage) is a single value and has no \(quoted(step))")
    }
  }

  private func apply(
    to mapping: ConfigMapping, of node: ConfigNode, _ step: String, _ rest: ArraySlice<String>, _ path: ConfigPath
  ) throws(ConfigError) -> ConfigNode {
    var mapping = mapping
    let here = path.appending(key: step)
    let entry = mapping.entry(step)
    if operation == .delete {
      guard let entry else { throw absent(step, among: mapping.keys, here, "there is no such key to delete") }
      if rest.isEmpty {
        try checkDeleted(entry.value, here)
        mapping.remove(step)
      } else {
        mapping.set(with(entry, value: try apply(to: entry.value, rest, here)))
      }
      return ConfigNode(.mapping(mapping), at: node.location)
    }
    let value: ConfigNode
    if rest.isEmpty, let new = self.value {
      if let entry, operation == .add { throw present(entry.value, here) }
      value = new
    } else {
      // What a file leaves to its defaults has no mapping yet.
      let below = entry?.value ?? ConfigNode(.mapping(ConfigMapping()), at: location)
      value = try apply(to: below, rest, here)
    }
    let created = ConfigMapping.Entry(key: step, keyLocation: location, value: value)
    mapping.set(entry.map { with($0, value: value) } ?? created)
    return ConfigNode(.mapping(mapping), at: node.isNull ? location : node.location)
  }

  private func apply(
    to elements: [ConfigNode], of node: ConfigNode, _ step: String, _ rest: ArraySlice<String>, _ path: ConfigPath
  ) throws(ConfigError) -> ConfigNode {
    var elements = elements
    if rest.isEmpty, let value, operation == .add || operation == .setOrAdd, Int(step) == elements.count {
      elements.append(value)
      return ConfigNode(.sequence(elements), at: node.location)
    }
    let index = try index(of: step, in: elements, path)
    let here = path.appending(index: index)
    if !rest.isEmpty {
      elements[index] = try apply(to: elements[index], rest, here)
    } else if operation == .delete {
      try checkDeleted(elements[index], here)
      elements.remove(at: index)
    } else if operation == .add {
      throw present(elements[index], here)
    } else if let value {
      elements[index] = value
    }
    return ConfigNode(.sequence(elements), at: node.location)
  }

  /// The element that a step names: by index, or by its `name`, by default that of its `strategy` or `learner`.
  private func index(of step: String, in elements: [ConfigNode], _ path: ConfigPath) throws(ConfigError) -> Int {
    if let index = Int(step), elements.indices.contains(index) { return index }
    let names = elements.map { element in
      ["name", "strategy", "learner"].lazy.compactMap { element.mapping?[$0]?.scalar?.text }.first
    }
    let matches = names.indices.filter { names[$0] == step }
    if matches.count == 1 { return matches[0] }
    if matches.count > 1 {
      throw ConfigError(location, path, "\(matches.count) elements are named \(quoted(step))", "use an index")
    }
    let count = elements.count == 1 ? "1 element" : "\(elements.count) elements"
    let isIndex = Int(step) != nil
    let known = names.compactMap { $0 }
    let message = "there is no element \(quoted(step)) among its \(count)"
    if isIndex || known.isEmpty {
      let last = elements.count - 1
      throw ConfigError(location, path, message, last < 0 ? "add one with +" : "indices are 0 to \(last)")
    }
    throw ConfigError(
      location, path, message, Suggestion.text(for: step, among: known, listing: known, title: "Named here"))
  }

  private func with(_ entry: ConfigMapping.Entry, value: ConfigNode) -> ConfigMapping.Entry {
    var entry = entry
    entry.value = value
    return entry
  }

  private func checkDeleted(_ found: ConfigNode, _ path: ConfigPath) throws(ConfigError) {
    guard let value, !value.hasSameValue(as: found) else { return }
    throw ConfigError(
      location, path, "the value to delete is \(value.descriptionForMessage), found \(found.descriptionForMessage)",
      "leave out '=…' to delete whatever is there")
  }

  private func absent(_ step: String, among keys: [String], _ path: ConfigPath, _ message: String) -> ConfigError {
    ConfigError(location, path, message, Suggestion.text(for: step, among: keys, listing: keys, title: "Present"))
  }

  private func present(_ value: ConfigNode, _ path: ConfigPath) -> ConfigError {
    ConfigError(
      location, path, "is already there, at \(value.location)", "leave out '+' to change it")
  }

  private func quoted(_ step: String) -> String { step.quotedForMessage }
}

extension ConfigNode {
  /// Equal but for places and the kind of quotes.
  func hasSameValue(as other: ConfigNode) -> Bool {
    switch (content, other.content) {
    case (.scalar(let left), .scalar(let right)):
      left.isNull && right.isNull || left.text == right.text && left.isString == right.isString
    case (.sequence(let left), .sequence(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.hasSameValue(as: $1) }
    case (.mapping(let left), .mapping(let right)):
      left.entries.count == right.entries.count
        && left.entries.allSatisfy { entry in right[entry.key].map { entry.value.hasSameValue(as: $0) } ?? false }
    default: false
    }
  }
}
