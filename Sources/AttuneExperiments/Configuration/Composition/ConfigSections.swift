/// What composition and sweeps must know of the keys of a config: which hold lists, and which of those hold arms.
enum ConfigSections {
  /// Keys whose lists grow where several files write them; other lists are replaced.
  static let lists: Set = [
    "training", "inference", "scenarios", "domains", "monitors", "expect", "streams", "learners", "shifts",
    "augmentation",
  ]
  /// Lists whose elements have names.
  static let named: Set = ["training", "inference", "scenarios", "domains", "streams", "learners"]
  /// Lists at the root whose elements a sweep can multiply.
  static let swept = ["training", "inference", "scenarios", "streams", "learners"]

  /// The name of an arm: its own, or that of what it runs where it has none.
  static func name(of element: ConfigNode) -> String? {
    guard let mapping = element.mapping else { return nil }
    if let name = ["name", "strategy", "learner"].lazy.compactMap({ mapping[$0]?.scalar?.text }).first { return name }
    guard let learner = kind(mapping["learner"]) else { return nil }
    return learner + (kind(mapping["detector"]).map { "+\($0)" } ?? "")
  }

  /// The kind that a choice names, alone or in a mapping.
  private static func kind(_ node: ConfigNode?) -> String? {
    guard let node, !node.isNull else { return nil }
    return node.scalar?.text ?? node.mapping?["kind"]?.scalar?.text
  }
}
