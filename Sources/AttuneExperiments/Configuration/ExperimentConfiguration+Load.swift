internal import AttuneCore
public import AttuneInference
internal import Foundation

extension ExperimentConfiguration {
  /// Reads a config file, applies overrides, and checks everything before anything runs.
  ///
  /// - Parameters:
  ///   - path: the YAML file.
  ///   - overrides: as on the command line, for example `training.adam.epochs=5`.
  ///   - inference: arms that take the place of the file's; the baseline is then the first with strategy `none`.
  ///   - registry: the strategies that the file may name.
  /// - Throws: `FileError` where the file cannot be read; `ConfigError` with all problems, each with its line.
  public static func load(
    path: String, overrides: [String] = [], inference: [String]? = nil, registry: StrategyRegistry = .builtIn
  ) throws -> ExperimentConfiguration {
    try load(
      bytes: InputFile.bytes(at: path), file: path, overrides: overrides, inference: inference, registry: registry)
  }

  static func load(
    bytes: [UInt8], file: String, overrides: [String] = [], inference: [String]? = nil,
    registry: StrategyRegistry = .builtIn
  ) throws -> ExperimentConfiguration {
    let node = try ConfigParser.parse(bytes: bytes, file: file)
    var changes = overrides
    if let inference {
      changes.append("++inference=[\(inference.map { "{strategy: \($0)}" }.joined(separator: ", "))]")
      changes.append("++baseline=null")
      // What was expected of the file's arms is not expected of others.
      changes.append("++expect=[]")
    }
    let changed = try node.applying(try changes.map { try ConfigOverride.parse($0) })
    return try ConfigDecoder().decode(
      ExperimentConfiguration.self, from: changed, userInfo: registry.decodingInfo)
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
