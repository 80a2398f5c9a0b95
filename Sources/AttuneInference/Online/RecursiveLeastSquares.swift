public import AttuneCore

/// Recursive least squares with forgetting on the output layer, learning from labels that come late.
///
/// For each labeled row with features φ (the input of the output layer, and 1 for the bias), target y and forgetting
/// factor f: `k = P·φ / (f + φᵀ·P·φ)`, `w ← w + k·(y − wᵀ·φ)`, `P ← (P − k·φᵀ·P) / f`. The weights start at the trained
/// ones and `P` at `initialCovariance · I`: a small value trusts the training, a large one the stream. A row with a value
/// that is not finite teaches nothing. Regression only.
///
/// - Source: Haykin (2002), Adaptive filter theory, 4th edition, section 9.3 (exponentially weighted RLS). Equals weighted
///   ridge regression towards the trained weights. Computed as `LeastSquaresRecursion` says.
/// - Note: Differs from the source where forgetting meets features that stand still: `P` would grow by `1 / f` a row
///   without end. Its diagonal is bounded by 100 times the start; `LeastSquaresRecursion` says how.
public struct RecursiveLeastSquares: AdaptationStrategy {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Weight of the past per labeled row, above 0 and at most 1; 1 forgets nothing, 0.99 remembers about 100 rows.
    public var forgetting = 0.99
    /// Diagonal of `P` at the start, above 0: one over the number of rows that the trained weights count for.
    public var initialCovariance = 0.1

    /// Forgetting 0.99, initial covariance 0.1.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(forgetting > 0 && forgetting <= 1, "forgetting", "must be a number above 0 and at most 1")
      try ConfigCheck.require(
        initialCovariance > 0 && initialCovariance.isFinite, "initialCovariance", "must be a finite number above 0")
    }
  }

  /// The network, and the output layer in double precision.
  public struct State: Codable, Sendable {
    /// The trained network, whose output layer is replaced by the weights of the recursion.
    public let network: Network
    var recursion: LeastSquaresRecursion

    /// One row per output, the bias last: `[k, h + 1]`.
    public var weights: DoubleMatrix { recursion.weights }
    /// The inverse of the weighted second moments of the features, `[h + 1, h + 1]`.
    public var covariance: DoubleMatrix { recursion.covariance }
    /// How often the covariance reached its bound.
    public var windUps: Int { recursion.windUps }
  }

  /// `recursive-least-squares` in config files.
  public static let name = "recursive-least-squares"
  /// What tables and help say.
  public static let summary = "recursive least squares with forgetting on the output layer, from late labels"
  /// Where it comes from.
  public static let paper: String? = "Haykin (2002), Adaptive filter theory, 4th edition, section 9.3"
  /// It learns from late labels.
  public static let usesLabels = true
  /// The settings.
  public let configuration: Configuration

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) throws -> State {
    guard context.task == .regression else { throw RegressionOnly(strategy: Self.name) }
    guard case .linear(let output) = network.layers[network.outputLayerIndex],
      network.outputLayerIndex == network.layers.count - 1
    else {
      throw ShapeError(operation: Self.name, expected: "a network that ends in a linear layer", found: "another layer")
    }
    let h = output.inputDimension
    var weights = DoubleMatrix(rows: output.outputDimension, columns: h + 1)
    for i in 0..<output.outputDimension {
      for j in 0..<h { weights[i, j] = Double(output.weight[i, j]) }
      weights[i, h] = output.bias.map { Double($0[0, i]) } ?? 0
    }
    let recursion = LeastSquaresRecursion(
      weights: weights, covariance: configuration.initialCovariance, noise: configuration.forgetting,
      decay: configuration.forgetting, limit: 100 * configuration.initialCovariance)
    return State(network: network, recursion: recursion)
  }

  /// Answers a batch, adapting as it goes.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    let features = try state.network.features(batch)  // [n, h]
    let h = features.columns, weights = state.weights, k = weights.rows
    OperationCounter.add(2 * batch.rows * k * (h + 1))
    return Matrix(rows: batch.rows, columns: k) { out in
      features.withElements { f in
        for i in 0..<batch.rows {
          for c in 0..<k {
            var value = weights[c, h]
            for j in 0..<h { value += weights[c, j] * Double(f[i * h + j]) }
            out[i * k + c] = Float(value)
          }
        }
      }
    }
  }

  /// Learns from rows whose labels have arrived.
  public func learn(from feedback: Feedback, _ state: inout State) throws {
    let features = try state.network.features(feedback.inputs)
    guard feedback.targets.shape == Shape(rows: features.rows, columns: state.recursion.outputs) else {
      throw ShapeError(
        operation: Self.name, expected: "targets [\(features.rows), \(state.recursion.outputs)]",
        found: "\(feedback.targets.shape)")
    }
    for row in 0..<features.rows {
      let inputs = features.row(row).map(Double.init), targets = feedback.targets.row(row).map(Double.init)
      guard inputs.allSatisfy(\.isFinite), targets.allSatisfy(\.isFinite) else { continue }
      // False where finite floats give products that are not: it taught nothing then.
      _ = inputs.withUnsafeBufferPointer { row in
        targets.withUnsafeBufferPointer { state.recursion.learn(row, targets: $0) }
      }
    }
  }
}

/// A strategy for regression met a classifier.
public struct RegressionOnly: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` cannot serve a classifier.
  public init(strategy: String) {
    self.strategy = strategy
  }

  /// What does not fit.
  public var description: String {
    "strategy '\(strategy)' is for regression, and the model classifies; choose another strategy"
  }
}
