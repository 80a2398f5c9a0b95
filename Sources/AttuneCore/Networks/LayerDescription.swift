/// A layer without its numbers: what a model file says of the architecture.
public enum LayerDescription: Codable, Sendable, Equatable {
  /// A fully connected layer.
  case linear(inputs: Int, outputs: Int, bias: Bool)
  /// Batch normalization.
  case batchNorm(features: Int, epsilon: Float, momentum: Float)
  /// A function of every element.
  case activation(ActivationFunction)
  /// Dropout, off at inference.
  case dropout(rate: Float)

  private enum Key: String, CodingKey { case kind, inputs, outputs, bias, features, epsilon, momentum, function, rate }
  private enum Kind: String, Codable { case linear, batchNorm, activation, dropout }

  /// Decodes from a config or model file; a value that does not fit is an error with its place.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    switch try keys.decode(Kind.self, forKey: .kind) {
    case .linear:
      self = .linear(
        inputs: try keys.decode(Int.self, forKey: .inputs), outputs: try keys.decode(Int.self, forKey: .outputs),
        bias: try keys.decode(Bool.self, forKey: .bias))
    case .batchNorm:
      self = .batchNorm(
        features: try keys.decode(Int.self, forKey: .features),
        epsilon: try Self.decode(.epsilon, from: keys, "a number above 0") { $0 > 0 },
        momentum: try Self.decode(.momentum, from: keys, "a number from 0 to 1") { (0...1).contains($0) })
    case .activation: self = .activation(try keys.decode(ActivationFunction.self, forKey: .function))
    case .dropout:
      self = .dropout(rate: try Self.decode(.rate, from: keys, "a number from 0 to 1") { (0...1).contains($0) })
    }
  }

  private static func decode(
    _ key: Key, from keys: KeyedDecodingContainer<Key>, _ wanted: String, where fits: (Float) -> Bool
  ) throws -> Float {
    let value = try keys.decode(Float.self, forKey: key)
    guard value.isFinite, fits(value) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: keys, debugDescription: "\(key.rawValue) is \(value), expected \(wanted)")
    }
    return value
  }

  /// Throws if a size is below one: nothing could be computed, and a size beside zero can be any lie.
  fileprivate func checkSizes(_ index: Int) throws(ShapeError) {
    switch self {
    case .linear(let inputs, let outputs, _):
      guard inputs < 1 || outputs < 1 else { return }
      throw ShapeError(
        operation: "layer \(index) (linear)", expected: "at least one input and one output",
        found: "\(inputs) inputs and \(outputs) outputs")
    case .batchNorm(let features, _, _):
      guard features < 1 else { return }
      throw ShapeError(
        operation: "layer \(index) (batch norm)", expected: "at least one feature", found: "\(features)")
    case .activation, .dropout: return
    }
  }

  /// Encodes so that decoding gives an equal value.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Key.self)
    switch self {
    case .linear(let inputs, let outputs, let bias):
      try keys.encode(Kind.linear, forKey: .kind)
      try keys.encode(inputs, forKey: .inputs)
      try keys.encode(outputs, forKey: .outputs)
      try keys.encode(bias, forKey: .bias)
    case .batchNorm(let features, let epsilon, let momentum):
      try keys.encode(Kind.batchNorm, forKey: .kind)
      try keys.encode(features, forKey: .features)
      try keys.encode(epsilon, forKey: .epsilon)
      try keys.encode(momentum, forKey: .momentum)
    case .activation(let function):
      try keys.encode(Kind.activation, forKey: .kind)
      try keys.encode(function, forKey: .function)
    case .dropout(let rate):
      try keys.encode(Kind.dropout, forKey: .kind)
      try keys.encode(rate, forKey: .rate)
    }
  }
}

extension Network {
  /// The layers without their numbers.
  public var architecture: [LayerDescription] {
    layers.map { layer in
      switch layer {
      case .linear(let l): .linear(inputs: l.inputDimension, outputs: l.outputDimension, bias: l.bias != nil)
      case .batchNorm(let n): .batchNorm(features: n.dimension, epsilon: n.epsilon, momentum: n.momentum)
      case .activation(let function): .activation(function)
      case .dropout(let rate): .dropout(rate: rate)
      }
    }
  }

  /// The layers in a few words: `linear 64→128, batch norm, relu, linear 128→10`.
  public var summary: String {
    architecture.map { layer in
      switch layer {
      case .linear(let inputs, let outputs, let bias): "linear \(inputs)→\(outputs)" + (bias ? "" : " without bias")
      case .batchNorm: "batch norm"
      case .activation(let function): function.rawValue
      case .dropout(let rate): "dropout \(rate)"
      }
    }.joined(separator: ", ")
  }

  /// The parameters and buffers by PyTorch's names for `nn.Sequential`, with their PyTorch shapes.
  public var stateDictionary: [String: (matrix: Matrix, shape: [Int])] {
    var state: [String: (matrix: Matrix, shape: [Int])] = [:]
    for (index, layer) in layers.enumerated() {
      switch layer {
      case .linear(let l):
        state["\(index).weight"] = (l.weight, [l.outputDimension, l.inputDimension])
        if let bias = l.bias { state["\(index).bias"] = (bias, [bias.count]) }
      case .batchNorm(let n):
        state["\(index).weight"] = (n.gamma, [n.dimension])
        state["\(index).bias"] = (n.beta, [n.dimension])
        state["\(index).running_mean"] = (n.runningMean, [n.dimension])
        state["\(index).running_var"] = (n.runningVariance, [n.dimension])
      case .activation, .dropout: break
      }
    }
    return state
  }

  /// A network from its architecture and a function that gives the numbers by PyTorch's names and the shape they must
  /// have.
  ///
  /// - Throws: `ShapeError` where a size is below one or the layers do not follow each other; what `numbers` throws.
  public init(
    _ architecture: [LayerDescription], numbers: (_ name: String, _ shape: [Int]) throws -> Matrix
  ) throws {
    let layers = try architecture.enumerated().map { index, description -> Layer in
      try description.checkSizes(index)
      switch description {
      case .linear(let inputs, let outputs, let hasBias):
        let weight = try numbers("\(index).weight", [outputs, inputs])
        return .linear(Linear(weight: weight, bias: hasBias ? try numbers("\(index).bias", [outputs]) : nil))
      case .batchNorm(let features, let epsilon, let momentum):
        // The first look-up checks the width before anything of that size is allocated.
        let gamma = try numbers("\(index).weight", [features])
        var norm = BatchNorm(dimension: features, epsilon: epsilon, momentum: momentum)
        norm.gamma = gamma
        norm.beta = try numbers("\(index).bias", [features])
        norm.runningMean = try numbers("\(index).running_mean", [features])
        norm.runningVariance = try numbers("\(index).running_var", [features])
        return .batchNorm(norm)
      case .activation(let function): return .activation(function)
      case .dropout(let rate): return .dropout(rate: rate)
      }
    }
    try self.init(layers)
  }
}
