public import AttuneCore
public import AttuneTraining
internal import Foundation

/// Three copies of the network that adapt at different rates, weighted by how sure they are, with the class shares
/// tracked. For two classes.
///
/// Per batch, with `P` the probabilities of a copy, H the entropy and `d = |P₁ − P₀|`:
/// ```
/// C = Σ copies w P,  w ∝ 1 − mean(H d)
/// kept: rows whose neighbors (inputs within the mean distance) agree with the row's own label, but for a share
/// each copy: one step along the gradient of the mean of H d over the kept rows
/// the prior follows the shares that explain the confident rows;  answer: normalize(C · prior / source shares)
/// ```
///
/// - Source: Zhou et al. (2025), Fully test-time adaptation for tabular data, AAAI, arXiv:2412.10871, and its code.
/// - Note: Differs from the code in three places, unless `asPublished`. H is the entropy of P; there the softmax is taken
///   of the probabilities once more. The confident rows' mean B is explained by `Aᵀ π = B`, with the mean probabilities of
///   the rows of each predicted class as rows of A; there by `A π = B`. The prior moves towards π by the share `smoothing`;
///   there it becomes `softmax(prior − smoothing · π)`, which pulls towards equal shares and away from π.
/// - Complexity: three passes forward and back, and O(n²·d) for the distances of n rows.
public struct FTAT: AdaptationStrategy {
  /// Which statistics batch norm uses.
  public enum Statistics: String, Codable, Sendable, CaseIterable {
    /// Those of the batch (running ones for a batch of one row).
    case batch
    /// The running ones of the source.
    case source
  }

  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The learning rate of each copy.
    public var learningRates = [1e-4, 5e-4, 1e-5]
    /// The rule of the steps; its own learning rate is not used.
    public var optimizer = OptimizerConfiguration.adam(Adam.Configuration())
    /// The share by which the prior moves with each batch.
    public var smoothing = 0.1
    /// The largest share of neighbors of the other label with which a row is learned from.
    public var disagreement = 0.3
    /// The probability above which a row is confident, for the prior.
    public var confidence = 0.7
    /// Which statistics batch norm uses.
    public var statistics = Statistics.batch
    /// Whether entropy and prior are computed as in the published code.
    public var asPublished = false

