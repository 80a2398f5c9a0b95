/// An ordered list of layers. A value: a snapshot is an assignment, a reset is an assignment.
///
/// A linear model is a network of one linear layer.
public struct Network: Sendable, Equatable {
  /// The layers, from input to output.
  public private(set) var layers: [Layer]
  /// The number of input features.
  public let inputDimension: Int
  /// The number of outputs: classes, or regression targets.
  public let outputDimension: Int

  /// A network from layers whose sizes must follow each other.
  ///
  /// - Throws: `ShapeError` naming the layer that does not fit the one before it or whose own matrices do not fit each
  ///   other, or that there is no linear layer.
  public init(_ layers: [Layer]) throws(ShapeError) {
    var width: Int?, first: Int?
    for (index, layer) in layers.enumerated() {
      try layer.checkShapes(index)
      switch layer {
      case .linear(let linear):
        if first == nil { first = width ?? linear.inputDimension }
        try Network.check(index, "linear", width, linear.inputDimension)
        width = linear.outputDimension
      case .batchNorm(let norm):
        try Network.check(index, "batch norm", width, norm.dimension)
        width = norm.dimension
      case .activation, .dropout: break
      }
    }
    guard let first, let width else {
      throw ShapeError(operation: "network", expected: "at least one linear layer", found: "none")
    }
    self.layers = layers
    inputDimension = first
    outputDimension = width
  }

  private static func check(_ index: Int, _ kind: String, _ width: Int?, _ wanted: Int) throws(ShapeError) {
    guard let width, width != wanted else { return }
    throw ShapeError(
      operation: "layer \(index) (\(kind))", expected: "\(wanted) input features", found: "\(width)")
  }

  /// A linear model: one linear layer, after dropout of the inputs if its rate is above zero.
  public static func linear(
    inputDimension: Int, outputDimension: Int, inputDropout: Float = 0, using generator: inout Philox
  ) -> Network {
    let layer = Linear(inputDimension: inputDimension, outputDimension: outputDimension, using: &generator)
    return Network(
      layers: dropoutLayers(inputDropout) + [.linear(layer)], inputDimension: inputDimension,
      outputDimension: outputDimension)
  }

  /// A multilayer perceptron: dropout of the inputs if its rate is above zero; for each hidden width a linear layer,
  /// batch norm if asked for, the activation, dropout if its rate is above zero; then the linear output layer, which has a
  /// bias whether hidden ones have or not.
  public static func mlp(
    inputDimension: Int, hidden: [Int], outputDimension: Int, activation: ActivationFunction = .relu,
    batchNorm: Bool = false, dropout: Float = 0, inputDropout: Float = 0, hiddenBias: Bool = true,
    using generator: inout Philox
  ) -> Network {
    var layers = dropoutLayers(inputDropout)
    var width = inputDimension
    for next in hidden {
      // Batch norm subtracts the mean, so a bias before it would do nothing; PyTorch's habit of keeping it is kept.
      layers.append(
        .linear(Linear(inputDimension: width, outputDimension: next, hasBias: hiddenBias, using: &generator)))
      if batchNorm { layers.append(.batchNorm(BatchNorm(dimension: next))) }
      layers.append(.activation(activation))
      layers += dropoutLayers(dropout)
      width = next
    }
    layers.append(.linear(Linear(inputDimension: width, outputDimension: outputDimension, using: &generator)))
    return Network(layers: layers, inputDimension: inputDimension, outputDimension: outputDimension)
  }

  private static func dropoutLayers(_ rate: Float) -> [Layer] { rate > 0 ? [.dropout(rate: rate)] : [] }

  private init(layers: [Layer], inputDimension: Int, outputDimension: Int) {
    self.layers = layers
    self.inputDimension = inputDimension
    self.outputDimension = outputDimension
  }

  /// The parameters, from input to output.
  public var parameterIDs: [ParameterID] {
    layers.enumerated().flatMap { index, layer in
      layer.parameterRoles.map { ParameterID(layer: index, role: $0) }
    }
  }

  /// The scales and shifts of the batch-norm layers.
  public var normalizationParameterIDs: [ParameterID] {
    normalizationLayers.flatMap { [ParameterID(layer: $0, role: .weight), ParameterID(layer: $0, role: .bias)] }
  }

  /// The indices of the batch-norm layers.
  public var normalizationLayers: [Int] {
    layers.indices.filter { if case .batchNorm = layers[$0] { true } else { false } }
  }

  /// A parameter; changing it in place copies nothing. Its shape cannot change.
  public subscript(id: ParameterID) -> Matrix {
    get { layers[id.layer][id.role] }
    _modify {
      let shape = layers[id.layer].shape(id.role)
      yield &layers[id.layer][id.role]
      precondition(layers[id.layer][id.role].shape == shape, "the shape of \(id) cannot change")
    }
  }

  /// The batch-norm layer at an index.
  public subscript(normalization index: Int) -> BatchNorm {
    get {
      guard case .batchNorm(let norm) = layers[index] else { preconditionFailure("layer \(index) is no batch norm") }
      return norm
    }
    set {
      let dimension = self[normalization: index].dimension
      precondition(newValue.shapes.allSatisfy { $0 == Shape(rows: 1, columns: dimension) }, "a layer's width is fixed")
      layers[index] = .batchNorm(newValue)
    }
  }

  /// Changes a batch-norm layer in place; the shapes of its matrices cannot change.
  mutating func modifyNormalization(_ index: Int, _ change: (inout BatchNorm) -> Void) {
    guard case .batchNorm(var norm) = layers[index] else { preconditionFailure("layer \(index) is no batch norm") }
    // The layer lets go of its matrices: a second reference would force a copy.
    layers[index] = .dropout(rate: 0)
    change(&norm)
    layers[index] = .batchNorm(norm)
  }

  /// The number of elements of all parameters.
  public var parameterCount: Int { parameterIDs.reduce(0) { $0 + self[$1].count } }
}
