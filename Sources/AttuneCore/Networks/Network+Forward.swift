/// What a forward pass on a tape gives back.
public struct ForwardPass {
  /// The outputs, `[n, k]`.
  public let output: Variable
  /// The parameters that are differentiated, in the order they were asked for.
  public let parameters: [(id: ParameterID, variable: Variable)]
  /// The statistics that each batch-norm layer used, by layer index.
  public let statistics: [Int: NormalizationStatistics]
}

extension Network {
  /// The outputs for a batch: running statistics, no dropout.
  ///
  /// ## Shapes
  /// - input: `[n, d]`, returns logits or regression values `[n, k]`
  ///
  /// - Throws: `ShapeError` if the width of the input does not fit.
  public func predict(_ input: Matrix) throws(ShapeError) -> Matrix {
    try checkInput(input)
    return apply(layers[...], to: input)
  }

  /// The input of the last linear layer, `[n, h]`: for a linear model the input itself.
  ///
  /// - Throws: `ShapeError` if the width of the input does not fit.
  public func features(_ input: Matrix) throws(ShapeError) -> Matrix {
    try checkInput(input)
    return apply(layers[..<outputLayerIndex], to: input)
  }

  /// The index of the last linear layer.
  public var outputLayerIndex: Int {
    layers.lastIndex { if case .linear = $0 { true } else { false } } ?? layers.startIndex
  }

  private func apply(_ layers: ArraySlice<Layer>, to input: Matrix) -> Matrix {
    layers.reduce(input) { x, layer in
      switch layer {
      case .linear(let linear): return x.linear(weight: linear.weight, bias: linear.bias)
      case .batchNorm(let norm):
        let statistics = NormalizationStatistics(.running, layer: norm, batch: x)
        return x.normalized(
          mean: statistics.mean, inverse: statistics.inverseDeviation(epsilon: norm.epsilon), gamma: norm.gamma,
          beta: norm.beta)
      case .activation(let function): return x.activated(by: function)
      case .dropout: return x
      }
    }
  }

  /// The outputs for a batch on a tape, with chosen batch-norm statistics; dropout is off.
  ///
  /// - Parameters:
  ///   - input: `[n, d]`
  ///   - tape: records what depends on `parameters`.
  ///   - parameters: what is differentiated.
  ///   - policy: which statistics the batch-norm layers use.
  /// - Throws: `ShapeError` if the width of the input does not fit, or where statistics of a batch without rows are
  ///   asked for.
  public func forward(
    _ input: Matrix, on tape: Tape, differentiating parameters: [ParameterID] = [],
    statistics policy: NormalizationPolicy
  ) throws(ShapeError) -> ForwardPass {
    var nobody: Philox?
    return try forward(input, on: tape, differentiating: parameters, statistics: policy, dropout: &nobody)
  }

  /// The outputs for a training batch: batch statistics, and dropout drawn from `generator`.
  ///
  /// - Throws: `ShapeError` if the width of the input does not fit.
  public func trainingForward(
    _ input: Matrix, on tape: Tape, differentiating parameters: [ParameterID], using generator: inout Philox
  ) throws(ShapeError) -> ForwardPass {
    var dropout: Philox? = generator
    let pass = try forward(input, on: tape, differentiating: parameters, statistics: .batch, dropout: &dropout)
    if let dropout { generator = dropout }
    return pass
  }

  private func forward(
    _ input: Matrix, on tape: Tape, differentiating parameters: [ParameterID], statistics policy: NormalizationPolicy,
    dropout generator: inout Philox?
  ) throws(ShapeError) -> ForwardPass {
    try checkInput(input)
    guard input.rows > 0 || policy == .running || normalizationLayers.isEmpty else {
      throw ShapeError(operation: "batch norm", expected: "a batch of at least one row", found: "none")
    }
    var variables: [ParameterID: Variable] = [:]
    for id in parameters { variables[id] = tape.variable(self[id]) }
    func variable(_ layer: Int, _ role: ParameterID.Role) -> Variable {
      let id = ParameterID(layer: layer, role: role)
      return variables[id] ?? tape.constant(self[id])
    }
    var x = tape.constant(input)
    var used: [Int: NormalizationStatistics] = [:]
    for (index, layer) in layers.enumerated() {
      switch layer {
      case .linear(let linear):
        x = x.linear(weight: variable(index, .weight), bias: linear.bias.map { _ in variable(index, .bias) })
      case .batchNorm(let norm):
        let statistics = NormalizationStatistics(policy, layer: norm, batch: x.value)
        used[index] = statistics
        x = x.batchNormalization(
          gamma: variable(index, .weight), beta: variable(index, .bias), statistics: statistics, epsilon: norm.epsilon)
      case .activation(let function): x = x.activated(by: function)
      case .dropout(let rate):
        guard rate > 0 else { continue }
        if var drawing = generator {
          x = x.masked(by: Network.dropoutMask(x.value.shape, rate: rate, using: &drawing))
          generator = drawing
        }
      }
    }
    let recorded = parameters.compactMap { id in variables[id].map { (id: id, variable: $0) } }
    return ForwardPass(output: x, parameters: recorded, statistics: used)
  }

  /// Zeros with probability `rate`, else `1 / (1 − rate)`.
  static func dropoutMask(_ shape: Shape, rate: Float, using generator: inout Philox) -> Matrix {
    let kept = rate < 1 ? 1 / (1 - rate) : 0
    return Matrix(rows: shape.rows, columns: shape.columns) { mask in
      for i in mask.indices { mask[i] = generator.nextUniform() < rate ? 0 : kept }
    }
  }

  /// Moves the running statistics of all batch-norm layers towards those of a training batch.
  public mutating func updateRunningStatistics(_ statistics: [Int: NormalizationStatistics], rows: Int) {
    for (index, used) in statistics { self[normalization: index].updateRunningStatistics(used, rows: rows) }
  }

  /// Throws if a batch does not have as many columns as the network has inputs.
  public func checkInput(_ input: Matrix) throws(ShapeError) {
    guard input.columns != inputDimension else { return }
    throw ShapeError(
      operation: "network", expected: "\(inputDimension) input features", found: "\(input.columns) columns")
  }
}
