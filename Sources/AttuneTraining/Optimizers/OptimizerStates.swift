public import AttuneCore

/// A rule with its state for each of a network's parameters; the parameters can be any subset.
public struct OptimizerStates<Rule: Optimizer>: Sendable {
  /// The rule; its learning rate may change between steps.
  public var rule: Rule
  private let parameters: [ParameterID]
  private var states: [Rule.State]

  /// The states before the first step.
  public init(_ rule: Rule, for parameters: [ParameterID], of network: Network) {
    self.rule = rule
    self.parameters = parameters
    states = parameters.map { rule.initialState(for: network[$0]) }
  }

  /// Changes the parameters by one step along `gradients`, which are in the order of the parameters.
  public mutating func step(_ network: inout Network, along gradients: [Matrix]) {
    precondition(gradients.count == parameters.count, "\(gradients.count) gradients, \(parameters.count) parameters")
    for (index, id) in parameters.enumerated() {
      rule.update(&network[id], along: gradients[index], &states[index])
    }
  }
}

/// An optimizer of any rule, with its state.
///
/// Where a rule is chosen at run time (a config file), the existential is opened once here and nowhere else.
public protocol SteppingOptimizer: Sendable {
  /// Changes the parameters by one step along `gradients`, which are in the order of the parameters.
  mutating func step(_ network: inout Network, along gradients: [Matrix])
}

extension OptimizerStates: SteppingOptimizer {}

extension Optimizer {
  /// The rule with its states for parameters of a network.
  public func states(for parameters: [ParameterID], of network: Network) -> any SteppingOptimizer {
    OptimizerStates(self, for: parameters, of: network)
  }
}
