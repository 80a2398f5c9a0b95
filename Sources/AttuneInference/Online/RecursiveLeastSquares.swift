public import AttuneCore

/// Recursive least squares with forgetting on the output layer, learning from labels that come late.
///
/// For each labeled row with features φ (the input of the output layer, and 1 for the bias), target y and forgetting
/// factor f: `k = P·φ / (f + φᵀ·P·φ)`, `w ← w + k·(y − wᵀ·φ)`, `P ← (P − k·φᵀ·P) / f`. The weights start at the trained
/// ones and `P` at `initialCovariance · I`: a small value trusts the training, a large one the stream. A row with a value
/// that is not finite teaches nothing. Regression only.
///
/// - Source: Haykin (2002), Adaptive filter theory, 4th edition, section 9.3 (exponentially weighted RLS). Equals weighted
///   ridge regression towards the trained weights.
/// - Note: Differs from the source where forgetting meets features that stand still: `P` would grow by `1 / f` a row
///   without end. Once an element of its diagonal exceeds 100 times the start, `P ← (P⁻¹ + I / c)⁻¹` with c ten times the
///   start, which counts the present weights as one more observation of weight `1 / c`; see `boundCovariance`.
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
    /// The trained network, whose output layer is replaced by `weights`.
    public let network: Network
    /// One row per output, the bias last: `[k, h + 1]`.
    public internal(set) var weights: DoubleMatrix
    /// The inverse of the weighted second moments of the features, `[h + 1, h + 1]`.
    public internal(set) var covariance: DoubleMatrix
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
    var covariance = DoubleMatrix(rows: h + 1, columns: h + 1)
    for j in 0...h { covariance[j, j] = configuration.initialCovariance }
    return State(network: network, weights: weights, covariance: covariance)
  }

  /// Answers a batch, adapting as it goes.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    let features = try state.network.features(batch)  // [n, h]
    let h = features.columns, k = state.weights.rows
    OperationCounter.add(2 * batch.rows * k * (h + 1))
    return Matrix(rows: batch.rows, columns: k) { out in
      features.withElements { f in
        for i in 0..<batch.rows {
          for c in 0..<k {
            var value = state.weights[c, h]
            for j in 0..<h { value += state.weights[c, j] * Double(f[i * h + j]) }
            out[i * k + c] = Float(value)
          }
        }
      }
    }
  }

  /// Learns from rows whose labels have arrived.
  public func learn(from feedback: Feedback, _ state: inout State) throws {
    let features = try state.network.features(feedback.inputs)
    guard feedback.targets.shape == Shape(rows: features.rows, columns: state.weights.rows) else {
      throw ShapeError(
        operation: Self.name, expected: "targets [\(features.rows), \(state.weights.rows)]",
        found: "\(feedback.targets.shape)")
    }
    for row in 0..<features.rows {
      let inputs = features.row(row).map(Double.init) + [1], targets = feedback.targets.row(row).map(Double.init)
      guard inputs.allSatisfy(\.isFinite), targets.allSatisfy(\.isFinite) else { continue }
      state.update(inputs, targets: targets, forgetting: configuration.forgetting)
      try state.boundCovariance(initial: configuration.initialCovariance)
    }
  }
}

extension RecursiveLeastSquares.State {
  /// One labeled row.
  mutating func update(_ inputs: [Double], targets: [Double], forgetting: Double) {
    let d = inputs.count
    var projected = [Double](repeating: 0, count: d)  // P·φ
    for i in 0..<d {
      for j in 0..<d { projected[i] += covariance[i, j] * inputs[j] }
    }
    var denominator = forgetting
    for j in 0..<d { denominator += inputs[j] * projected[j] }
    for (output, target) in targets.enumerated() {
      var error = target
      for j in 0..<d { error -= weights[output, j] * inputs[j] }
      for j in 0..<d { weights[output, j] += projected[j] / denominator * error }
    }
    // P stays symmetric to the bit: both halves are written from one value.
    for i in 0..<d {
      for j in 0...i {
        let value = (covariance[i, j] - projected[i] * projected[j] / denominator) / forgetting
        covariance[i, j] = value
        covariance[j, i] = value
      }
    }
    OperationCounter.add(d * (2 * d + 2) + 4 * d * targets.count + 2 * d * (d + 1))
  }

  /// Keeps `P` from winding up in directions that no row excites, where forgetting alone multiplies it by `1 / f` a row:
  /// after 14,000 rows at f = 0.95 it overflows, and long before that its rounding errors swamp the other directions.
  ///
  /// `P ← (P⁻¹ + I / c)⁻¹ = c · P · (P + c·I)⁻¹` with c = 10 · initial where an element of the diagonal exceeds
  /// 100 · initial. The weights stay; `P` falls below c there and hardly changes where it is small against c, so that known
  /// directions go on forgetting.
  ///
  /// - Complexity: O(d³), at most once in `ln 11 / −ln f` rows in a direction at rest.
  /// - Source: Gunnarsson (1994), On covariance modification and regularization in recursive least squares identification,
  ///   IFAC Symposium on System Identification, Copenhagen.
  mutating func boundCovariance(initial: Double) throws(FactorizationError) {
    let d = covariance.rows, c = 10 * initial
    guard (0..<d).contains(where: { covariance[$0, $0] > 100 * initial }) else { return }
    var sum = covariance
    for j in 0..<d { sum[j, j] += c }
    let share = try Cholesky(sum).solve(covariance)  // (P + c·I)⁻¹ · P
    for i in 0..<d {
      for j in 0...i {
        let value = c * (share[i, j] + share[j, i]) / 2
        covariance[i, j] = value
        covariance[j, i] = value
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
