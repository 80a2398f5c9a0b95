extension ConfigNode {
  /// The config with another one on top of it, which wins.
  ///
  /// Mappings are merged key by key, unless the other one is of another kind: keys of another kind do not fit it. Lists of
  /// arms grow: an arm of the same name is merged, a new one goes to the end. Other lists are replaced.
  ///
  /// - Parameter key: the key that holds both.
  func merging(_ other: ConfigNode, under key: String? = nil) -> ConfigNode {
    switch (content, other.content) {
    case (.mapping(let mine), .mapping(let theirs)) where !mine.isOfOtherKind(than: theirs):
      var merged = mine
      for entry in theirs.entries {
        var entry = entry
        if let own = mine[entry.key] { entry.value = own.merging(entry.value, under: entry.key) }
        merged.set(entry)
      }
      return ConfigNode(.mapping(merged), at: location)
    case (.sequence(let mine), .sequence(let theirs)) where key.map(ConfigSections.lists.contains) ?? false:
      // Two of one file stay two, for the decoder to refuse: only what another file wrote is changed.
      let names = mine.map(ConfigSections.name)
      var merged = mine
      for element in theirs {
        if let name = ConfigSections.name(of: element), let index = names.firstIndex(of: name) {
          merged[index] = merged[index].merging(element)
        } else {
          merged.append(element)
        }
      }
      return ConfigNode(.sequence(merged), at: location)
    default:
      return other
    }
  }
}

extension ConfigMapping {
  fileprivate func isOfOtherKind(than other: ConfigMapping) -> Bool {
    ["kind", "strategy"].contains { key in
      other[key].map { theirs in !(self[key]?.hasSameValue(as: theirs) ?? false) } ?? false
        && (key == "kind" || self[key] != nil)
    }
  }
}
