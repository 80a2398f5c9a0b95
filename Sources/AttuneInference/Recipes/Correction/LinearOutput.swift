internal import AttuneCore

/// A correction that works on the output layer met a network that goes on after its last linear layer.
public struct NoLinearOutput: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` cannot work on the network.
  public init(strategy: String) {
    self.strategy = strategy
  }

  /// What does not fit.
  public var description: String {
    "strategy '\(strategy)' works on the linear output layer, and the network has other layers after it; choose another "
      + "strategy"
  }
}

extension Network {
  /// The output layer; nil where other layers than dropout come after the last linear one.
  var outputLayer: Linear? {
    let index = outputLayerIndex
    let isLast = layers[(index + 1)...].allSatisfy { if case .dropout = $0 { true } else { false } }
    guard isLast, case .linear(let linear) = layers[index] else { return nil }
    return linear
  }
}

extension RecipeSetup {
  /// The output layer of the source network.
  ///
  /// - Throws: `NoLinearOutput` where other layers than dropout come after the last linear one.
  func outputLayer() throws(NoLinearOutput) -> Linear {
    guard let layer = network.outputLayer else { throw NoLinearOutput(strategy: strategy) }
    return layer
  }
}
