internal import ArgumentParser
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
  func load() throws -> ExperimentConfiguration {
    try ExperimentConfiguration.load(
      path: config, overrides: settings + overrides, registry: AttuneCommand.registry)
  }

  /// The options as words of a command line.
  var words: [String] { [config] + overrides + settings.flatMap { ["--set", $0] } }

  /// The folder that relative paths in the config start from.
  var folder: String {
    let folder = URL(fileURLWithPath: config).deletingLastPathComponent().relativePath
    return folder.isEmpty ? "." : folder
  }
}
