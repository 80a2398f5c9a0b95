/// What keys of config files mean: the doc comments of the settings, `Type.key` by text.
///
/// The tables are made from the sources; a test says where they are behind, and `UPDATE_DESCRIPTIONS=1` writes them anew.
enum ConfigDescriptions {
  /// All texts.
  static let all: [String: String] = {
    var all = [
      "ConfigFile.defaults":
        "Files that this one is put together from: `group: option`, `group: [option, option]`, `file`, `_self_`.",
      "ConfigFile.sweep": "Arms multiplied by values of their settings.",
    ]
    for table in tables {
      for line in table.split(separator: "\n") {
        let parts = line.split(separator: ": ", maxSplits: 1)
        if parts.count == 2 { all[String(parts[0])] = String(parts[1]) }
      }
    }
    return all
  }()
}
