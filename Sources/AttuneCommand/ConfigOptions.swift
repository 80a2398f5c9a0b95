internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments
internal import Foundation

/// A config file with overrides, as several commands take it.
struct ConfigOptions: ParsableArguments {
  @Argument(help: "The experiment's config file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var config: String

  @Argument(help: "Overrides, for example training.adam.epochs=5.")
  var overrides: [String] = []

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: "Override a setting; repeatable. +path=value adds, ++path=value sets or adds, ~path removes.")
  var settings: [String] = []

  /// The experiment with all overrides applied, checked whole.
  ///
  /// - Parameter strategies: `all` or names separated by commas, which take the place of the inference arms.
  func load(strategies: String? = nil) throws -> ExperimentConfiguration {
    try checkKind()
    let registry = AttuneCommand.registry
    let arms = try strategies.map { try ExperimentConfiguration.arms(of: $0, in: registry) }
    return try ExperimentConfiguration.load(
      path: config, overrides: settings + overrides, inference: arms, registry: registry)
  }

  /// What the file holds, an online experiment too, with all overrides applied, checked whole.
  ///
  /// - Parameters:
  ///   - strategies: as for `load`.
  ///   - sweeps: what stands behind each `--sweep`.
  func loadRun(strategies: String? = nil, sweeps: [String] = []) throws -> RunConfiguration {
    try checkKind()
    let registry = AttuneCommand.registry
    let arms = try strategies.map { try ExperimentConfiguration.arms(of: $0, in: registry) }
    return try RunConfiguration.load(
      path: config, overrides: settings + overrides, sweeps: sweeps, inference: arms, registry: registry)
  }

  private func checkKind() throws {
    let kind = URL(fileURLWithPath: config).pathExtension.lowercased()
    guard !Self.kindsOfData.contains(kind) else {
      throw ConfigValueError(
        "\(config) is no config: a config is a YAML file, which names its data under data.source; "
          + "'attune data describe \(config)' prints such a section")
    }
  }

  /// Extensions of files that are given as a config by mistake.
  private static let kindsOfData: Set = ["csv", "tsv", "npy", "npz", "gz", "libsvm", "svm", "safetensors"]

  /// The options as words of a command line.
  var words: [String] { [config] + overrides + settings.flatMap { ["--set", $0] } }

  /// The folder that relative paths in the config start from.
  var folder: String {
    let folder = URL(fileURLWithPath: config).deletingLastPathComponent().relativePath
    return folder.isEmpty ? "." : folder
  }
}
