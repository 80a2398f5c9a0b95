internal import AttuneCore
public import AttuneInference
internal import Foundation

extension ExperimentConfiguration {
  /// Reads a config file, applies overrides, and checks everything before anything runs.
  ///
  /// - Parameters:
  ///   - path: the YAML file.
  ///   - overrides: as on the command line, for example `training.adam.epochs=5`.
  ///   - sweeps: as behind `--sweep`, for example `training.adam.epochs=5,10`.
  ///   - inference: arms that take the place of the file's; the baseline is then the first with strategy `none`.
  ///   - registry: the strategies that the file may name.
  /// - Throws: `FileError` where the file cannot be read; `ConfigError` with all problems, each with its line.
  public static func load(
    path: String, overrides: [String] = [], sweeps: [String] = [], inference: [String]? = nil,
    registry: StrategyRegistry = .builtIn
  ) throws -> ExperimentConfiguration {
    try load(
      bytes: InputFile.bytes(at: path), file: path, overrides: overrides, sweeps: sweeps, inference: inference,
      registry: registry)
  }

  static func load(
    bytes: [UInt8], file: String, overrides: [String] = [], sweeps: [String] = [], inference: [String]? = nil,
    registry: StrategyRegistry = .builtIn
  ) throws -> ExperimentConfiguration {
    try load(
      ConfigFile(bytes: bytes, file: file, overrides: overrides), sweeps: sweeps, inference: inference,
      registry: registry)
  }

  static func load(
    _ file: ConfigFile, sweeps: [String], inference: [String]?, registry: StrategyRegistry
  ) throws -> ExperimentConfiguration {
    var file = file
    if let inference { try file.replaceInference(inference) }
    return try ConfigDecoder().decode(
      ExperimentConfiguration.self, from: try file.resolved(sweeps: sweeps), userInfo: registry.decodingInfo)
  }

  /// The strategies that a list on the command line names: `all`, or names separated by commas.
  ///
  /// - Throws: `ConfigValueError` for a name that is not registered or comes twice, or where there is none.
  public static func arms(of list: String, in registry: StrategyRegistry) throws -> [String] {
    let known = registry.all.map(\.name)
    if list == "all" { return known }
    let names = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    guard !names.isEmpty else { throw ConfigValueError("must name a strategy", key: "--strategies", known: known) }
    for (index, name) in names.enumerated() {
      guard known.contains(name) else {
        throw ConfigValueError("unknown strategy", key: "--strategies", given: name, known: known + ["all"])
      }
      guard !names[..<index].contains(name) else {
        throw ConfigValueError("must name each strategy once", key: "--strategies", given: name)
      }
    }
    return names
  }
}
