internal import AttuneCore

/// A config file on its way to a value: composed, overridden, interpolated, swept.
struct ConfigFile {
  /// The file with what its `defaults` name, overrides applied.
  private(set) var node: ConfigNode

  /// Reads a file with what it includes, and applies overrides.
  ///
  /// - Parameter overrides: as on the command line; `group=option` chooses another option of a group.
  /// - Throws: `ConfigError`; `FileError` where an included file cannot be read.
  init(bytes: [UInt8], file: String, overrides: [String] = []) throws {
    let changes = try overrides.map { try ConfigOverride.parse($0) }
    let (composed, remaining) = try ConfigComposer.compose(bytes: bytes, file: file, overrides: changes)
    node = try composed.applying(remaining)
  }

  /// Whether the file is an online experiment.
  var isOnline: Bool { node.mapping?["streams"] != nil }

  /// Puts arms of strategies in the place of the file's.
  mutating func replaceInference(_ names: [String]) throws {
    let arms = names.map { "{strategy: \($0)}" }.joined(separator: ", ")
    // What was expected of the file's arms is not expected of others.
    let changes = ["++inference=[\(arms)]", "++baseline=null", "++expect=[]"]
    node = try node.applying(try changes.map { try ConfigOverride.parse($0) })
  }

  /// The config with values put in and sweeps expanded.
  ///
  /// - Parameter sweeps: as on the command line: `path=values`.
  func resolved(sweeps: [String] = []) throws -> ConfigNode {
    try SweepExpansion.expand(try ConfigInterpolation.resolve(node), commandLine: sweeps)
  }
}
