internal import AttuneCore
public import AttuneInference

extension ExperimentConfiguration {
  /// Reads a config file, applies overrides, and checks everything before anything runs.
  ///
  /// - Parameters:
  ///   - path: the YAML file.
  ///   - overrides: as on the command line, for example `training.adam.epochs=5`.
  ///   - registry: the strategies that the file may name.
  /// - Throws: `FileError` where the file cannot be read; `ConfigError` with all problems, each with its line.
  public static func load(
    path: String, overrides: [String] = [], registry: StrategyRegistry = .builtIn
  ) throws -> ExperimentConfiguration {
    try load(bytes: InputFile.bytes(at: path), file: path, overrides: overrides, registry: registry)
  }

  static func load(
    bytes: [UInt8], file: String, overrides: [String] = [], registry: StrategyRegistry = .builtIn
  ) throws -> ExperimentConfiguration {
    let node = try ConfigParser.parse(bytes: bytes, file: file)
    let changed = try node.applying(try overrides.map { try ConfigOverride.parse($0) })
    return try ConfigDecoder().decode(
      ExperimentConfiguration.self, from: changed, userInfo: [.strategies: registry])
  }
}
