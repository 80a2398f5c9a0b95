import AttuneInference
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct ConfigSchemaTests {
  static let experiment = ConfigSchema(.experiment)
  static let online = ConfigSchema(.online)

  /// All config files that come with the project, by their paths.
  static let files: [String] = {
    let repository = SmallExperiment.repository
    return ["experiments", "Examples"].flatMap { folder -> [String] in
      let all = FileManager.default.enumerator(atPath: repository.appending(path: folder).path)
      return (all?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".yaml") && !$0.contains(".build") }
        .sorted().map { "\(folder)/\($0)" }
    }
  }()

  private func node(_ file: String) throws -> ConfigNode {
    let url = SmallExperiment.repository.appending(path: file)
    return try ConfigParser.parse(bytes: Data(contentsOf: url), file: file)
  }

  private func schema(of node: ConfigNode) -> ConfigSchema? {
    let keys = node.mapping?.keys ?? []
    if keys.contains("streams") || keys.contains("learners") { return Self.online }
    return keys.contains("name") && (keys.contains("data") || keys.contains("defaults")) ? Self.experiment : nil
  }

  @Test(arguments: files) func `a config that comes with the project fits the schema`(file: String) throws {
    let node = try node(file)
    // Files of options have no schema of their own.
    guard let schema = schema(of: node) else { return }
    // The example names strategies of its own, which only its own executable knows.
    let problems = schema.problems(of: node).filter { !$0.hasPrefix("inference") || !file.hasPrefix("Examples") }
    #expect(problems == [])
  }

  @Test(arguments: files) func `a key that is not known does not fit`(file: String) throws {
    let node = try node(file)
    guard let schema = schema(of: node) else { return }
    let paths = [
      "zzz", "data.zzz", "network.zzz", "training.0.zzz", "inference.0.zzz", "scenarios.0.zzz", "learners.0.zzz",
    ]
    for path in paths {
      let first = path.split(separator: ".")[0]
      if path != "zzz", node.mapping?[String(first)] == nil { continue }
      let changed = try ConfigOverride.parse("++\(path)=1").apply(to: node)
      #expect(!schema.problems(of: changed).isEmpty, "\(path)")
    }
  }

  @Test func `values of other types do not fit`() throws {
    let node = try node("experiments/quickstart.yaml")
    for change in [
      "training.0.epochs=ten", "training.0.optimizer=sdg", "training.0.optimizer.kind=sdg",
      "training.0.optimizer.beta1=0.9", "data.task=ranking", "inference.0.strategy=tnt", "seeds=5",
      "scenarios.1.shifts.0.kind=noise",
    ] {
      let changed = try ConfigOverride.parse(change).apply(to: node)
      #expect(!Self.experiment.problems(of: changed).isEmpty, "\(change)")
    }
  }

  @Test func `defaults and kinds are those of the types`() throws {
    func property(_ definition: String, _ key: String, kind: String? = nil) -> SchemaProperty? {
      let node = Self.experiment.definitions[definition]
      let objects: [SchemaObject] =
        switch node {
        case .object(let object): [object]
        case .anyOf(let nodes): nodes.compactMap { if case .object(let object) = $0 { object } else { nil } }
        default: []
        }
      return objects.first { kind == nil || $0.selector?.values.contains(kind ?? "") == true }?.properties
        .first { $0.key == key }
    }
    #expect(property("TrainingArmConfiguration", "epochs")?.standard?.scalar?.text == "30")
    #expect(property("TrainingArmConfiguration", "name")?.isRequired == true)
    #expect(property("OptimizerConfiguration", "beta1", kind: "adam")?.standard?.scalar?.text == "0.9")
    #expect(property("NetworkConfiguration", "hidden")?.value == .array(.integer))
    #expect(property("ScenarioConfiguration", "reset")?.value == .enumeration(["never", "domain", "batch"]))
    #expect(property("InferenceArmConfiguration", "optimizer", kind: "tent")?.inheritsKind == true)
    #expect(property("DataSourceConfiguration", "files", kind: "text")?.isRequired == false)
    #expect(property("DataSourceConfiguration", "target", kind: "csv")?.isRequired == true)
    guard case .anyOf(let nodes)? = Self.experiment.definitions["InferenceArmConfiguration"] else {
      Issue.record("no choice of strategies")
      return
    }
    let named = nodes.flatMap { node -> [String] in
      if case .object(let object) = node { object.selector?.values ?? [] } else { [] }
    }
    #expect(Set(named).isSuperset(of: StrategyRegistry.builtIn.all.map(\.name)))
  }

  @Test func `every key has a description, which is the doc comment of the setting`() throws {
    let comments = try DocComments(folder: SmallExperiment.repository.appending(path: "Sources"))
    let aliases = [
      "ScenarioConfiguration.choose": "InferenceArmConfiguration.choice",
      "ObjectiveChoice.kind": "ObjectiveChoice.choice",
    ]
    var table: [String: String] = [:], missing: Set<String> = []
    for property in Self.experiment.properties + Self.online.properties where property.owner != "ConfigFile" {
      let key = "\(property.owner).\(property.key)"
      if let text = comments.texts[key] ?? aliases[key].flatMap({ comments.texts[$0] }) {
        table[key] = text
      } else {
        missing.insert(key)
      }
    }
    #expect(missing.sorted() == [])
    let lines = table.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    if ProcessInfo.processInfo.environment["UPDATE_DESCRIPTIONS"] == "1" { try Self.writeTables(lines) }
    let known = ConfigDescriptions.all.filter { !$0.key.hasPrefix("ConfigFile.") }
    #expect(known == table, "refresh them: UPDATE_DESCRIPTIONS=1 swift test --filter ConfigSchemaTests")
  }

  private static func writeTables(_ lines: [String]) throws {
    let folder = SmallExperiment.repository.appending(path: "Sources/AttuneExperiments/Configuration/Schema")
    let size = 220, parts = stride(from: 0, to: lines.count, by: size).map { lines[$0..<min($0 + size, lines.count)] }
    for (index, part) in parts.enumerated() {
      let text = """
        extension ConfigDescriptions {
          /// Part \(index + 1) of the doc comments.
          static let table\(index + 1) = #\"\"\"
            \(part.joined(separator: "\n    "))
            \"\"\"#
        }

        """
      let url = folder.appending(path: "ConfigDescriptions+Table\(index + 1).swift")
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    let names = parts.indices.map { "table\($0 + 1)" }.joined(separator: ", ")
    let text = """
      extension ConfigDescriptions {
        /// The tables.
        static let tables: [String] = [\(names)]
      }

      """
    try text.write(to: folder.appending(path: "ConfigDescriptions+Tables.swift"), atomically: true, encoding: .utf8)
  }

  @Test func `the page of all keys is what the types say`() throws {
    let url = SmallExperiment.repository.appending(path: "docs/configuration-reference.md")
    let page = ConfigReference.markdown()
    if ProcessInfo.processInfo.environment["UPDATE_REFERENCE"] == "1" {
      try page.write(to: url, atomically: true, encoding: .utf8)
    }
    let kept = try String(contentsOf: url, encoding: .utf8)
    #expect(kept == page, "refresh it: UPDATE_REFERENCE=1 swift test --filter ConfigSchemaTests")
  }

  @Test func `the schema is JSON with everything that it refers to`() throws {
    for schema in [Self.experiment, Self.online] {
      let json = schema.json
      let root = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
      let definitions = try #require(root["$defs"] as? [String: Any])
      for match in json.matches(of: /"#\/\$defs\/([^"]+)"/) {
        #expect(definitions[String(match.1)] != nil, "\(match.1)")
      }
      #expect(root["additionalProperties"] as? Bool == false)
    }
  }
}
