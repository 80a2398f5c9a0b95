/// One step of a network.
public enum Layer: Codable, Sendable, Equatable {
  /// A fully connected layer.
  case linear(Linear)
  /// Batch normalization.
  case batchNorm(BatchNorm)
  /// A function of every element.
  case activation(ActivationFunction)
  /// Sets elements to zero with probability `rate` while training and scales the others by `1/(1 − rate)`.
  case dropout(rate: Float)
}

/// A parameter of a network: the layer's index and which of its matrices.
///
/// Its name is that of PyTorch's `nn.Sequential`, for example `0.weight`; γ and β of batch norm are `weight` and `bias`.
public struct ParameterID: Hashable, Sendable, CustomStringConvertible {
  /// Which matrix of a layer.
  public enum Role: String, Sendable {
    /// The weight of a linear layer, or γ of batch norm.
    case weight
    /// The bias of a linear layer, or β of batch norm.
    case bias
  }

  /// Index of the layer in the network.
  public let layer: Int
  /// Which of its matrices.
  public let role: Role

  /// The parameter `role` of layer number `layer`.
  public init(layer: Int, role: Role) {
    self.layer = layer
    self.role = role
  }

  /// PyTorch's name, for example `0.weight`.
  public var description: String { "\(layer).\(role.rawValue)" }
}

extension Layer {
  /// The roles of the layer's parameters, in order.
  var parameterRoles: [ParameterID.Role] {
    switch self {
    case .linear(let linear): linear.bias == nil ? [.weight] : [.weight, .bias]
    case .batchNorm: [.weight, .bias]
    case .activation, .dropout: []
    }
  }

  /// Throws unless the layer's matrices fit each other: kernels read them side by side.
  func checkShapes(_ index: Int) throws(ShapeError) {
    switch self {
    case .linear(let linear):
      let wanted = Shape(rows: 1, columns: linear.outputDimension)
      guard let bias = linear.bias, bias.shape != wanted else { return }
      throw ShapeError(operation: "layer \(index) (linear)", expected: "a bias \(wanted)", found: "\(bias.shape)")
    case .batchNorm(let norm):
      let wanted = Shape(rows: 1, columns: norm.dimension)
      guard let other = norm.shapes.first(where: { $0 != wanted }) else { return }
      throw ShapeError(
        operation: "layer \(index) (batch norm)", expected: "parameters and statistics \(wanted)", found: "\(other)")
    case .activation, .dropout: return
    }
  }

  /// A parameter of the layer; changing it in place copies nothing.
  subscript(role: ParameterID.Role) -> Matrix {
    get {
      switch (self, role) {
      case (.linear(let linear), .weight): return linear.weight
      case (.batchNorm(let norm), .weight): return norm.gamma
      case (.batchNorm(let norm), .bias): return norm.beta
      case (.linear(let linear), .bias):
        guard let bias = linear.bias else { preconditionFailure("the linear layer has no bias") }
        return bias
      case (.activation, _), (.dropout, _): preconditionFailure("the layer has no parameters")
      }
    }
    _modify {
      // The layer lets go of the matrices while the caller holds one: a second reference would force a copy.
      switch consume self {
      case .linear(var linear):
        defer { self = .linear(linear) }
        if role == .weight {
          yield &linear.weight
        } else {
          guard var bias = linear.bias.take() else { preconditionFailure("the linear layer has no bias") }
          defer { linear.bias = bias }
          yield &bias
        }
      case .batchNorm(var norm):
        defer { self = .batchNorm(norm) }
        if role == .weight { yield &norm.gamma } else { yield &norm.beta }
      case .activation, .dropout: preconditionFailure("the layer has no parameters")
      }
    }
  }

  /// The shape of a parameter of the layer.
  func shape(_ role: ParameterID.Role) -> Shape {
    switch self {
    case .linear(let linear):
      role == .weight ? linear.weight.shape : Shape(rows: 1, columns: linear.outputDimension)
    case .batchNorm(let norm): norm.gamma.shape
    case .activation, .dropout: preconditionFailure("the layer has no parameters")
    }
  }
}
