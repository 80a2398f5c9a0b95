internal import CKernels

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

  /// The outputs for what a layer gave out, `[n, h]`: the layers after it, with running statistics and no dropout.
  func outputs(_ x: Matrix, after layer: Int) -> Matrix { apply(layers[(layer + 1)...], to: x) }

  /// The index of the last linear layer.
  public var outputLayerIndex: Int {
    layers.lastIndex { if case .linear = $0 { true } else { false } } ?? layers.startIndex
  }

  /// The outputs for a batch, with batch-norm statistics chosen layer by layer; dropout is off.
  ///
  /// - Parameters:
  ///   - input: `[n, d]`
  ///   - statistics: gives mean and variance, `[1, d]` each, for a batch-norm layer and its inputs.
  /// - Throws: `ShapeError` if the width of the input does not fit.
  public func predict(
    _ input: Matrix,
    statistics: (_ index: Int, _ layer: BatchNorm, _ inputs: Matrix) -> (mean: Matrix, variance: Matrix)
  ) throws(ShapeError) -> Matrix {
    try checkInput(input)
    return apply(layers[...], to: input, statistics)
  }

  private func apply(
    _ layers: ArraySlice<Layer>, to input: Matrix,
    _ statistics: (Int, BatchNorm, Matrix) -> (mean: Matrix, variance: Matrix) = { _, norm, _ in
      (norm.runningMean, norm.runningVariance)
    }
  ) -> Matrix {
    layers.indices.reduce(input) { x, index in
      switch layers[index] {
      case .linear(let linear): return x.linear(weight: linear.weight, bias: linear.bias)
      case .batchNorm(let norm):
        let used = statistics(index, norm, x)
        return x.normalized(
          mean: used.mean, inverse: used.variance.inverseDeviation(epsilon: norm.epsilon), gamma: norm.gamma,
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
    var recorded = RecordedNetwork(self, on: tape, differentiating: parameters)
    recorded.dropout = generator
    defer { generator = recorded.dropout }
    return try recorded.forward(input, statistics: policy)
  }

  /// Zeros with probability `rate`, else `1 / (1 − rate)`.
  static func dropoutMask(_ shape: Shape, rate: Float, using generator: inout Philox) -> Matrix {
    let kept = rate < 1 ? 1 / (1 - rate) : 0
    return Matrix(rows: shape.rows, columns: shape.columns) { mask in
      for i in mask.indices { mask[i] = generator.nextUniform() < rate ? 0 : kept }
    }
  }

  /// The same from one number of the generator, which is the key of all others; the rate is rounded to 2⁻¹⁶.
  static func bulkDropoutMask(_ shape: Shape, rate: Float, using generator: inout Philox) -> Matrix {
    let key = generator.next(), threshold = UInt32((min(max(rate, 0), 1) * 65536).rounded())
    return Matrix(rows: shape.rows, columns: shape.columns) { mask in
      attune_dropout_mask(mask.count, key, threshold, rate < 1 ? 1 / (1 - rate) : 0, mask.base)
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
