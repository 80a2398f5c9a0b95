public import AttuneCore

/// An average of the parameters that training passes through, kept beside the parameters that it updates.
///
/// The first update copies the parameters. After that
/// - exponential: `average ← decay·average + (1 − decay)·θ`;
/// - equal: `average ← average + (θ − average)/(n + 1)` with `n` updates before.
///
/// Running statistics of batch norm are not averaged: they belong to other weights, and are estimated anew
/// (`Network.estimateNormalization`) once the average is in the network.
///
/// - Source: Polyak, Juditsky (1992), Acceleration of stochastic approximation by averaging, doi:10.1137/0330046;
///   Izmailov, Podoprikhin, Garipov, Vetrov, Wilson (2018), Averaging weights leads to wider optima and better
///   generalization, arXiv:1803.05407, algorithm 1; in the form of PyTorch's `torch.optim.swa_utils.AveragedModel` with
///   `get_ema_avg_fn` and `get_swa_avg_fn`.
public struct WeightAverage: Sendable, Equatable {
  /// How a new set of parameters enters the average.
  public enum Rule: Sendable, Equatable {
    /// Each update keeps the share `decay` of the average, `0...1`.
    case exponential(decay: Double)
    /// All updates count alike.
    case equal
  }

  /// What is to be stored so that averaging can go on later.
  public struct State: Sendable, Equatable {
    /// The average of each parameter; empty before the first update.
    public var average: [ParameterID: Matrix] = [:]
    /// Updates so far.
    public var count = 0

    /// Nothing averaged yet.
    public init() {}
  }

  /// How a new set of parameters enters the average.
  public let rule: Rule
  /// The average so far.
  public var state: State

  /// An average that goes on from a state; without one it starts with the next update.
  public init(_ rule: Rule, state: State = State()) {
    if case .exponential(let decay) = rule { precondition((0...1).contains(decay), "a decay of \(decay)") }
    self.rule = rule
    self.state = state
  }

  /// Takes the parameters of a network into the average.
  ///
  /// - Complexity: O(parameters); allocates at the first update only.
  public mutating func update(with network: Network) {
    let others = Float(state.count) / Float(state.count + 1)
    let (kept, new): (Float, Float) =
      switch rule {
      case .exponential(let decay): (Float(decay), Float(1 - decay))
      case .equal: (others, 1 / Float(state.count + 1))
      }
    for id in network.parameterIDs {
      guard state.count > 0 else {
        state.average[id] = network[id]
        continue
      }
      precondition(state.average[id]?.shape == network[id].shape, "the average of \(id) has another shape")
      state.average[id]?.scale(by: kept)
      state.average[id]?.add(network[id], scaledBy: new)
    }
    state.count += 1
  }

  /// Puts the average into a network; changes nothing before the first update.
  public func apply(to network: inout Network) {
    for (id, average) in state.average { network[id] = average }
  }
}
