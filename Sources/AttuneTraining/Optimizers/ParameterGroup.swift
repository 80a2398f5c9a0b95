public import AttuneCore

/// Parameters with settings of their own: another learning rate, another weight decay, or none at all.
///
/// Where a parameter belongs to more than one group of a list, the first one holds.
public struct ParameterGroup: Sendable, Equatable {
  /// Which parameters belong to a group.
  public enum Members: Sendable, Equatable {
    /// All parameters of layers, by index in the network.
    case layers(Set<Int>)
    /// The biases of all layers, and the scales and shifts of batch norm: what is commonly not decayed.
    case biasesAndNorms
  }

  /// Which parameters belong to the group.
  public let members: Members
  /// What the learning rate of the rule is multiplied by.
  public let learningRateFactor: Double
  /// The weight decay in place of the rule's; nil for the rule's.
  public let weightDecay: Double?
  /// Whether the parameters stay as they are. The running statistics of a frozen batch norm still move.
  public let isFrozen: Bool

  /// A group; the settings that are left out are those of the rule.
  ///
  /// - Throws: `HyperparameterError` if the factor or the decay is negative or not finite.
  public init(
    _ members: Members, learningRateFactor: Double = 1, weightDecay: Double? = nil, isFrozen: Bool = false
  ) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: "parameter group")
    try check.isNotNegative(learningRateFactor, "learningRateFactor")
    if let weightDecay { try check.isNotNegative(weightDecay, "weightDecay") }
    self.members = members
    self.learningRateFactor = learningRateFactor
    self.weightDecay = weightDecay
    self.isFrozen = isFrozen
  }

  /// The rule with the group's settings.
  func adjusted<Rule: Optimizer>(_ rule: Rule) -> Rule {
    var rule = rule
    rule.learningRate *= learningRateFactor
    if let weightDecay { rule.weightDecay = weightDecay }
    return rule
  }

  /// Whether a parameter of a network belongs to the group.
  public func contains(_ id: ParameterID, of network: Network) -> Bool {
    switch members {
    case .layers(let indices): return indices.contains(id.layer)
    case .biasesAndNorms:
      if case .batchNorm = network.layers[id.layer] { return true }
      return id.role == .bias
    }
  }
}

extension Network {
  /// The parameters that no group freezes.
  public func parameterIDs(notFrozenBy groups: [ParameterGroup]) -> [ParameterID] {
    parameterIDs.filter { id in !(groups.first { $0.contains(id, of: self) }?.isFrozen ?? false) }
  }
}
