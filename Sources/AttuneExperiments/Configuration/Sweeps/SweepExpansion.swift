internal import AttuneCore

/// Expands the sweeps of a config into arms, before it is decoded.
struct SweepExpansion {
  /// Most arms of a list after expansion, and most values of a path.
  static let maximumArms = 1000

  /// A path with its values.
  struct Axis {
    let path: String
    let steps: [String]
    let values: SweepValues
    let location: ConfigLocation
  }

  private let settings: SweepConfiguration
  private let axes: [Axis]
  private let method: SweepConfiguration.Method

  /// The config with its arms expanded, without `sweep`.
  ///
  /// - Parameter commandLine: what stands behind each `--sweep`; a path that the file sweeps too has these values.
  /// - Throws: `ConfigError` for paths that lead to no arm, and more arms than `maximumArms`.
  static func expand(_ node: ConfigNode, commandLine: [String]) throws(ConfigError) -> ConfigNode {
    guard var mapping = node.mapping, mapping["sweep"] != nil || !commandLine.isEmpty else { return node }
    let section = mapping["sweep"]
    mapping.remove("sweep")
    let rest = ConfigNode(.mapping(mapping), at: node.location)
    let arguments = try commandLine.map { text throws(ConfigError) in try SweepArgument(text) }
    guard let expansion = try SweepExpansion(section, arguments) else { return rest }
    return try expansion.expand(rest)
  }

  private init?(_ section: ConfigNode?, _ arguments: [SweepArgument]) throws(ConfigError) {
    var settings = SweepConfiguration()
    if let section, !section.isNull {
      settings = try Self.decode(section)
    }
    var axes: [Axis] = []
    let given = Set(arguments.map(\.path))
    for entry in section?.mapping?["over"]?.mapping?.entries ?? [] where !given.contains(entry.key) {
      guard let values = settings.over[entry.key] else { continue }
      axes.append(
        Axis(
          path: entry.key, steps: try ConfigOverride.steps(entry.key[...], entry.keyLocation), values: values,
          location: entry.keyLocation))
    }
    for argument in arguments {
      guard !axes.contains(where: { $0.path == argument.path }) else {
        throw ConfigError(argument.location, ConfigPath(), "this path is swept twice")
      }
      axes.append(
        Axis(
          path: argument.path, steps: try ConfigOverride.steps(argument.path[...], argument.location),
          values: argument.values, location: argument.location))
    }
    guard !axes.isEmpty else { return nil }
    (self.settings, self.axes) = (settings, axes)
    let interval = axes.first { if case .interval = $0.values { true } else { false } }
    method = settings.method ?? (interval == nil && settings.samples == nil ? .grid : .random)
    if method == .grid, let interval {
      throw ConfigError(
        interval.location, ConfigPath(), "an interval has no end of values, which a grid cannot try",
        "list values, use a range, or set sweep.method=random")
    }
  }

  /// The section as a value, with the errors of a config.
  private static func decode(_ section: ConfigNode) throws(ConfigError) -> SweepConfiguration {
    struct Root: Decodable { let sweep: SweepConfiguration }
    var root = ConfigMapping()
    root.set(.init(key: "sweep", keyLocation: section.location, value: section))
    return try ConfigDecoder().decode(Root.self, from: ConfigNode(.mapping(root), at: section.location)).sweep
  }

  private func expand(_ node: ConfigNode) throws(ConfigError) -> ConfigNode {
    guard var mapping = node.mapping else { return node }
    let targets = try axes.map { axis throws(ConfigError) in try SweepTarget(axis, in: mapping) }
    var renamed: [String: [String: [String]]] = [:]
    for section in ConfigSections.swept {
      guard let entry = mapping.entry(section), let elements = entry.value.sequence else { continue }
      guard targets.contains(where: { $0.section == section }) else { continue }
      try checkCount(of: elements, targets, section)
      var arms: [ConfigNode] = []
      for (index, element) in elements.enumerated() {
        let own = targets.filter { $0.section == section && ($0.index ?? index) == index }
        let variants = try variants(of: element, own, network: mapping["network"])
        if !own.isEmpty, let name = ConfigSections.name(of: element) {
          renamed[section, default: [:]][name] = variants.compactMap(ConfigSections.name)
        }
        arms += variants
      }
      mapping.set(
        .init(
          key: section, keyLocation: entry.keyLocation,
          value: ConfigNode(.sequence(arms), at: entry.value.location)))
    }
    return ConfigNode(.mapping(mapping), at: node.location).afterSweep(of: renamed)
  }

  private func checkCount(
    of elements: [ConfigNode], _ targets: [SweepTarget], _ section: String
  ) throws(ConfigError) {
    let total = elements.indices.reduce(0.0) { sum, index in
      let own = targets.filter { $0.section == section && ($0.index ?? index) == index }
      return sum + (own.isEmpty ? 1 : draws(own))
    }
    guard total > Double(Self.maximumArms), let axis = targets.last(where: { $0.section == section })?.axis else {
      return
    }
    throw ConfigError(
      axis.location, ConfigPath(),
      "the sweep makes \(total < 1e15 ? "\(Int(total))" : "\(total)") arms under '\(section)', \(Self.maximumArms) at most",
      "take fewer values, or draw some of them: sweep.method=random sweep.samples=20")
  }

