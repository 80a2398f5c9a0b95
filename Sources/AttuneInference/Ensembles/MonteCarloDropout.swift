public import AttuneCore
internal import Foundation

/// Answers with the mean over several passes with dropout active: a sample of the networks that dropout training averages.
///
/// A regression model answers with the mean of the T passes. With `precision` τ the passes make a mixture of normal
/// distributions of variance 1/τ about each, whose log-likelihood and variance, `1/τ` plus the variance of the passes, say how
/// sure an answer is. A classifier answers with the logarithm of the mean of the T probabilities. Weights, batch norm's
/// statistics and what is remembered of the stream do not change. One sample is a single stochastic pass; `none` is the
/// third way to use such a network, with dropout off.
///
/// - Source: Gal, Ghahramani (2016), Dropout as a Bayesian approximation: representing model uncertainty in deep learning,
///   arXiv:1506.02142, eq. (6), (8) and the log-likelihood of section 5.2.
public struct MonteCarloDropout: AdaptationStrategy {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Passes T, at least 1.
    public var samples = 100
    /// The inverse variance τ of the target about each pass, in the inverse square of the target's unit; nil gives no
    /// distribution. Regression with one output only.
    public var precision: Double?

    /// 100 passes.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("samples", samples, atLeast: 1)
      if let precision {
        try ConfigCheck.require(precision > 0 && precision.isFinite, "precision", "must be a finite number above 0")
      }
    }
  }

  /// The network, and the random numbers to come.
  public struct State: Codable, Sendable {
    /// The network; it does not change.
    public let network: Network
    let task: PredictionTask
    var generator: Philox
    /// The distribution of the last answer; not kept in files.
    var predictive: PredictiveMixture?

    private enum CodingKeys: String, CodingKey { case network, task, generator }
  }

  /// `mc-dropout` in config files.
  public static let name = "mc-dropout"
  /// What tables and help say.
  public static let summary =
    "the mean over passes with dropout active, for a network trained with dropout; nothing is adapted"
  /// Where it comes from.
  public static let paper: String? = "Gal, Ghahramani (2016), Dropout as a Bayesian approximation, arXiv:1506.02142"
  /// The settings.
  public let configuration: Configuration
  /// Rows that go through the network at once: all passes of a small batch, which is what makes many of them cheap.
  private static let blockRows = 4096

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// The state before the first batch.
  ///
  /// - Throws: `MissingDropout` where the network drops nothing; `ConfigValueError` for a precision where there is no single
  ///   number that it could be about.
  public func start(_ network: Network, in context: AdaptationContext) throws -> State {
    guard network.hasDropout else { throw MissingDropout(strategy: Self.name) }
    if let precision = configuration.precision {
      guard context.task == .regression, network.outputDimension == 1 else {
        throw ConfigValueError(
          "is about a single number, and the model has \(network.outputDimension) outputs; leave it out",
          key: "precision", given: "\(precision)")
      }
    }
    return State(network: network, task: context.task, generator: context.generator)
  }

  /// Answers a batch with new passes.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    try state.network.checkInput(batch)
    guard batch.rows > 0 else { return try state.network.predict(batch) }
    let rows = batch.rows, outputs = state.network.outputDimension, total = configuration.samples
    var sums = [Double](repeating: 0, count: rows * outputs)
    var passes = configuration.precision == nil ? Matrix(rows: 0, columns: 0) : Matrix(rows: rows, columns: total)
    let atOnce = max(1, min(total, Self.blockRows / rows))
    let block = Matrix.concatenatingRows(Array(repeating: batch, count: atOnce))
    for first in stride(from: 0, to: total, by: atOnce) {
      let count = min(atOnce, total - first)
      let inputs = count == atOnce ? block : block.rows(0..<(count * rows))
      let found = try state.network.sample(inputs, using: &state.generator)
      let terms = state.task == .classification ? found.softmax() : found
      terms.withElements { values in
        for pass in 0..<count {
          for place in 0..<sums.count { sums[place] += Double(values[pass * sums.count + place]) }
        }
      }
      OperationCounter.add(count * sums.count)
      guard passes.count > 0 else { continue }
      for pass in 0..<count {
        for row in 0..<rows { passes[row, first + pass] = terms[pass * rows + row, 0] }
      }
    }
    state.predictive = configuration.precision.map { PredictiveMixture(means: passes, precision: $0) }
    let mean = Matrix(rows: rows, columns: outputs, sums.map { Float($0 / Double(total)) })
    // A probability that all passes round to zero still has a logarithm.
    return state.task == .classification ? mean.map { log(max($0, .leastNormalMagnitude)) } : mean
  }

  /// The distribution of the last answer.
  public func takeDetails(_ state: inout State) -> AnswerDetails {
    AnswerDetails(predictive: state.predictive.take())
  }
}

/// A strategy that draws from dropout layers met a network without any.
public struct MissingDropout: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` cannot serve the network.
  public init(strategy: String) { self.strategy = strategy }

  /// What is missing and what to do.
  public var description: String {
    "strategy '\(strategy)' draws from the network's dropout layers, and the network has none; train one with "
      + "network.dropout or network.inputDropout above 0, or choose another strategy"
  }
}

extension PredictiveMixture {
  /// The variance of each row's distribution in the target's unit, `1/τ + unit² · variance of the means` (divided by T).
  ///
  /// - Parameter unit: what 1 on the network's scale is in the target's unit: the deviation that the targets were divided
  ///   by, or 1.
  public func variances(unit: Double = 1) -> [Double] {
    let count = Double(max(1, means.columns))
    return (0..<means.rows).map { row in
      let values = (0..<means.columns).map { Double(means[row, $0]) }, mean = values.reduce(0, +) / count
      return 1 / precision + unit * unit * values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    }
  }
}
