internal import AttuneCore
internal import Foundation

/// Puts values in the place of `${path}` and `${env:NAME,default}` in scalars; `$${` stands for `${` itself.
struct ConfigInterpolation {
  /// Most bytes of a value with others put in.
  static let maximumBytes = 65_536
  /// Most values that lead to each other.
  static let maximumChain = 32

  private let root: ConfigNode
  private let environment: [String: String]
  private var resolved: [ConfigPath: ConfigScalar] = [:]

  /// The config with all values put in.
  ///
  /// - Throws: `ConfigError` for a path that leads nowhere or to a list or mapping, for values that refer to each other in
  ///   a circle, and for a variable that is not set.
  static func resolve(
    _ root: ConfigNode, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(ConfigError) -> ConfigNode {
    var interpolation = ConfigInterpolation(root: root, environment: environment)
    return try interpolation.node(root, ConfigPath())
  }

  private init(root: ConfigNode, environment: [String: String]) {
    (self.root, self.environment) = (root, environment)
  }

  private mutating func node(_ node: ConfigNode, _ path: ConfigPath) throws(ConfigError) -> ConfigNode {
    switch node.content {
    case .scalar(let scalar):
      guard scalar.text.contains("${") else { return node }
      return ConfigNode(.scalar(try self.scalar(scalar, at: node.location, path, chain: [path])), at: node.location)
    case .sequence(let elements):
      var result: [ConfigNode] = []
      for (index, element) in elements.enumerated() {
        result.append(try self.node(element, path.appending(index: index)))
      }
      return ConfigNode(.sequence(result), at: node.location)
    case .mapping(var mapping):
      for entry in mapping.entries {
        var entry = entry
        entry.value = try self.node(entry.value, path.appending(key: entry.key))
        mapping.set(entry)
      }
      return ConfigNode(.mapping(mapping), at: node.location)
    }
  }

  /// A scalar with its values put in; one that is nothing but a reference is the value itself, of its type.
  private mutating func scalar(
    _ scalar: ConfigScalar, at location: ConfigLocation, _ path: ConfigPath, chain: [ConfigPath]
  ) throws(ConfigError) -> ConfigScalar {
    guard scalar.text.contains("${") else { return scalar }
    if let known = resolved[path] { return known }
    var result = scalar, text = "", rest = scalar.text[...], whole: ConfigScalar?, parts = 0
    while !rest.isEmpty {
      if rest.hasPrefix("$${") {
        text += "${"
        rest = rest.dropFirst(3)
        parts += 1
      } else if rest.hasPrefix("${") {
        guard let end = rest.firstIndex(of: "}") else {
          throw ConfigError(location, path, "'${' has no '}'", "close it, or write '$${' for the text '${'")
        }
        let reference = rest[rest.index(rest.startIndex, offsetBy: 2)..<end]
        let value = try self.value(of: String(reference).trimmingBlanks, at: location, path, chain)
        whole = value
        text += value.text
        rest = rest[rest.index(after: end)...]
        parts += 1
      } else {
        text.append(rest.removeFirst())
        parts += 2
      }
      guard text.utf8.count <= Self.maximumBytes else {
        throw ConfigError(location, path, "more than \(Self.maximumBytes) bytes after all values are put in")
      }
    }
    if parts == 1, let whole { result = whole } else { result.text = text }
    resolved[path] = result
    return result
  }

  private mutating func value(
    of reference: String, at location: ConfigLocation, _ path: ConfigPath, _ chain: [ConfigPath]
  ) throws(ConfigError) -> ConfigScalar {
    if reference.hasPrefix("env:") { return try variable(reference.dropFirst(4), at: location, path) }
    guard !reference.contains("${"), !reference.contains(":") else {
      throw ConfigError(
        location, path, "\(("${" + reference + "}").quotedForMessage) is not understood",
        "write ${path.to.a.value} or ${env:NAME,default}, or '$${' for the text '${'")
    }
    let (node, target) = try find(reference, at: location, path)
    guard let scalar = node.scalar else {
      throw ConfigError(
        location, path, "'${\(reference)}' is \(node.descriptionForMessage); only a single value can be put in",
        "name one of its values, such as \(reference).\(node.mapping?.keys.first ?? "0")")
    }
    guard !chain.contains(target) else {
      let names = (chain + [target]).map(\.description).joined(separator: " → ")
      throw ConfigError(location, path, "values refer to each other in a circle: \(names)", "give one of them a value")
    }
    guard chain.count < Self.maximumChain else {
      throw ConfigError(location, path, "more than \(Self.maximumChain) values refer to each other in a chain")
    }
    return try self.scalar(scalar, at: node.location, target, chain: chain + [target])
  }

  private func variable(
    _ text: Substring, at location: ConfigLocation, _ path: ConfigPath
  ) throws(ConfigError) -> ConfigScalar {
    let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let name = parts[0].trimmingBlanks
    if let value = environment[name] { return ConfigScalar(value, style: value.isEmpty ? .singleQuoted : .plain) }
    guard parts.count == 2 else {
      throw ConfigError(
        location, path, "the environment variable \(name.quotedForMessage) is not set",
        "set it, or give a default: ${env:\(name),default}")
    }
    return ConfigScalar(parts[1].trimmingBlanks)
  }

  /// The node at a path from the root.
  private func find(
    _ reference: String, at location: ConfigLocation, _ path: ConfigPath
  ) throws(ConfigError) -> (ConfigNode, ConfigPath) {
    var node = root, here = ConfigPath()
    for step in try ConfigOverride.steps(reference[...], location) {
      switch node.content {
      case .mapping(let mapping):
        guard let next = mapping[step] else {
          let hint = Suggestion.text(for: step, among: mapping.keys, listing: mapping.keys, title: "Written there")
          let place = here.components.isEmpty ? "the config" : "'\(here)'"
          throw ConfigError(location, path, "'${\(reference)}': \(place) has no \(step.quotedForMessage)", hint)
        }
        (node, here) = (next, here.appending(key: step))
      case .sequence(let elements):
        let names = elements.map(ConfigSections.name)
        let index = Int(step).flatMap { elements.indices.contains($0) ? $0 : nil } ?? names.firstIndex(of: step)
        guard let index else {
          let known = names.compactMap(\.self)
          throw ConfigError(
            location, path, "'${\(reference)}': '\(here)' has no element \(step.quotedForMessage)",
            Suggestion.text(for: step, among: known, listing: known, title: "Named there"))
        }
        (node, here) = (elements[index], here.appending(index: index))
      case .scalar:
        throw ConfigError(
          location, path, "'${\(reference)}': '\(here)' is a single value and has no \(step.quotedForMessage)")
      }
    }
    return (node, here)
  }
}