  /// The arms that one arm becomes.
  private func draws(_ targets: [SweepTarget]) -> Double {
    guard method == .grid else { return Double(settings.samples ?? 10) }
    return targets.reduce(1) { product, target in
      if case .list(let values) = target.axis.values { product * Double(values.count) } else { product }
    }
  }

  private func variants(
    of element: ConfigNode, _ targets: [SweepTarget], network: ConfigNode?
  ) throws(ConfigError) -> [ConfigNode] {
    guard !targets.isEmpty else { return [element] }
    let combinations = method == .grid ? grid(targets) : random(targets)
    let labels = SweepTarget.labels(of: targets)
    var arms: [ConfigNode] = [], names: Set<String> = []
    for values in combinations {
      var arm = element
      for (target, value) in zip(targets, values) { arm = try target.set(value, in: arm, network: network) }
      let bracket = zip(labels, values).map { "\($0)=\($1.sweepText)" }.joined(separator: ",")
      guard let name = ConfigSections.name(of: element) else {
        arms.append(arm)
        continue
      }
      let swept = "\(name)[\(bracket)]"
      guard names.insert(swept).inserted else { continue }
      arms.append(arm.named(swept))
    }
    return arms
  }

  /// Each value with each of the other paths, the last path changing first.
  private func grid(_ targets: [SweepTarget]) -> [[ConfigNode]] {
    targets.reduce([[]]) { combinations, target in
      guard case .list(let values) = target.axis.values else { return combinations }
      return combinations.flatMap { head in values.map { head + [$0] } }
    }
  }

  /// Values drawn for each path from a stream of its own, so that another path changes nothing, and all arms have the same.
  private func random(_ targets: [SweepTarget]) -> [[ConfigNode]] {
    var generators = targets.map { Philox(seed: settings.seed).fork("sweep").fork($0.axis.path) }
    return (0..<(settings.samples ?? 10)).map { _ in
      targets.indices.map { index in
        switch targets[index].axis.values {
        case .list(let values): return values[generators[index].nextIndex(below: values.count)]
        case .interval(let interval):
          return SweepNumber.node(interval.draw(using: &generators[index]), at: targets[index].axis.location)
        }
      }
    }
  }
}

extension ConfigNode {
  /// The mapping with another name, which comes first.
  fileprivate func named(_ name: String) -> ConfigNode {
    guard let mapping else { return self }
    var renamed = ConfigMapping()
    let place = mapping.entry("name")?.value.location ?? location
    let scalar = ConfigNode(.scalar(ConfigScalar(name, style: .singleQuoted)), at: place)
    renamed.set(.init(key: "name", keyLocation: mapping.entry("name")?.keyLocation ?? location, value: scalar))
    for entry in mapping.entries where entry.key != "name" { renamed.set(entry) }
    return ConfigNode(.mapping(renamed), at: location)
  }

  /// What refers to arms by name, after some have become others: learners take all streams that one became, and what was
  /// expected of an arm is not expected of what it became.
  fileprivate func afterSweep(of renamed: [String: [String: [String]]]) -> ConfigNode {
    guard var mapping else { return self }
    if let learners = mapping.entry("learners"), let streams = renamed["streams"] {
      let arms = (learners.value.sequence ?? []).map { $0.replacingNames(under: "streams", by: streams) }
      mapping.set(
        .init(
          key: "learners", keyLocation: learners.keyLocation,
          value: ConfigNode(.sequence(arms), at: learners.value.location)))
    }
    if let expect = mapping.entry("expect"), let figures = expect.value.sequence {
      let kept = figures.filter { !$0.expectsOfSwept(renamed) }
      mapping.set(
        .init(
          key: "expect", keyLocation: expect.keyLocation, value: ConfigNode(.sequence(kept), at: expect.value.location))
      )
    }
    return ConfigNode(.mapping(mapping), at: location)
  }

  private func replacingNames(under key: String, by names: [String: [String]]) -> ConfigNode {
    guard var mapping, var entry = mapping.entry(key), let elements = entry.value.sequence else { return self }
    let replaced = elements.flatMap { element in
      (element.scalar.flatMap { names[$0.text] } ?? []).map { name in
        ConfigNode(.scalar(ConfigScalar(name, style: .singleQuoted)), at: element.location)
      } + (element.scalar.map { names[$0.text] == nil } ?? true ? [element] : [])
    }
    entry.value = ConfigNode(.sequence(replaced), at: entry.value.location)
    mapping.set(entry)
    return ConfigNode(.mapping(mapping), at: location)
  }

  private func expectsOfSwept(_ renamed: [String: [String: [String]]]) -> Bool {
    let places = [
      ("training", "training"), ("inference", "inference"), ("scenario", "scenarios"), ("stream", "streams"),
      ("learner", "learners"),
    ]
    return places.contains { key, section in
      guard let swept = renamed[section] else { return false }
      // Without a name it is the first training arm.
      guard let name = mapping?[key]?.scalar?.text else { return key == "training" }
      return swept[name] != nil
    }
  }
}
