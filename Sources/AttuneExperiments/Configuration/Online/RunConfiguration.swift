internal import AttuneCore
public import AttuneInference

/// What a config file of `attune run` holds.
public enum RunConfiguration: Sendable {
  /// Training arms × inference arms × scenarios.
  case experiment(ExperimentConfiguration)
  /// Learners × streams.
  case online(OnlineExperimentConfiguration)

  /// Reads a config file, applies overrides, and checks everything before anything runs. A file with `streams` is an online
  /// experiment.
  ///
  /// - Parameters: as those of `ExperimentConfiguration.load`.
  /// - Throws: `FileError` where the file cannot be read; `ConfigError` with all problems, each with its line.
  public static func load(
    path: String, overrides: [String] = [], sweeps: [String] = [], inference: [String]? = nil,
    registry: StrategyRegistry = .builtIn
  ) throws -> RunConfiguration {
    try load(
      bytes: InputFile.bytes(at: path), file: path, overrides: overrides, sweeps: sweeps, inference: inference,
      registry: registry)
  }

  static func load(
    bytes: [UInt8], file: String, overrides: [String] = [], sweeps: [String] = [], inference: [String]? = nil,
    registry: StrategyRegistry = .builtIn
  ) throws -> RunConfiguration {
    let config = try ConfigFile(bytes: bytes, file: file, overrides: overrides)
    guard config.isOnline, let mapping = config.node.mapping else {
      return .experiment(
        try ExperimentConfiguration.load(config, sweeps: sweeps, inference: inference, registry: registry))
    }
    for key in ["data", "network", "training", "inference", "scenarios", "domains", "monitors", "baseline"] {
      guard let entry = mapping.entries.first(where: { $0.key == key }) else { continue }
      throw ConfigError(
        entry.keyLocation, ConfigPath([.key(key)]),
        "a file with 'streams' is an online experiment, which has no '\(key)'",
        "remove '\(key)', or 'streams' and 'learners'")
    }
    guard inference == nil else {
      throw ConfigValueError(
        "an online experiment has learners and no inference arms; name them under 'learners'", key: "--strategies")
    }
    return .online(
      try ConfigDecoder().decode(OnlineExperimentConfiguration.self, from: try config.resolved(sweeps: sweeps)))
  }
}
