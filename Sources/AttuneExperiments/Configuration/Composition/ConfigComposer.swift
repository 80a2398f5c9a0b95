internal import AttuneCore
internal import Foundation

/// Puts a config together from its file and the files that its `defaults` list names.
struct ConfigComposer {
  /// Most files of one config.
  static let maximumFiles = 200
  /// Most files that include each other in a chain.
  static let maximumChain = 16

  /// Overrides that name other options of a group, by the path of the group.
  private var choices: [[String]: ConfigOverride] = [:]
  private var usedChoices: Set<[String]> = []
  private var files = 0
  private var nodes = 0

  /// The config of a file with what its `defaults` name, and the overrides that chose no option.
  ///
  /// - Throws: `ConfigError` with the place in the file where the error is; `FileError` where a file cannot be read.
  static func compose(
    bytes: [UInt8], file: String, overrides: [ConfigOverride]
  ) throws -> (node: ConfigNode, overrides: [ConfigOverride]) {
    var composer = ConfigComposer()
    for change in overrides where change.choosesOptions { composer.choices[change.path] = change }
    let node = try composer.node(bytes: bytes, file: file, at: [], chain: [File(file)])
    let used = composer.usedChoices
    return (node, overrides.filter { !($0.choosesOptions && used.contains($0.path)) })
  }

  /// A file of the chain.
  private struct File: Equatable {
    let name: String
    let canonical: String

    init(_ name: String) {
      self.name = name
      let real = realpath(name, nil)
      defer { free(real) }
      canonical = real.map { String(cString: $0) } ?? name
    }

    /// What a name in the file is relative to, with its slash.
    var folder: String { name.lastIndex(of: "/").map { String(name[...$0]) } ?? "" }

    static func == (left: File, right: File) -> Bool { left.canonical == right.canonical }
  }

  /// The config of a file.
  ///
  /// - Parameters:
  ///   - path: the keys under which it goes; nil where command lines do not reach it.
  ///   - chain: the files that led here, this one the last.
  private mutating func node(bytes: [UInt8], file: String, at path: [String]?, chain: [File]) throws -> ConfigNode {
    let root = try ConfigParser.parse(bytes: bytes, file: file)
    files += 1
    nodes += root.nodeCount
    guard nodes <= ConfigParser.maximumNodes else {
      throw ConfigError(
        root.location, ConfigPath(), "the files together have more than \(ConfigParser.maximumNodes) values and keys")
    }
    guard let mapping = root.mapping, let list = mapping["defaults"] else { return root }
    var own = mapping
    own.remove("defaults")
    let ownNode = ConfigNode(.mapping(own), at: root.location)
    var result = ConfigNode(.mapping(ConfigMapping()), at: root.location), isOwnIn = false
    for entry in try DefaultsEntry.read(list) {
      switch entry.kind {
      case .own:
        guard !isOwnIn else { throw ConfigError(entry.location, entry.path, "_self_ is given twice") }
        result = result.merging(ownNode)
        isOwnIn = true
      case .file(let option):
        let included = try self.included(option, entry, group: nil, at: path, chain)
        guard included.mapping != nil else {
          throw ConfigError(
            included.location, ConfigPath(), "expected a mapping, found \(included.descriptionForMessage)",
            "a list goes under a group: write '- group: option'")
        }
        result = result.merging(included)
      case .group(let group, let options):
        result = result.merging(try self.group(group, options, entry, at: path, chain))
      }
    }
    return isOwnIn ? result : result.merging(ownNode)
  }

  /// The content of a group's options under its key.
  private mutating func group(
    _ group: String, _ written: [DefaultsEntry.Option], _ entry: DefaultsEntry, at path: [String]?, _ chain: [File]
  ) throws -> ConfigNode {
    let key = group.split(separator: "/").last.map(String.init) ?? group
    let place = path.map { $0 + [key] }
    let options = place.flatMap { choose($0) } ?? written
    var value: ConfigNode?
    for option in options {
      // Arms of a list have no path of their own before they are named.
      let below = ConfigSections.lists.contains(key) ? nil : place
      var included = try included(option, entry, group: group, at: below, chain)
      if ConfigSections.lists.contains(key), included.sequence == nil {
        let element = ConfigSections.named.contains(key) ? included.named(after: option) : included
        included = ConfigNode(.sequence([element]), at: included.location)
      }
      value = value?.merging(included, under: key) ?? included
    }
    var mapping = ConfigMapping()
    if let value { mapping.set(.init(key: key, keyLocation: entry.location, value: value)) }
    return ConfigNode(.mapping(mapping), at: entry.location)
  }

