public import AttuneCore

/// A rule with its state for each of a network's parameters; the parameters can be any subset.
public struct OptimizerStates<Rule: Optimizer>: Sendable {
  /// The rule; its learning rate may change between steps.
  public var rule: Rule
  private let parameters: [ParameterID]
  private let groups: [ParameterGroup?]
  private var states: [Rule.State]

  /// The states before the first step.
  ///
  /// - Parameter groups: parameters with settings of their own; the layers that they name must have parameters.
  public init(
    _ rule: Rule, for parameters: [ParameterID], of network: Network, groups: [ParameterGroup] = []
  ) {
    for case .layers(let indices) in groups.map(\.members) {
      let missing = indices.subtracting(network.parameterIDs.map(\.layer))
      precondition(missing.isEmpty, "no parameters in the layers \(missing.sorted()) of a group")
    }
    self.rule = rule
    self.parameters = parameters
    self.groups = parameters.map { id in groups.first { $0.contains(id, of: network) } }
    states = parameters.map { rule.initialState(for: network[$0]) }
  }

  /// Changes the parameters by one step along `gradients`, which are in the order of the parameters.
  public mutating func step(_ network: inout Network, along gradients: [Matrix]) {
    precondition(gradients.count == parameters.count, "\(gradients.count) gradients, \(parameters.count) parameters")
    for (index, id) in parameters.enumerated() {
      let group = groups[index]
      if group?.isFrozen == true { continue }
      let rule = group?.adjusted(rule) ?? rule
      rule.update(&network[id], along: gradients[index], &states[index])
    }
  }

  /// The states by name, for a checkpoint.
  public var stored: StoredOptimizerStates {
    var stored = StoredOptimizerStates()
    for (id, state) in zip(parameters, states) { stored.add(state, of: id) }
    return stored
  }

  /// Takes on stored states of the same rule, for the same parameters of `network`.
  ///
  /// - Throws: `StoredStateError` where a field is missing or has another shape; the states are then as before.
  public mutating func restore(_ stored: StoredOptimizerStates, for network: Network) throws(StoredStateError) {
    var restored: [Rule.State] = []
    for id in parameters {
      var state = rule.initialState(for: network[id])
      try stored.restore(&state, of: id, shape: network[id].shape)
      restored.append(state)
    }
    states = restored
  }

  /// The updates of a step, in the order of the parameters; false, and nothing happens, where the rule has none or
  /// parameters are frozen.
  public mutating func prepareStep(_ network: inout Network, into updates: inout [ElementwiseUpdate]) -> Bool {
    updates.removeAll(keepingCapacity: true)
    guard !groups.contains(where: { $0?.isFrozen == true }) else { return false }
    for (index, id) in parameters.enumerated() {
      let rule = groups[index]?.adjusted(rule) ?? rule
      guard let update = rule.elementwiseUpdate(of: &network[id], &states[index]) else { return false }
      updates.append(update)
    }
    return true
  }

  /// The rule's learning rate, without the factors of groups.
  public var learningRate: Double {
    get { rule.learningRate }
    set { rule.learningRate = newValue }
  }
}

/// An optimizer of any rule, with its state.
///
/// Where a rule is chosen at run time (a config file), the existential is opened once here and nowhere else.
public protocol SteppingOptimizer: Sendable {
  /// The rule's learning rate. Schedules set it between steps.
  var learningRate: Double { get set }
  /// Changes the parameters by one step along `gradients`, which are in the order of the parameters.
  mutating func step(_ network: inout Network, along gradients: [Matrix])
  /// The states by name, for a checkpoint.
  var stored: StoredOptimizerStates { get }
  /// Takes on stored states of the same rule, for the same parameters of `network`.
  mutating func restore(_ stored: StoredOptimizerStates, for network: Network) throws(StoredStateError)
  /// The updates of a step, in the order of the parameters; false, and nothing happens, where the rule has none or
  /// parameters are frozen. The step is made when each update has been applied to all of its elements.
  mutating func prepareStep(_ network: inout Network, into updates: inout [ElementwiseUpdate]) -> Bool
}

extension OptimizerStates: SteppingOptimizer {}

extension Optimizer {
  /// The rule with its states for parameters of a network.
  public func states(
    for parameters: [ParameterID], of network: Network, groups: [ParameterGroup] = []
  ) -> any SteppingOptimizer {
    OptimizerStates(self, for: parameters, of: network, groups: groups)
  }
}
