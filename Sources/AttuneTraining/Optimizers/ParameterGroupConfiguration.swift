public import AttuneCore

/// A parameter group in a config file: `{layers: [0, 3], learningRateFactor: 0.1}`, or with `layers: biasesAndNorms`.
public struct ParameterGroupConfiguration: Codable, Sendable, Equatable, ValidatedConfiguration {
  /// Which parameters belong to the group; `layers` in a file.
  public var members: ParameterGroup.Members
  /// What the learning rate of the rule is multiplied by.
  public var learningRateFactor: Double
  /// The weight decay in place of the rule's; nil for the rule's.
  public var weightDecay: Double?
  /// Whether the parameters stay as they are.
  public var frozen: Bool

  private static let word = "biasesAndNorms"

  private enum CodingKeys: String, CodingKey {
    /// Numbers of layers, counted from 0, or `biasesAndNorms`.
    case layers
    case learningRateFactor, weightDecay, frozen
  }

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    if let word = try? keys.decode(String.self, forKey: .layers) {
      guard word == Self.word else {
        throw ConfigValueError("must be a list of layer numbers, or '\(Self.word)'", key: "layers")
      }
      members = .biasesAndNorms
    } else {
      members = .layers(Set(try keys.decode([Int].self, forKey: .layers)))
    }
    learningRateFactor = try keys.decodeIfPresent(Double.self, forKey: .learningRateFactor) ?? 1
    weightDecay = try keys.decodeIfPresent(Double.self, forKey: .weightDecay)
    frozen = try keys.decodeIfPresent(Bool.self, forKey: .frozen) ?? false
    let others: [CodingKeys] = [.learningRateFactor, .weightDecay]
    if frozen, let key = others.first(where: keys.contains) {
      throw ConfigValueError("does nothing beside 'frozen: true'; remove one", key: key.rawValue)
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    switch members {
    case .layers(let indices): try keys.encode(indices.sorted(), forKey: .layers)
    case .biasesAndNorms: try keys.encode(Self.word, forKey: .layers)
    }
    if frozen { return try keys.encode(true, forKey: .frozen) }
    try keys.encode(learningRateFactor, forKey: .learningRateFactor)
    try keys.encodeIfPresent(weightDecay, forKey: .weightDecay)
  }

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    if case .layers(let indices) = members {
      try ConfigCheck.require(!indices.isEmpty, "layers", "must be at least one layer number")
    }
    do { _ = try make() } catch {
      throw ConfigValueError("\(error.problem); \(error.advice)")
    }
  }

  /// The group.
  ///
  /// - Throws: `HyperparameterError` if the factor or the decay is negative or not finite.
  public func make() throws(HyperparameterError) -> ParameterGroup {
    try ParameterGroup(members, learningRateFactor: learningRateFactor, weightDecay: weightDecay, isFrozen: frozen)
  }

  /// The layer numbers of the group that have no parameters in a network, in order.
  public func layersWithoutParameters(in network: Network) -> [Int] {
    guard case .layers(let indices) = members else { return [] }
    return indices.subtracting(network.parameterIDs.map(\.layer)).sorted()
  }

  /// A few words for tables, for example `layers 0, 1 frozen`.
  public var summary: String {
    let who =
      switch members {
      case .layers(let indices):
        "layer\(indices.count == 1 ? "" : "s") "
          + indices.sorted().map(String.init).joined(
            separator: ", ")
      case .biasesAndNorms: "biases and norms"
      }
    if frozen { return "\(who) frozen" }
    var settings = learningRateFactor == 1 ? [] : ["learning rate × \(learningRateFactor)"]
    if let weightDecay { settings.append("weight decay \(weightDecay)") }
    return settings.isEmpty ? "\(who) as all" : "\(who) with \(settings.joined(separator: ", "))"
  }
}
