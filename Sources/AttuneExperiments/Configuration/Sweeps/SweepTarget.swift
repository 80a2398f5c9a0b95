internal import AttuneCore
internal import Foundation

/// Where a swept path leads: an arm of a list or all of them, and the setting in it.
struct SweepTarget {
  let axis: SweepExpansion.Axis
  /// The list.
  let section: String
  /// The arm; nil for all.
  let index: Int?
  /// The way from the arm to the setting.
  let steps: [String]

  /// - Throws: `ConfigError` that says what to do for a path that cannot be swept.
  init(_ axis: SweepExpansion.Axis, in mapping: ConfigMapping) throws(ConfigError) {
    self.axis = axis
    func refuse(_ message: String, _ advice: String?) -> ConfigError {
      ConfigError(axis.location, ConfigPath(), message, advice)
    }
    let first = axis.steps[0]
    guard axis.steps.count > 1 else { throw refuse("'\(first)' is no setting of an arm", Self.advice(for: first)) }
    if first == "network", mapping["streams"] == nil {
      (section, index, steps) = ("training", nil, axis.steps)
      return
    }
    guard ConfigSections.swept.contains(first) else {
      let what = Self.advice(for: first)
      throw refuse(
        "'\(axis.path)' cannot be swept: it is no setting of an arm",
        what
          ?? Suggestion.text(
            for: first, among: ConfigSections.swept, listing: ConfigSections.swept + ["network"], title: "Swept"))
    }
    guard let elements = mapping[first]?.sequence, !elements.isEmpty else {
      throw refuse("'\(axis.path)' cannot be swept: there are no \(first)", "name the arms under '\(first)' first")
    }
    let names = elements.map(ConfigSections.name), step = axis.steps[1]
    let named = names.indices.filter { names[$0] == step }
    guard named.count < 2 else {
      throw refuse("\(named.count) arms are named '\(step)'", "give them names of their own")
    }
    let number = Int(step).flatMap { elements.indices.contains($0) ? $0 : nil }
    section = first
    if let found = named.first ?? number {
      guard axis.steps.count > 2 else {
        throw refuse("'\(axis.path)' is an arm and no setting of one", "name a setting: \(axis.path).…=…")
      }
      (index, steps) = (found, Array(axis.steps.dropFirst(2)))
      return
    }
    let isKey = elements.contains { $0.mapping?[step] != nil }
    let known = names.compactMap(\.self)
    if !isKey, let near = Suggestion.nearest(to: step, among: known) {
      throw refuse(
        "there is no arm '\(step)' under '\(first)'",
        "did you mean '\(near)'? Named there: \(known.sorted().joined(separator: ", "))")
    }
    guard step != "name" else { throw refuse("a name cannot be swept", "sweep a setting of the arm") }
    (index, steps) = (nil, Array(axis.steps.dropFirst()))
  }

  private static func advice(for key: String) -> String? {
    switch key {
    case "data": "the rows are those of a whole experiment: run it once for each, and compare the runs' reports"
    case "seeds": "list them, seeds=[0,1,2]: every arm runs with each"
    case "domains": "domains are shared by scenarios: give each scenario its own, or sweep a key of 'scenarios'"
    case "training", "inference", "scenarios", "streams", "learners": "name a setting: \(key).…=…"
    case "network": "name a setting, such as network.hidden=[64],[128,64]"
    case "name", "description", "latencySeconds", "baseline", "monitors", "expect", "sweep", "defaults":
      "it holds for a whole experiment; change it with --set"
    default: nil
    }
  }

  /// The arm with a value of the setting. A path into the network changes a copy of the experiment's that is the arm's own.
  func set(_ value: ConfigNode, in arm: ConfigNode, network: ConfigNode?) throws(ConfigError) -> ConfigNode {
    var arm = arm
    if section == "training", steps[0] == "network", var mapping = arm.mapping, mapping["network"] == nil,
      let network
    {
      mapping.set(.init(key: "network", keyLocation: network.location, value: network))
      arm = ConfigNode(.mapping(mapping), at: arm.location)
    }
    var placed = value
    placed.location = axis.location
    let change = ConfigOverride(operation: .setOrAdd, path: steps, value: placed, location: axis.location)
    return try change.apply(to: arm)
  }

  /// What tells the settings of one arm apart, for its names: the shortest ends of their paths.
  static func labels(of targets: [SweepTarget]) -> [String] {
    targets.map { target in
      for count in 1...max(1, target.steps.count) {
        let end = target.steps.suffix(count)
        if targets.count(where: { $0.steps.suffix(count) == end }) == 1 { return end.joined(separator: ".") }
      }
      return target.steps.joined(separator: ".")
    }
  }
}

extension SweepValues.Interval {
  /// A number from the interval, of four digits: it stands in the name of an arm.
  func draw(using generator: inout Philox) -> Double {
    let share = generator.nextUniformDouble()
    func short(_ value: Double) -> Double { min(high, max(low, Double(String(format: "%.4g", value)) ?? value)) }
    switch kind {
    case .uniform: return short(low + share * (high - low))
    case .logUniform: return short(exp(log(low) + share * (log(high) - log(low))))
    case .integers: return min(high, low + (share * (high - low + 1)).rounded(.down))
    }
  }
}
