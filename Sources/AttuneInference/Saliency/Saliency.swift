public import AttuneCore

/// How much each input of a row matters for the answer to it: an attribution of the predicted class's logit, or of the
/// value of a regression.
///
/// - gradient × input: `(x_j − b_j) · ∂f/∂x_j (x)`, what the answer would change by if it were linear there
/// - integrated gradients: `(x_j − b_j) · Σ_k ω_k ∂f/∂x_j (b + α_k (x − b))`, whose sum is `f(x) − f(b)` as the steps grow
/// - weight: `|x_j − b_j| · Σ_i |w_ij|` with the weights of the first layer, which looks at no other layer and at no gradient
///
/// The baseline b is a row of zeros unless one is given: the source's mean where inputs are standardized. Batch norm uses
/// its running statistics; dropout is off. The network's first layer is linear nearly always: then gradients are taken with
/// respect to what it gives out, for all rows and steps at once, and go back through its weights once, however many steps
/// there are; for a linear network nothing is differentiated. Sparse rows pay for the elements they hold only.
///
/// ## Shapes
/// - x, attributions: `[n, d]`, baseline: `[1, d]`, hidden: `[n, h]`
///
/// - Source: Simonyan, Vedaldi, Zisserman (2014), arXiv:1312.6034; Shrikumar et al. (2016), arXiv:1605.01713 (gradient ×
///   input); Sundararajan, Taly, Yan (2017), Axiomatic attribution for deep networks, arXiv:1703.01365, eq. (1).
/// - Note: Differs from captum in the trapezoid rule, whose weights there sum to 1 − 1/n.
public struct Saliency: Sendable {
  /// What is attributed.
  public enum Method: Sendable, Equatable {
    /// The gradient at the input times the input.
    case gradientTimesInput
    /// The mean gradient on the way from the baseline times the input.
    case integratedGradients(rule: IntegrationRule = .midpoint, steps: Int = 32)
    /// The size of the first layer's weights times the size of the input: never negative.
    case weight
  }

  /// What is attributed.
  public let method: Method
  /// What an input is compared with, `[1, d]`.
  public let baseline: Matrix
  private let network: Network
  private let path: Path
  /// `Σ_i |w_ij|` for each input; empty for the other methods.
  private let weightSums: [Float]

  /// How the gradient reaches the inputs.
  private enum Path {
    /// Through a first linear layer, of which `base` is the output for the baseline; `tail` is what comes after it, nil
    /// where that is nothing.
    case firstLayer(SparseInputNetwork, base: Matrix, tail: Network?)
    /// Through all layers at once.
    case allLayers
  }

  /// Attributions of a network's answers.
  ///
  /// - Parameter baseline: `[1, d]`; nil is a row of zeros.
  /// - Throws: `ShapeError` if the baseline does not fit; `NoLinearInputLayer` where `weight` finds no weights.
  public init(_ network: Network, method: Method = .gradientTimesInput, baseline: Matrix? = nil) throws {
    if case .integratedGradients(_, let steps) = method { precondition(steps > 0, "\(steps) steps") }
    let baseline = baseline ?? Matrix(rows: 1, columns: network.inputDimension)
    try network.checkInput(baseline)
    guard baseline.rows == 1 else {
      throw ShapeError(operation: "saliency", expected: "one row as baseline", found: "\(baseline.rows)")
    }
    (self.network, self.method, self.baseline) = (network, method, baseline)
    guard method != .weight else {
      let rows = try SparseInputNetwork(network).weightRows
      weightSums = rows.withElements { w in
        (0..<rows.rows).map { j in (0..<rows.columns).reduce(Float(0)) { $0 + abs(w[j * rows.columns + $1]) } }
      }
      OperationCounter.add(2 * rows.count)
      path = .allLayers
      return
    }
    weightSums = []
    path = try Self.path(of: network, baseline)
  }

