internal import AttuneCore

/// The weights of a linear network in Double: `y = W·x + b`.
struct LinearWeights: Codable, Sendable, Equatable {
  /// One row an output, `[k, d]`.
  var weights: DoubleMatrix
  /// One value an output.
  var intercepts: [Double]

  /// The weights of a network of one linear layer.
  ///
  /// - Parameter strategy: the name for the error.
  /// - Throws: `LinearOnly` for a network with hidden layers.
  init(_ network: Network, for strategy: String) throws(LinearOnly) {
    let others = network.layers.filter { if case .dropout = $0 { false } else { true } }
    guard others.count == 1, case .linear(let layer) = others[0] else {
      throw LinearOnly(strategy: strategy, layers: others.count)
    }
    weights = DoubleMatrix(layer.weight)
    intercepts =
      layer.bias.map { bias in (0..<layer.outputDimension).map { Double(bias[0, $0]) } }
      ?? Array(repeating: 0, count: layer.outputDimension)
  }

  /// The weights of an output, one an input.
  subscript(output: Int) -> [Double] {
    get { Array(weights.elements[output * weights.columns..<(output + 1) * weights.columns]) }
    set { for (input, value) in newValue.enumerated() { weights[output, input] = value } }
  }

  /// `X·Wᵀ + b`, computed in Double.
  ///
  /// ## Shapes
  /// - batch: `[n, d]`; returns: `[n, k]`
  func predict(_ batch: Matrix) -> DoubleMatrix {
    var result = DoubleMatrix(batch) * weights.transposed
    OperationCounter.add(result.rows * result.columns)
    for row in 0..<result.rows {
      for output in 0..<result.columns { result[row, output] += intercepts[output] }
    }
    return result
  }
}

extension DoubleMatrix {
  /// The same elements, rounded to single precision.
  var single: Matrix { Matrix(rows: rows, columns: columns, elements.map { Float($0) }) }

  /// The rows without NaN or infinity.
  var finiteRows: DoubleMatrix {
    guard !isFinite else { return self }
    let kept = (0..<rows).map { Array(elements[$0 * columns..<($0 + 1) * columns]) }
      .filter { $0.allSatisfy(\.isFinite) }
    return DoubleMatrix(rows: kept.count, columns: columns, kept.flatMap { $0 })
  }
}

/// A strategy for linear networks met one with hidden layers.
public struct LinearOnly: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String
  /// Layers of the network that are no dropout.
  public let layers: Int

  /// The strategy `strategy` cannot serve a network of so many layers.
  public init(strategy: String, layers: Int) { (self.strategy, self.layers) = (strategy, layers) }

  /// What does not fit.
  public var description: String {
    "strategy '\(strategy)' is for linear networks (network.kind: linear), and this one has \(layers) layers; give the "
      + "training arm a linear network, or choose another strategy"
  }
}

/// A strategy that learns from training rows met too few of them.
public struct TooFewTrainingRows: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String
  /// The rows there are.
  public let rows: Int
  /// The rows that are needed at least.
  public let needed: Int

  /// `strategy` needs more rows.
  public init(strategy: String, rows: Int, needed: Int) {
    (self.strategy, self.rows, self.needed) = (strategy, rows, needed)
  }

  /// What is missing and what to do.
  public var description: String {
    "strategy '\(strategy)' needs \(needed) training rows or more for as many inputs, and there are \(rows): fewer leave "
      + "no residual to tell the noise from; give more rows, leave out inputs, or choose another strategy"
  }
}
