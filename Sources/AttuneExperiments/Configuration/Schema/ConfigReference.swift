public import AttuneInference

/// The page of all keys, made from the schema.
public enum ConfigReference {
  /// The page as Markdown.
  public static func markdown(registry: StrategyRegistry = .builtIn) -> String {
    var page = Page()
    page.lines = [
      "# Config reference", "",
      "Every key of a config file with its type, its default and what it means, made from the types that read it: do not "
        + "edit. How files are put together, overrides and sweeps: [configuration.md](configuration.md). The same for "
        + "editors: `attune schema`.", "",
    ]
    for subject in ConfigSchema.Subject.allCases {
      let schema = ConfigSchema(subject, registry: registry)
      page.lines += [subject == .experiment ? "## Experiments" : "## Online experiments", ""]
      page.table(of: schema.root, schema)
      for (name, node) in schema.reached where page.isNew(name) { page.section(name, node, schema) }
    }
    return page.lines.joined(separator: "\n") + "\n"
  }

  /// The page while it grows.
  private struct Page {
    var lines: [String] = []
    private var names: Set<String> = []

    /// Whether a definition has no section yet.
    mutating func isNew(_ name: String) -> Bool { names.insert(name).inserted }

    mutating func section(_ name: String, _ node: SchemaNode, _ schema: ConfigSchema) {
      lines += ["### \(name)", ""]
      guard case .anyOf(let nodes) = node else {
        if case .object(let object) = node { table(of: object, schema) }
        return
      }
      let words = nodes.filter { if case .object = $0 { false } else { true } }
      if !words.isEmpty { lines += ["Short: " + words.map(ConfigReference.text).joined(separator: " or ") + ".", ""] }
      let objects = nodes.compactMap { node in if case .object(let object) = node { object } else { nil } }
      var shown: [[String]] = []
      for object in objects {
        let keys = object.properties.map { "\($0.owner).\($0.key)" }
        guard !shown.contains(keys) else { continue }
        shown.append(keys)
        kin(objects.filter { $0.properties.map { "\($0.owner).\($0.key)" } == keys }, schema)
      }
    }

    /// Kinds that have the same keys: one table, and for each kind the defaults in which it differs from the first.
    private mutating func kin(_ objects: [SchemaObject], _ schema: ConfigSchema) {
      let first = objects[0]
      for object in objects {
        guard let selector = object.selector else { continue }
        let summary = object.description.map { ": " + ConfigReference.escaped($0) } ?? ""
        var line = "- " + selector.values.map { "`\(selector.key): \($0)`" }.joined(separator: ", ") + summary
        let differing = object.properties.filter { property in
          first.properties.first { $0.key == property.key }.map { !ConfigReference.sameStandard($0, property) } ?? false
        }
        if !differing.isEmpty {
          line += "; " + differing.map { "`\($0.key)` \(ConfigReference.standard($0))" }.joined(separator: ", ")
        }
        lines.append(line)
      }
      if lines.last != "" { lines.append("") }
      let keys = first.properties.filter { $0.key != first.selector?.key }
      if !keys.isEmpty { table(of: first, schema) }
    }

    mutating func table(of object: SchemaObject, _ schema: ConfigSchema) {
      lines += ["| key | type | default | means |", "| --- | --- | --- | --- |"]
      for property in object.properties where property.key != object.selector?.key {
        let means = schema.description(of: property) ?? ""
        lines.append(
          "| `\(property.key)` | \(ConfigReference.text(property.value)) | \(ConfigReference.standard(property)) | "
            + "\(ConfigReference.escaped(means)) |")
      }
      lines.append("")
    }
  }

  private static func text(_ node: SchemaNode) -> String {
    switch node {
    case .boolean: "true or false"
    case .integer: "integer"
    case .number: "number"
    case .string: "text"
    case .enumeration(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .array(let element): "list of " + text(element)
    case .dictionary(let value): "mapping of " + text(value)
    case .object: "mapping"
    case .anyOf(let nodes): nodes.map(text).joined(separator: " or ")
    case .reference(let name): "[\(name)](#\(anchor(name)))"
    case .anything: "any value"
    case .anyMapping: "settings"
    }
  }

  private static func anchor(_ name: String) -> String { name.lowercased().filter { $0 != "." } }

  private static func sameStandard(_ left: SchemaProperty, _ right: SchemaProperty) -> Bool {
    standard(left) == standard(right)
  }

  private static func standard(_ property: SchemaProperty) -> String {
    if property.isRequired { return "required" }
    guard let value = property.standard.flatMap(SchemaJSON.init) else { return "none" }
    return "`\(value.flow)`"
  }

  private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }
}

extension SchemaJSON {
  /// One line of YAML.
  var flow: String {
    switch self {
    case .text(let text): text.isEmpty ? "''" : text
    case .flag(let flag): flag ? "true" : "false"
    case .number(let text): text
    case .list(let values): "[" + values.map(\.flow).joined(separator: ", ") + "]"
    case .object(let entries): "{" + entries.map { "\($0.0): \($0.1.flow)" }.joined(separator: ", ") + "}"
    }
  }
}
