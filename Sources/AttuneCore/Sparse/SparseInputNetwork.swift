internal import CKernels

/// A network whose first layer reads sparse rows: each element adds one row of transposed weights, and what is zero costs
/// nothing.
///
/// `h = base + Σ_j x_j·w_j`, then the other layers as ever. `base` is the bias, or what the first layer makes of a
/// reference row of which the sparse rows are differences: then columns that are left out count as the reference's, and
/// the answer costs as many operations as are kept.
///
/// ## Shapes
/// - rows: `[n, d]`, hidden: `[n, h]`, base: `[1, h]`
public struct SparseInputNetwork: Sendable {
  /// The network.
  public let network: Network
  /// The index of the first linear layer; only dropout, which is off, comes before it.
  public let layer: Int
  /// Its bias, zeros where it has none, `[1, h]`.
  public let bias: Matrix
  /// Its weights, a row for each input, `[d, h]`.
  public let weightRows: Matrix

  /// A network whose first layer that is not dropout is linear.
  ///
  /// - Throws: `NoLinearInputLayer` where another layer comes first.
  /// - Complexity: O(d·h), once: the weights are transposed.
  public init(_ network: Network) throws(NoLinearInputLayer) {
    for (index, layer) in network.layers.enumerated() {
      switch layer {
      case .dropout: continue
      case .linear(let linear):
        (self.network, self.layer) = (network, index)
        bias = linear.bias ?? Matrix(rows: 1, columns: linear.outputDimension)
        weightRows = linear.weight.transposed
        return
      case .batchNorm: throw NoLinearInputLayer(found: "batch norm", index: index)
      case .activation: throw NoLinearInputLayer(found: "an activation", index: index)
      }
    }
    throw NoLinearInputLayer(found: "nothing", index: network.layers.count)
  }

  /// The number of outputs of the first layer.
  public var hiddenDimension: Int { weightRows.columns }

  /// What the first layer makes of dense rows, `[n, d]` to `[n, h]`.
  public func hidden(_ x: Matrix) throws(ShapeError) -> Matrix {
    try network.checkInput(x)
    return Matrix.product(x, weightRows).addingRow(bias)
  }

  /// What the first layer makes of sparse rows: 2·elements·h operations.
  ///
  /// - Parameter base: what it makes of the reference row; nil where the rows differ from zeros.
  /// - Throws: `ShapeError` if the number of columns does not fit.
  public func hidden(_ x: SparseRows, base: Matrix? = nil) throws(ShapeError) -> Matrix {
    try checkInput(x)
    let base = base ?? bias, width = hiddenDimension
    precondition(base.shape == bias.shape, "a base of \(base.shape) instead of \(bias.shape)")
    return Matrix(rows: x.rows, columns: width) { out in
      base.withElements { base in
        weightRows.withElements {
          attune_sparse_linear(x.rows, width, x.starts, x.places, x.values, base.base, $0.base, out.base)
        }
      }
    }
  }

  /// The outputs for sparse rows, `[n, k]`.
  ///
  /// - Parameter base: what the first layer makes of the reference row; nil where the rows differ from zeros.
  /// - Throws: `ShapeError` if the number of columns does not fit.
  public func predict(_ x: SparseRows, base: Matrix? = nil) throws(ShapeError) -> Matrix {
    network.outputs(try hidden(x, base: base), after: layer)
  }

  /// The outputs for what the first layer gave out.
  public func outputs(ofHidden hidden: Matrix) -> Matrix { network.outputs(hidden, after: layer) }

  /// The gradient with respect to each element that sparse rows hold, given the gradient with respect to what the first
  /// layer gave out, `[n, h]`: 2·elements·h operations.
  ///
  /// - Throws: `ShapeError` if the number of columns does not fit.
  public func gradients(at x: SparseRows, along hiddenGradient: Matrix) throws(ShapeError) -> [Float] {
    try checkInput(x)
    let width = hiddenDimension
    precondition(hiddenGradient.shape == Shape(rows: x.rows, columns: width), "a gradient \(hiddenGradient.shape)")
    return [Float](unsafeUninitializedCapacity: x.count) { products, count in
      count = x.count
      guard count > 0 else { return }
      weightRows.withElements { weight in
        hiddenGradient.withElements {
          attune_sparse_products(x.rows, width, x.starts, x.places, weight.base, $0.base, products.base)
        }
      }
    }
  }

  private func checkInput(_ x: SparseRows) throws(ShapeError) {
    guard x.columns != network.inputDimension else { return }
    throw ShapeError(
      operation: "network", expected: "\(network.inputDimension) input features", found: "\(x.columns) columns")
  }
}

/// A network does not begin with a linear layer, so that what it does with an input is not a row of weights.
public struct NoLinearInputLayer: Error, Equatable, CustomStringConvertible {
  /// What comes first.
  public let found: String
  /// The index of that layer.
  public let index: Int

  /// An error about what stands at layer `index`.
  public init(found: String, index: Int) { (self.found, self.index) = (found, index) }

  /// What was expected, what was found, and what to do.
  public var description: String {
    "sparse inputs need a network that begins with a linear layer, found \(found) at layer \(index); fold that layer into "
      + "the preprocessing, or give dense rows"
  }
}
