/// A fully connected layer, `y = x · Wᵀ + b`.
///
/// ## Shapes
/// - weight: `[outputs, inputs]`, bias: `[1, outputs]`
public struct Linear: Codable, Sendable, Equatable {
  /// The weights; row `i` belongs to output `i`.
  public var weight: Matrix
  /// The bias; nil where there is none.
  public var bias: Matrix?

  /// The number of input features.
  public var inputDimension: Int { weight.columns }
  /// The number of output features.
  public var outputDimension: Int { weight.rows }

  /// A layer from its parameters.
  public init(weight: Matrix, bias: Matrix?) {
    precondition(bias.map { $0.rows == 1 && $0.columns == weight.rows } ?? true, "bias and weight do not fit")
    self.weight = weight
    self.bias = bias
  }

  /// A layer with weights and bias uniform in `±1/√inputs`, as PyTorch's `nn.Linear` starts.
  public init(inputDimension: Int, outputDimension: Int, hasBias: Bool = true, using generator: inout Philox) {
    let bound = 1 / Float(max(1, inputDimension)).squareRoot()
    weight = generator.uniform(rows: outputDimension, columns: inputDimension, in: -bound..<bound)
    bias = hasBias ? generator.uniform(rows: 1, columns: outputDimension, in: -bound..<bound) : nil
  }
}
