internal import AttuneCore
internal import AttuneInference

/// How an inference arm finds its settings among several.
///
/// In a config file: `{strategy: tent, choose: {by: entropy, among: [{optimizer: {kind: adam, learningRate: 0.001}}, …]}}`.
/// Each alternative is a mapping of settings that take the place of the arm's; `{}` is the arm as it stands.
public struct SettingChoiceConfiguration: Encodable, Sendable {
  /// What decides.
  public enum Criterion: String, Codable, Sendable, CaseIterable {
    /// The mean error on training rows under synthetic shifts, with the labels of these rows.
    case syntheticShifts = "synthetic-shifts"
    /// The mean entropy of the answers to the first part of the stream.
    case entropy
    /// The share of answers to the first part of the stream that change when noise is added to the row.
    case consistency
    /// The error on the stream, with its labels: an upper bound, not a result.
    case oracle
  }

  /// What decides; the alternative with the lowest score is taken, of equal ones the first.
  public var criterion: Criterion
  /// The share of the stream that `entropy` and `consistency` look at beforehand, above 0 and at most 1.
  public var prefix: Double
  /// The alternatives.
  public var alternatives: [StrategyConfiguration]

  private enum CodingKeys: String, CodingKey { case by, prefix, among }

  /// The choice of an arm, whose settings the alternatives start from.
  ///
  /// - Parameter arm: the arm's mapping.
  init(_ written: WrittenChoice, of arm: ConfigNode, userInfo: [CodingUserInfoKey: Any]) throws {
    (criterion, prefix) = (written.by, written.prefix ?? 0.25)
    let base = arm.removing(["name", "student", "choose", "intervals"])
    alternatives = try written.among.map { settings in
      try ConfigDecoder().decode(StrategyConfiguration.self, from: base.taking(settings.node), userInfo: userInfo)
    }
  }

  /// Encodes so that decoding gives an equal value: the alternatives with all their settings.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(criterion, forKey: .by)
    if criterion == .entropy || criterion == .consistency { try keys.encode(prefix, forKey: .prefix) }
    try keys.encode(alternatives, forKey: .among)
  }

  /// What tells each alternative from the others, for tables: the settings that are not the same in all.
  var titles: [String] {
    let all = alternatives.map { alternative in
      (try? NodeEncoder.encode(alternative, at: ConfigLocation(source: "")))?.leaves ?? []
    }
    let common = all.dropFirst().reduce(Set(all.first ?? [])) { $0.intersection($1) }
    return all.map { leaves in
      let own = leaves.filter { !common.contains($0) }
      return own.isEmpty ? "as it stands" : own.joined(separator: ", ")
    }
  }
}

/// A choice as it was written.
struct WrittenChoice: Decodable, ValidatedConfiguration {
  /// What decides; the alternative with the lowest score is taken, of equal ones the first.
  let by: SettingChoiceConfiguration.Criterion
  /// The share of the stream that `entropy` and `consistency` look at beforehand, above 0 and at most 1; 0.25 where nothing
  /// is said.
  let prefix: Double?
  /// The alternatives: settings that take the place of the arm's.
  let among: [Settings]

  /// A mapping of settings as it was written.
  struct Settings: Decodable {
    let node: ConfigNode

    init(from decoder: any Decoder) throws {
      if let probe = decoder as? any ConfigProbe {
        probe.acceptAnyMapping()
        node = ConfigNode(.mapping(ConfigMapping()), at: ConfigLocation(source: ""))
        return
      }
      guard let decoder = decoder as? NodeDecoder else { throw ConfigValueError("can be read from a config file only") }
      guard decoder.visited.node.mapping != nil else { throw decoder.mismatch("a mapping of settings") }
      node = decoder.visited.node
    }
  }

  func validate() throws {
    try ConfigCheck.require(among.count > 1, "among", "must be at least two alternatives")
    guard let prefix else { return }
    try ConfigCheck.range("prefix", prefix, above: 0, atMost: 1)
    try ConfigCheck.require(
      by == .entropy || by == .consistency, "prefix", "does nothing where '\(by.rawValue)' decides; remove it")
  }
}

extension ConfigNode {
  /// The mapping without some keys.
  func removing(_ keys: [String]) -> ConfigNode {
    guard var mapping else { return self }
    for key in keys { mapping.remove(key) }
    return ConfigNode(.mapping(mapping), at: location)
  }

  /// The mapping with another's values in the place of its own. Mappings below are taken key by key, unless the other one
  /// names a kind: keys of another kind do not fit it.
  func taking(_ other: ConfigNode) -> ConfigNode {
    guard var mapping, let changes = other.mapping else { return other }
    for entry in changes.entries {
      var entry = entry
      if let own = mapping[entry.key], own.mapping != nil, entry.value.mapping?["kind"] == nil {
        entry.value = own.taking(entry.value)
      }
      mapping.set(entry)
    }
    return ConfigNode(.mapping(mapping), at: location)
  }

  /// Each scalar with the path to it, `optimizer.learningRate 0.001`.
  var leaves: [String] { leaves(at: "") }

  private func leaves(at path: String) -> [String] {
    switch content {
    case .scalar(let scalar): [path + " " + scalar.text]
    case .sequence(let elements):
      elements.isEmpty ? [path + " none"] : elements.enumerated().flatMap { $1.leaves(at: path + "[\($0)]") }
    case .mapping(let mapping):
      mapping.entries.flatMap { $0.value.leaves(at: path.isEmpty ? $0.key : path + "." + $0.key) }
    }
  }
}