    /// Rates 1e-4, 5e-4 and 1e-5 with Adam.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.require(!learningRates.isEmpty, "learningRates", "must name at least one rate")
      try ConfigCheck.require(
        learningRates.allSatisfy { $0 >= 0 && $0.isFinite }, "learningRates", "must be finite numbers of at least 0")
      try ConfigCheck.range("smoothing", smoothing, atLeast: 0, atMost: 1)
      try ConfigCheck.range("disagreement", disagreement, atLeast: 0, atMost: 1)
      try ConfigCheck.range("confidence", confidence, atLeast: 0.5, atMost: 1)
      try optimizer.validate()
    }
  }

  /// The copies and the prior.
  public struct State: Sendable {
    /// The copies, in the order of their learning rates.
    public internal(set) var networks: [Network]
    /// The tracked shares of the two classes.
    public internal(set) var prior: [Double]
    var optimizers: [any SteppingOptimizer]
    let sourceShares: [Double]
  }

  /// `ftat` in config files.
  public static let name = "ftat"
  /// What tables and help say.
  public static let summary =
    "three copies at three learning rates, weighted by how sure they are, steps on rows that agree with their neighbors, "
    + "class shares tracked; two classes, predicts before its update"
  /// Where it comes from.
  public static let paper: String? =
    "Zhou et al. (2025), Fully test-time adaptation for tabular data, AAAI, arXiv:2412.10871"
  /// The shares of the classes.
  public static let sourceAccess = SourceAccess.statistics
  /// The settings.
  public let configuration: Configuration
  private let rule: any Optimizer

  /// Batch statistics, all parameters, answers before the update.
  public var conventions: StrategyConventions? {
    StrategyConventions(
      statistics: configuration.statistics.rawValue, variance: .biased, scope: ParameterScope.Kind.all.rawValue,
      prediction: AdaptationTiming.Prediction.before.rawValue, steps: 1, dropout: false)
  }

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
    rule = try configuration.optimizer.make()
  }

  /// The state before the first batch.
  ///
  /// - Throws: `BinaryOnly` for a model of another number of classes than two.
  public func start(_ network: Network, in context: AdaptationContext) throws -> State {
    guard context.task == .classification else { throw ClassificationOnly(strategy: Self.name) }
    guard network.outputDimension == 2 else {
      throw BinaryOnly(strategy: Self.name, classes: network.outputDimension)
    }
    let shares = try RecipeSetup(strategy: Self.name, network: network, context: context).classShares()
    let optimizers = configuration.learningRates.map { rate in
      var states = rule.states(for: network.parameterIDs, of: network)
      states.learningRate = rate
      return states
    }
    return State(
      networks: configuration.learningRates.map { _ in network }, prior: shares, optimizers: optimizers,
      sourceShares: shares)
  }

  /// Answers a batch, then steps.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    try respond(to: batch, &state, learning: true)
  }

  /// Answers a batch as `predict` does.
  public func answer(_ batch: Matrix, _ state: State) throws -> Matrix {
    var copy = state
    return try respond(to: batch, &copy, learning: false)
  }

  private func respond(to batch: Matrix, _ state: inout State, learning: Bool) throws -> Matrix {
    try state.networks[0].checkInput(batch)
    guard batch.rows > 0 else { return try state.networks[0].predict(batch) }
    let tapes = state.networks.map { _ in Tape() }
    let copies = try zip(state.networks, tapes).map { try Copy($0, batch, on: $1, configuration) }
    guard copies.allSatisfy(\.isFinite) else {
      if batch.isFinite { throw DivergedAdaptation(strategy: Self.name) }
      return copies[0].logits
    }
    let combined = combination(of: copies)
    let before = combined.reweighted(by: ratios(state))
    if learning {
      let kept = consistentRows(batch, labels: combined.labels)
      for index in state.networks.indices where !kept.isEmpty {
        let gradients = copies[index].gradients(of: kept, on: tapes[index])
        guard gradients.allSatisfy(\.isFinite) else { continue }
        state.optimizers[index].step(&state.networks[index], along: gradients)
      }
    }
    state.prior = movedPrior(state.prior, before)
    return combined.reweighted(by: ratios(state)).logits
  }

  private func ratios(_ state: State) -> [Double] { zip(state.prior, state.sourceShares).map { $0 / $1 } }

  /// The probabilities of the copies with weights `1 − mean(H d)`.
  private func combination(of copies: [Copy]) -> DoubleMatrix {
    let weights = copies.map { 1 - $0.meanUncertainty }, sum = max(weights.reduce(0) { $0 + abs($1) }, 1e-12)
    var elements = [Double](repeating: 0, count: copies[0].probabilities.elements.count)
    for (copy, weight) in zip(copies, weights) {
      for (i, p) in copy.probabilities.elements.enumerated() { elements[i] += weight / sum * p }
    }
    return DoubleMatrix(rows: copies[0].probabilities.rows, columns: 2, elements)
  }

  /// The rows with whose labels their neighbors agree: those within the mean distance of all pairs, the row among them.
  private func consistentRows(_ batch: Matrix, labels: [Int]) -> [Int] {
    let products = DoubleMatrix(batch).transposed.gram, n = batch.rows
    OperationCounter.add(5 * n * n)
    var distances = [Double](repeating: 0, count: n * n), sum = 0.0
    for i in 0..<n {
      for j in 0..<n where j != i {
        distances[i * n + j] = max(0, products[i, i] + products[j, j] - 2 * products[i, j]).squareRoot()
        sum += distances[i * n + j]
      }
    }
    let mean = sum / Double(n * n)
    return (0..<n).filter { i in
      var near = 0, ones = 0
      for j in 0..<n where distances[i * n + j] <= mean {
        near += 1
        ones += labels[j]
      }
      return abs(Double(ones) / Double(max(1, near)) - Double(labels[i])) <= configuration.disagreement
    }
  }
}

extension FTAT.State: Encodable {
  enum CodingKeys: String, CodingKey { case networks, optimizers, prior }

  /// Encodes everything that has changed since the start.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(networks, forKey: .networks)
    try keys.encode(optimizers.map(\.stored), forKey: .optimizers)
    try keys.encode(prior, forKey: .prior)
  }
}

extension FTAT {
  /// The state that was encoded.
  public func restore(from decoder: any Decoder, _ network: Network, in context: AdaptationContext) throws -> State {
    var state = try start(network, in: context)
    let keys = try decoder.container(keyedBy: State.CodingKeys.self)
    let networks = try keys.decode([Network].self, forKey: .networks)
    let optimizers = try keys.decode([StoredOptimizerStates].self, forKey: .optimizers)
    let prior = try keys.decode([Double].self, forKey: .prior)
    guard networks.count == state.networks.count, networks.allSatisfy({ $0.hasShape(of: network) }),
      optimizers.count == networks.count, prior.count == 2
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .networks, in: keys, debugDescription: "the copies are others than the model's")
    }
    state.networks = networks
    state.prior = prior
    for index in optimizers.indices { try state.optimizers[index].restore(optimizers[index], for: networks[index]) }
    return state
  }
}