  /// The options that the command line chooses for a group.
  private mutating func choose(_ path: [String]) -> [DefaultsEntry.Option]? {
    guard let value = choices[path]?.value else { return nil }
    usedChoices.insert(path)
    return (value.sequence ?? [value]).compactMap { element in
      element.scalar.map { DefaultsEntry.Option(name: $0.text, location: value.location) }
    }
  }

  private mutating func included(
    _ option: DefaultsEntry.Option, _ entry: DefaultsEntry, group: String?, at path: [String]?, _ chain: [File]
  ) throws -> ConfigNode {
    guard let including = chain.last else { preconditionFailure("a chain starts with the main file") }
    let start = group.map { $0 + "/" } ?? ""
    let base = (start + option.name).hasPrefix("/") ? "" : including.folder
    let names = Self.isYAML(option.name) ? [option.name] : [option.name + ".yaml", option.name + ".yml"]
    let paths = names.map { base + start + $0 }
    guard let found = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw missing(option, entry, group: group, expected: paths[0])
    }
    let file = File(found)
    if let first = chain.firstIndex(of: file) {
      let names = (chain[first...].map(\.name) + [file.name]).joined(separator: " → ")
      throw ConfigError(option.location, entry.path, "a file cannot include itself: \(names)", "remove one of them")
    }
    guard chain.count < Self.maximumChain, files < Self.maximumFiles else {
      throw ConfigError(
        option.location, entry.path,
        "more than \(Self.maximumChain) files in a chain, or \(Self.maximumFiles) in all")
    }
    return try node(bytes: InputFile.bytes(at: found), file: found, at: path, chain: chain + [file])
  }

  private func missing(
    _ option: DefaultsEntry.Option, _ entry: DefaultsEntry, group: String?, expected: String
  ) -> ConfigError {
    let folder = expected.lastIndex(of: "/").map { String(expected[..<$0]) } ?? "."
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "/" : folder)) ?? []
    let options = files.filter(Self.isYAML).map { String($0[..<($0.lastIndex(of: ".") ?? $0.endIndex)]) }.sorted()
    let name = option.name.quotedForMessage
    let what = group.map { "'\($0)' has no option \(name)" } ?? "there is no file \(name) to include"
    return ConfigError(
      option.location, entry.path, "\(what): \(expected) does not exist",
      Suggestion.text(for: option.name, among: options, listing: options, title: "Options"))
  }

  private static func isYAML(_ name: String) -> Bool { name.hasSuffix(".yaml") || name.hasSuffix(".yml") }
}

extension ConfigOverride {
  /// Whether the override may name options of a group: it sets a name or a list of names.
  fileprivate var choosesOptions: Bool {
    guard operation == .set, let value else { return false }
    guard let elements = value.sequence else { return value.scalar?.isNull == false }
    return !elements.isEmpty && elements.allSatisfy { $0.scalar?.isNull == false }
  }
}

extension ConfigNode {
  /// Scalars, sequences, mappings and keys.
  fileprivate var nodeCount: Int {
    switch content {
    case .scalar: 1
    case .sequence(let elements): elements.reduce(1) { $0 + $1.nodeCount }
    case .mapping(let mapping): mapping.entries.reduce(1) { $0 + 1 + $1.value.nodeCount }
    }
  }

  /// An arm without a name, named as its file.
  fileprivate func named(after option: DefaultsEntry.Option) -> ConfigNode {
    guard let mapping, mapping["name"] == nil else { return self }
    let file = option.name.split(separator: "/").last.map(String.init) ?? option.name
    let name = [".yaml", ".yml"].reduce(file) { $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0 }
    var named = ConfigMapping()
    named.set(.init(key: "name", keyLocation: location, value: ConfigNode(.scalar(ConfigScalar(name)), at: location)))
    for entry in mapping.entries { named.set(entry) }
    return ConfigNode(.mapping(named), at: location)
  }
}
