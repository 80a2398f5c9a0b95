internal import AttuneCore
public import AttuneInference

extension StrategyConfiguration {
  /// The strategy that a command line names, with its settings changed by overrides.
  ///
  /// Overrides may reach below a key that is left to its default: `optimizer.learningRate=1e-4` keeps the default
  /// optimizer.
  ///
  /// - Parameters:
  ///   - nameOrPath: a registered name; or the path of a file that ends in `.yaml` or `.yml`, whose keys are those of an
  ///     inference arm: `strategy`, which is `recipe` where it is left out, and its settings.
  ///   - overrides: as on the command line, for example `timing.steps=2`.
  ///   - registry: the strategies that can be named.
  /// - Throws: `ConfigValueError` for an unknown name; `FileError` where the file cannot be read; `ConfigError` with all
  ///   problems, each with its place.
  public static func load(
    _ nameOrPath: String, overrides: [String] = [], registry: StrategyRegistry = .builtIn
  ) throws -> StrategyConfiguration {
    let written = try overrides.map { try ConfigOverride.parse($0) }
    var (root, changes) = try node(nameOrPath, written, registry)
    if let change = changes.first(where: { $0.path.first == "strategy" }) {
      throw ConfigError(
        change.location, ConfigPath([.key("strategy")]), "the strategy is what --strategy says",
        "name it there, and its settings here")
    }
    if var mapping = root.mapping, !changes.isEmpty, let name = mapping["strategy"]?.scalar?.text,
      let defaults = try registry[name].flatMap({ try Self.defaults(of: $0.type, at: root.location) })
    {
      for entry in defaults.entries where mapping[entry.key] == nil { mapping.set(entry) }
      root.content = .mapping(mapping)
    }
    return try ConfigDecoder().decode(
      StrategyConfiguration.self, from: try ConfigInterpolation.resolve(try root.applying(changes)),
      userInfo: registry.decodingInfo)
  }

  /// What the command line names, as a mapping with the key `strategy`.
  private static func node(
    _ nameOrPath: String, _ changes: [ConfigOverride], _ registry: StrategyRegistry
  ) throws -> (ConfigNode, [ConfigOverride]) {
    let isFile = [".yaml", ".yml"].contains(where: nameOrPath.lowercased().hasSuffix)
    guard isFile else {
      guard registry[nameOrPath] != nil else {
        throw ConfigValueError(
          "unknown strategy", key: "--strategy", given: nameOrPath, known: registry.all.map(\.name))
      }
      return (
        mapping(ConfigMapping(), strategy: nameOrPath, at: ConfigLocation(source: "--strategy \(nameOrPath)")), changes
      )
    }
    let (root, remaining) = try ConfigComposer.compose(
      bytes: InputFile.bytes(at: nameOrPath), file: nameOrPath, overrides: changes)
    guard let keys = root.mapping, keys["strategy"] == nil else { return (root, remaining) }
    return (mapping(keys, strategy: CustomRecipe.name, at: root.location), remaining)
  }

  private static func mapping(_ keys: ConfigMapping, strategy: String, at location: ConfigLocation) -> ConfigNode {
    var keys = keys
    let value = ConfigNode(.scalar(ConfigScalar(strategy)), at: location)
    keys.set(ConfigMapping.Entry(key: "strategy", keyLocation: location, value: value))
    return ConfigNode(.mapping(keys), at: location)
  }

  /// The default settings of a type of strategy; nil where it has none.
  private static func defaults<Strategy: AdaptationStrategy>(
    of type: Strategy.Type, at location: ConfigLocation
  ) throws -> ConfigMapping? {
    guard let settings = Strategy.Configuration.self as? any (DefaultInitializable & Encodable).Type else { return nil }
    return try NodeEncoder.encode(settings.init(), at: location).mapping
  }
}
