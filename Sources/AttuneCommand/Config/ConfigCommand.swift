internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments
internal import Foundation

/// `attune config`: what a config file says, without running it.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Show, check and compare config files.",
    subcommands: [ConfigShowCommand.self, ConfigValidateCommand.self, ConfigDiffCommand.self, SchemaCommand.self])
}

/// `attune config show`.
struct ConfigShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print every key of a config with its value, defaults among them.",
    discussion: "The config as a run keeps it: files put together, overrides applied, sweeps expanded.")

  @OptionGroup var config: ConfigOptions
  @Option(name: .customLong("sweep"), parsing: .singleValue, help: "Multiply arms, as for 'attune run'; repeatable.")
  var sweeps: [String] = []
  @Flag(help: "Print JSON; keys without a value are left out.")
  var json = false

  func run() throws {
    let loaded = try config.loadRun(sweeps: sweeps)
    try Console.output(json ? loaded.json() : loaded.yaml())
  }
}

/// `attune config validate`.
struct ConfigValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check a config file without reading its data.",
    discussion: "Exit code 64 where something is wrong. 'attune run CONFIG --dry-run' looks at the data, too.")

  @OptionGroup var config: ConfigOptions
  @Option(name: .customLong("sweep"), parsing: .singleValue, help: "Multiply arms, as for 'attune run'; repeatable.")
  var sweeps: [String] = []
  @Flag(help: "Print the outcome as JSON: 'valid', and the problems with file, line, column and path.")
  var json = false

  private struct Problem: Encodable {
    var file: String, line: Int?, column: Int?, path: String, message: String, suggestion: String?
  }

  private struct Outcome: Encodable {
    var file: String, valid: Bool, summary: String?, problems: [Problem]
  }

  func run() throws {
    do {
      let summary = try config.loadRun(sweeps: sweeps).summary
      guard json else { return try Console.output("\(config.config): ok: \(summary)") }
      try Console.output(RunFolder.json(Outcome(file: config.config, valid: true, summary: summary, problems: [])))
    } catch let error as ConfigError where json {
      let problems = error.problems.map { problem in
        Problem(
          file: problem.location.source, line: problem.location.line, column: problem.location.column,
          path: problem.path.description, message: problem.message, suggestion: problem.suggestion)
      }
      try Console.output(
        RunFolder.json(Outcome(file: config.config, valid: false, summary: nil, problems: problems)))
      throw ExitCode(Failure.usage)
    }
  }
}

/// `attune config diff`.
struct ConfigDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Print the settings in which two configs differ, defaults among them.",
    discussion: """
      A config is a YAML file, or a run: its folder, 'latest', or the start or the end of its folder's name. Arms are \
      compared by their names.
      """)

  @Argument(help: "A config file or a run.", completion: .file())
  var first: String
  @Argument(help: "Another one.", completion: .file())
  var second: String
  @Option(help: "Folder that holds the run folders.", completion: .directory)
  var runs = "runs"
  @Flag(help: "Print JSON: a list of 'key', 'before', 'now'.")
  var json = false

  private struct Difference: Encodable {
    var key: String, before: String?, now: String?
  }

  func run() throws {
    let differences = ConfigDifference.named(from: try yaml(first), to: try yaml(second))
    if json {
      let list = differences.map { Difference(key: $0.key, before: $0.before, now: $0.now) }
      return try Console.output(RunFolder.json(list))
    }
    guard !differences.isEmpty else { return try Console.output("no difference") }
    func shown(_ value: String?) -> String { value ?? "not set" }
    try Console.output(
      differences.map { "\($0.key): \(shown($0.before)) → \(shown($0.now))" }.joined(separator: "\n"))
  }

  private func yaml(_ text: String) throws -> String {
    var isFolder: ObjCBool = false
    let isFile = FileManager.default.fileExists(atPath: text, isDirectory: &isFolder) && !isFolder.boolValue
    let looksLikeFile = text.hasSuffix(".yaml") || text.hasSuffix(".yml")
    let path = isFile || looksLikeFile ? text : try RunReference(text, in: runs).folder() + "/config.yaml"
    return try RunConfiguration.load(path: path, registry: AttuneCommand.registry).yaml()
  }
}

/// `attune schema`.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of config files, with which editors complete and check.",
    discussion: """
      Draft 2020-12, made from the types that read config files. For editors with yaml-language-server, such as VS \
      Code: write it to attune.schema.json and start the config with the line \
      '# yaml-language-server: $schema=attune.schema.json'.
      """)

  @Argument(help: "What the file is: experiment or online (streams and learners).")
  var subject = "experiment"

  func run() throws {
    guard let subject = ConfigSchema.Subject(rawValue: subject) else {
      throw ConfigValueError(
        "no such kind of file", key: "attune schema", given: subject,
        known: ConfigSchema.Subject.allCases.map(\.rawValue))
    }
    try Console.output(ConfigSchema(subject, registry: AttuneCommand.registry).json)
  }
}
