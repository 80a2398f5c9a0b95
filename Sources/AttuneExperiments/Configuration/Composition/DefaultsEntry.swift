internal import AttuneCore

/// An element of a `defaults` list.
struct DefaultsEntry {
  /// A file that is named there, with the place of the name.
  struct Option {
    /// As it is written.
    let name: String
    /// Where.
    let location: ConfigLocation
  }

  enum Kind {
    /// `_self_`: the keys of the file itself.
    case own
    /// `file`: keys beside those of the file.
    case file(Option)
    /// `group: option` or `group: [option, option]`: `group/option.yaml`, whose content goes under the last step of
    /// `group`.
    case group(String, [Option])
  }

  let kind: Kind
  let location: ConfigLocation
  let path: ConfigPath

  /// The elements of a list.
  ///
  /// - Throws: `ConfigError` for what is none.
  static func read(_ list: ConfigNode) throws(ConfigError) -> [DefaultsEntry] {
    let root = ConfigPath([.key("defaults")])
    guard let elements = list.sequence else {
      throw ConfigError(list.location, root, "expected a list, found \(list.descriptionForMessage)", usage)
    }
    var entries: [DefaultsEntry] = []
    for (index, element) in elements.enumerated() {
      let path = root.appending(index: index)
      entries.append(
        DefaultsEntry(kind: try kind(of: element, path), location: element.location, path: path))
    }
    return entries
  }

  private static let usage = "write '- group: option', '- group: [option, option]', '- file' or '- _self_'"

  private static func kind(of element: ConfigNode, _ path: ConfigPath) throws(ConfigError) -> Kind {
    switch element.content {
    case .scalar:
      let option = try option(element, path)
      if option.name == "_self_" { return .own }
      let steps = option.name.split(separator: "/", omittingEmptySubsequences: false)
      guard steps.count > 1, let group = steps.dropLast().last, group != "..", group != "." else {
        return .file(option)
      }
      let folder = steps.dropLast().joined(separator: "/")
      return .group(folder, [Option(name: steps.last.map(String.init) ?? "", location: option.location)])
    case .mapping(let mapping) where mapping.entries.count == 1:
      let entry = mapping.entries[0], here = path.appending(key: entry.key)
      let last = entry.key.split(separator: "/", omittingEmptySubsequences: false).last.map(String.init) ?? ""
      guard !["", ".", ".."].contains(last) else {
        throw ConfigError(entry.keyLocation, path, "a group needs a name", usage)
      }
      guard let elements = entry.value.sequence else { return .group(entry.key, [try option(entry.value, here)]) }
      var options: [Option] = []
      for (index, element) in elements.enumerated() {
        options.append(try option(element, here.appending(index: index)))
      }
      return .group(entry.key, options)
    default:
      throw ConfigError(
        element.location, path, "expected one group with its option, found \(element.descriptionForMessage)", usage)
    }
  }

  private static func option(_ node: ConfigNode, _ path: ConfigPath) throws(ConfigError) -> Option {
    guard let scalar = node.scalar, !scalar.isNull, !scalar.text.isEmpty else {
      throw ConfigError(
        node.location, path, "expected the name of a file, found \(node.descriptionForMessage)", usage)
    }
    guard !scalar.text.contains("${") else {
      throw ConfigError(
        node.location, path, "interpolation is not known here: the files are read before it is resolved",
        "name the file, and choose another one on the command line, such as data=digits")
    }
    return Option(name: scalar.text, location: node.location)
  }
}