  private static func path(of network: Network, _ baseline: Matrix) throws -> Path {
    let first = network.layers.firstIndex { if case .dropout = $0 { false } else { true } } ?? 0
    guard case .linear = network.layers[first] else { return .allLayers }
    let input = try SparseInputNetwork(network), base = try input.hidden(baseline)
    let rest = network.layers[(first + 1)...].filter { if case .dropout = $0 { false } else { true } }
    if rest.isEmpty { return .firstLayer(input, base: base, tail: nil) }
    // Without a linear layer there is no network to take the gradient of.
    guard rest.contains(where: { if case .linear = $0 { true } else { false } }) else { return .allLayers }
    return .firstLayer(input, base: base, tail: try Network(rest))
  }

  /// The attributions to all inputs of dense rows.
  ///
  /// - Parameter outputs: the output of each row that is explained; nil takes the largest, which is the predicted class.
  /// - Throws: `ShapeError` if the width of the rows does not fit.
  public func attributions(of x: Matrix, outputs: [Int]? = nil) throws -> Matrix {
    try network.checkInput(x)
    try check(outputs, rows: x.rows)
    let differences = x.addingRow(baseline.scaled(by: -1))
    if method == .weight {
      return differences.map(abs).multiplyingRow(Matrix(row: weightSums))
    }
    guard case .firstLayer(let input, let base, let tail) = path else {
      return differences.elementwiseProduct(try meanGradient(of: network, from: baseline, to: x, outputs))
    }
    let gradient = try hiddenGradient(try input.hidden(x), base: base, tail, outputs)
    return differences.elementwiseProduct(Matrix.product(gradient, input.weightRows, transposingRight: true))
  }

  /// The attributions to the elements of sparse rows, which are differences from the baseline; all others are zero.
  ///
  /// - Parameter outputs: as for dense rows.
  /// - Throws: `ShapeError` if the number of columns does not fit.
  public func attributions(of x: SparseRows, outputs: [Int]? = nil) throws -> SparseRows {
    guard x.columns == network.inputDimension else {
      throw ShapeError(
        operation: "network", expected: "\(network.inputDimension) input features", found: "\(x.columns) columns")
    }
    try check(outputs, rows: x.rows)
    if method == .weight {
      OperationCounter.add(2 * x.count)
      return x.withValues(x.values.indices.map { abs(x.values[$0]) * weightSums[x.column(at: $0)] })
    }
    guard case .firstLayer(let input, let base, let tail) = path else {
      return x.withValues(of: try attributions(of: x.dense(addingTo: baseline), outputs: outputs))
    }
    let gradient = try hiddenGradient(try input.hidden(x, base: base), base: base, tail, outputs)
    let products = try input.gradients(at: x, along: gradient)
    OperationCounter.add(products.count)
    return x.withValues(zip(x.values, products).map { $0 * $1 })
  }

  private func check(_ outputs: [Int]?, rows: Int) throws {
    guard let outputs, outputs.count != rows else { return }
    throw ShapeError(operation: "saliency", expected: "an output for each of \(rows) rows", found: "\(outputs.count)")
  }

  /// The gradient of the explained outputs with respect to what the first layer gives out, `[n, h]`.
  private func hiddenGradient(_ hidden: Matrix, base: Matrix, _ tail: Network?, _ outputs: [Int]?) throws -> Matrix {
    guard let tail else { return Matrix.oneHot(outputs ?? hidden.rowArgmax, classes: hidden.columns) }
    return try meanGradient(of: tail, from: base, to: hidden, outputs)
  }

  private func meanGradient(of network: Network, from: Matrix, to: Matrix, _ outputs: [Int]?) throws -> Matrix {
    guard case .integratedGradients(let rule, let steps) = method else {
      return try network.outputGradient(at: to, outputs)
    }
    return try network.meanOutputGradient(from: from, to: to, nodes: rule.nodes(steps), outputs)
  }
}
