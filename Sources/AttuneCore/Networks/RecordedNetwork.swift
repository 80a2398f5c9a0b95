/// What a forward pass on a tape gives back.
public struct ForwardPass {
  /// The outputs, `[n, k]`.
  public let output: Variable
  /// The input of the last linear layer, `[n, h]`: for a linear model its input.
  public let features: Variable
  /// The output of each batch-norm layer, `[n, d]`, by layer index.
  public let normalized: [Int: Variable]
  /// The parameters that are differentiated, in the order they were asked for.
  public let parameters: [(id: ParameterID, variable: Variable)]
  /// The statistics that each batch-norm layer used, by layer index.
  public let statistics: [Int: NormalizationStatistics]
}

/// A network whose parameters are on a tape: several batches can go through the same variables, and the gradient of a
/// loss over all of them is that of the parameters.
public struct RecordedNetwork {
  private let network: Network
  private let tape: Tape
  private let variables: [ParameterID: Variable]
  /// What draws dropout masks; nil switches dropout off.
  public var dropout: Philox?
  /// Whether dropout masks are drawn in bulk: other numbers than one by one, with rates in steps of 2⁻¹⁶, in a fraction
  /// of the time.
  public var drawsDropoutInBulk = false

  /// The parameters that are differentiated, in the order they were asked for.
  public let parameters: [(id: ParameterID, variable: Variable)]

  /// A network on a tape.
  ///
  /// - Parameter parameters: what is differentiated; anything else is a constant, and costs nothing on the way back.
  public init(_ network: Network, on tape: Tape, differentiating parameters: [ParameterID]) {
    self.network = network
    self.tape = tape
    self.parameters = parameters.map { (id: $0, variable: tape.variable(network[$0])) }
    variables = Dictionary(self.parameters.map { ($0.id, $0.variable) }) { first, _ in first }
  }

  /// The outputs for a batch.
  ///
  /// ## Shapes
  /// - input: `[n, d]`
  ///
  /// - Throws: `ShapeError` if the width of the input does not fit, or where statistics of a batch without rows are
  ///   asked for.
  public mutating func forward(
    _ input: Matrix, statistics policy: NormalizationPolicy
  ) throws(ShapeError) -> ForwardPass {
    try forward(tape.constant(input), statistics: policy)
  }

  /// The outputs for a batch on the same tape, which may be differentiated too.
  ///
  /// - Throws: as for a matrix.
  public mutating func forward(
    _ variable: Variable, statistics policy: NormalizationPolicy
  ) throws(ShapeError) -> ForwardPass {
    let input = variable.value
    try network.checkInput(input)
    guard input.rows > 0 || policy == .running || network.normalizationLayers.isEmpty else {
      throw ShapeError(operation: "batch norm", expected: "a batch of at least one row", found: "none")
    }
    var x = variable, features = x
    var used: [Int: NormalizationStatistics] = [:], normalized: [Int: Variable] = [:]
    for (index, layer) in network.layers.enumerated() {
      if index == network.outputLayerIndex { features = x }
      switch layer {
      case .linear(let linear):
        let bias = linear.bias.map { _ in parameter(index, .bias) }
        x = x.linear(weight: parameter(index, .weight), bias: bias)
      case .batchNorm(let norm):
        let statistics = NormalizationStatistics(policy, layer: norm, batch: x.value)
        used[index] = statistics
        x = x.batchNormalization(
          gamma: parameter(index, .weight), beta: parameter(index, .bias), statistics: statistics, epsilon: norm.epsilon
        )
        normalized[index] = x
      case .activation(let function): x = x.activated(by: function)
      case .dropout(let rate):
        guard rate > 0, dropout != nil else { continue }
        x = x.masked(by: mask(x.value.shape, rate: rate))
      }
    }
    return ForwardPass(
      output: x, features: features, normalized: normalized, parameters: parameters, statistics: used)
  }

  private func parameter(_ layer: Int, _ role: ParameterID.Role) -> Variable {
    let id = ParameterID(layer: layer, role: role)
    return variables[id] ?? tape.constant(network[id])
  }

  private mutating func mask(_ shape: Shape, rate: Float) -> Matrix {
    var drawing = dropout ?? Philox(seed: 0)
    defer { dropout = drawing }
    return drawsDropoutInBulk
      ? Network.bulkDropoutMask(shape, rate: rate, using: &drawing)
      : Network.dropoutMask(shape, rate: rate, using: &drawing)
  }
}
