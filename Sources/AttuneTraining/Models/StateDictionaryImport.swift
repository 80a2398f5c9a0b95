public import AttuneCore

/// Makes a network of a PyTorch state dict of `nn.Sequential(Linear, BatchNorm1d, ReLU, …)`, saved as safetensors.
///
/// A state dict names only modules with parameters: `<i>.weight` with two dimensions is a linear layer, one with
/// `<i>.running_mean` a batch norm. What stood at the missing indices is either told module by module, or follows from one
/// activation: it is put where indices are missing between two layers. Two such gaps between two linear layers could be
/// activation and dropout in either order, and are refused. A common prefix such as `net.` is allowed.
public struct StateDictionaryImport: Sendable {
  /// A module of `nn.Sequential`.
  public enum Module: String, CaseIterable, Sendable {
    /// `nn.Linear`.
    case linear
    /// `nn.BatchNorm1d`.
    case batchnorm
    /// `nn.ReLU`.
    case relu
    /// `nn.Tanh`.
    case tanh
    /// `nn.Sigmoid`.
    case sigmoid
    /// `nn.GELU`.
    case gelu
    /// `nn.Dropout`, which does nothing at inference.
    case dropout
    /// `nn.Identity` or `nn.Flatten` of rows that are flat.
    case identity

    var activation: ActivationFunction? { ActivationFunction(rawValue: rawValue) }
    var hasParameters: Bool { self == .linear || self == .batchnorm }
  }

  private enum Source: Sendable {
    case activation(ActivationFunction)
    case modules([Module])
  }

  private let source: Source
  /// ε of the batch-norm layers, which a state dict does not hold; PyTorch's default is 1e-5.
  public var epsilon: Float

  /// An import with the activation that the state dict does not name.
  public init(activation: ActivationFunction, epsilon: Float = 1e-5) {
    source = .activation(activation)
    self.epsilon = epsilon
  }

  /// An import of modules that are all named, from index 0 on.
  public init(modules: [Module], epsilon: Float = 1e-5) {
    source = .modules(modules)
    self.epsilon = epsilon
  }

  /// The network of a state dict.
  ///
  /// - Throws: `ModelFileError` naming the tensor that does not fit, or that the order of modules is not known;
  ///   `ShapeError` where layers do not follow each other.
  public func network(from file: SafetensorsFile) throws -> Network {
    let names = try numberedNames(file), indices = Set(names.map(\.index)).sorted()
    // For each layer of the network its index in the file; -1 without tensors.
    var architecture: [LayerDescription] = [], fileIndices: [Int] = []
    for module in try modules(at: indices, names, file) {
      switch module {
      case .stored(let index):
        architecture.append(try layer(index, names, file))
        fileIndices.append(index)
      case .activation(let function):
        architecture.append(.activation(function))
        fileIndices.append(-1)
      }
    }
    let prefix = names.first?.prefix ?? ""
    return try Network(architecture) { name, shape in
      let parts = name.split(separator: ".", maxSplits: 1)
      guard parts.count == 2, let position = Int(parts[0]) else { preconditionFailure("'\(name)' has no index") }
      return try file.matrix("\(prefix)\(fileIndices[position]).\(parts[1])", shape: shape)
    }
  }

  private enum Step {
    case stored(index: Int)
    case activation(ActivationFunction)
  }

  /// The layers in order, with the activations between them.
  private func modules(at indices: [Int], _ names: [Name], _ file: SafetensorsFile) throws -> [Step] {
    switch source {
    case .activation(let function): return try steps(at: indices, function, names, file)
    case .modules(let modules):
      if let index = modules.indices.first(where: { modules[$0].hasParameters != indices.contains($0) })
        ?? indices.first(where: { $0 >= modules.count })
      {
        let told = index < modules.count ? "'\(modules[index].rawValue)'" : "nothing"
        throw error(
          file, .file,
          "module \(index) is told to be \(told), and the state dict has \(indices.contains(index) ? "" : "no ")tensors for it",
          "name every module of the nn.Sequential in order")
      }
      return try modules.enumerated().compactMap { index, module in
        if let function = module.activation { return .activation(function) }
        guard module.hasParameters else { return nil }
        if case .linear = try layer(index, names, file), module == .batchnorm { throw mismatch(index, module, file) }
        if case .batchNorm = try layer(index, names, file), module == .linear { throw mismatch(index, module, file) }
        return .stored(index: index)
      }
    }
  }

  private func mismatch(_ index: Int, _ module: Module, _ file: SafetensorsFile) -> ModelFileError {
    error(
      file, .file, "module \(index) is told to be '\(module.rawValue)', and its tensors are those of another kind",
      "name every module of the nn.Sequential in order")
  }

  /// One activation in the gap between two linear layers; more than one gap leaves the order open.
  private func steps(
    at indices: [Int], _ function: ActivationFunction, _ names: [Name], _ file: SafetensorsFile
  ) throws -> [Step] {
    var steps: [Step] = [], gaps = 0
    for (position, index) in indices.enumerated() {
      if position > 0, index > indices[position - 1] + 1 {
        gaps += 1
        guard gaps == 1 else {
          throw error(
            file, .file,
            "modules without parameters stand in two places before module \(index), and a state dict does not tell which "
              + "is the activation", "name all modules, for example --layers linear,relu,batchnorm,dropout,linear")
        }
        steps.append(.activation(function))
      }
      if case .linear = try layer(index, names, file) { gaps = 0 }
      steps.append(.stored(index: index))
    }
    return steps
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
