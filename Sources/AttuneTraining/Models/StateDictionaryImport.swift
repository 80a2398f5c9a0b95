public import AttuneCore

/// Makes a network of a PyTorch state dict of `nn.Sequential(Linear, BatchNorm1d, ReLU, …)`, saved as safetensors.
///
/// The layers follow from names and shapes: `<i>.weight` with two dimensions is a linear layer, one with
/// `<i>.running_mean` a batch norm. Where indices are missing between two of them stood a module without parameters: one
/// activation is put there, whatever else (dropout) stood beside it. A common prefix such as `net.` is allowed.
public struct StateDictionaryImport: Sendable {
  /// The function that stands in the gaps between numbered layers.
  public var activation: ActivationFunction
  /// ε of the batch-norm layers, which a state dict does not hold; PyTorch's default is 1e-5.
  public var epsilon: Float

  /// An import with the activation that the state dict does not name.
  public init(activation: ActivationFunction, epsilon: Float = 1e-5) {
    self.activation = activation
    self.epsilon = epsilon
  }

  /// The network of a state dict.
  ///
  /// - Throws: `ModelFileError` naming the tensor that does not fit; `ShapeError` where layers do not follow each other.
  public func network(from file: SafetensorsFile) throws -> Network {
    let names = try numberedNames(file)
    let indices = Set(names.map(\.index)).sorted()
    var architecture: [LayerDescription] = [], positions: [Int] = []  // position in the network → index in the file
    for (position, index) in indices.enumerated() {
      if position > 0, index > indices[position - 1] + 1 {
        architecture.append(.activation(activation))
        positions.append(-1)
      }
      architecture.append(try layer(index, names, file))
      positions.append(index)
    }
    let prefix = names.first?.prefix ?? ""
    return try Network(architecture) { name, shape in
      let parts = name.split(separator: ".", maxSplits: 1)
      guard parts.count == 2, let position = Int(parts[0]) else { preconditionFailure("'\(name)' has no index") }
      return try file.matrix("\(prefix)\(positions[position]).\(parts[1])", shape: shape)
    }
  }

  private typealias Name = (prefix: String, index: Int, field: String)

  private func numberedNames(_ file: SafetensorsFile) throws -> [Name] {
    let fields: Set = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
    let names = try file.names.map { name -> Name in
      let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard parts.count >= 2, let field = parts.last, fields.contains(field), let index = Int(parts[parts.count - 2]),
        index >= 0
      else {
        throw error(
          file, .tensor(name), "not a name of nn.Sequential such as '0.weight'",
          "save the state dict of an nn.Sequential of Linear, BatchNorm1d and activations")
      }
      return (parts.dropLast(2).map { $0 + "." }.joined(), index, field)
    }
    guard let first = names.first else {
      throw error(file, .file, "no tensors", "save the state dict of an nn.Sequential")
    }
    if let other = names.first(where: { $0.prefix != first.prefix }) {
      throw error(
        file, .tensor("\(other.prefix)\(other.index).\(other.field)"),
        "two modules, '\(first.prefix)' and '\(other.prefix)'", "save the state dict of one nn.Sequential")
    }
    return names
  }

  private func layer(_ index: Int, _ names: [Name], _ file: SafetensorsFile) throws -> LayerDescription {
    let prefix = names.first?.prefix ?? ""
    let fields = Set(names.filter { $0.index == index }.map(\.field))
    let weightName = "\(prefix)\(index).weight"
    guard fields.contains("weight") else {
      throw error(
        file, .tensor(weightName), "missing", "a BatchNorm1d needs affine=True, and every layer its weight")
    }
    let shape = try file.tensor(weightName).shape
    if fields.contains("running_mean") {
      guard shape.count == 1 else {
        throw error(
          file, .tensor(weightName), "shape \(shape), expected one dimension beside running_mean",
          "only BatchNorm1d after a Linear is known")
      }
      return .batchNorm(features: shape[0], epsilon: epsilon, momentum: 0.1)
    }
    guard shape.count == 2 else {
      throw error(
        file, .tensor(weightName), "shape \(shape), expected [outputs, inputs] of a Linear",
        "only Linear and BatchNorm1d (with running statistics) are known")
    }
    return .linear(inputs: shape[1], outputs: shape[0], bias: fields.contains("bias"))
  }

  private func error(
    _ file: SafetensorsFile, _ place: ModelFileError.Place, _ what: String, _ remedy: String
  ) -> ModelFileError {
    ModelFileError(path: file.path, place: place, what: what, remedy: remedy)
  }
}
