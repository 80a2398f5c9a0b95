public import AttuneCore
internal import Foundation

/// Moves the inputs of a stream back to the mean and variance that they have in the source: batch norm's idea for networks
/// without batch norm, and for linear models.
///
/// For each input `x ← μ_s + σ_s (x − μ) / σ`, where `μ = (N μ_s + n m) / (N + n)` and `σ² = (N σ_s² + n v) / (N + n)` mix the
/// source's moments, worth `prior` rows N, with mean m and variance v of n rows: those of the stream so far and the batch
/// itself, or those of the batch alone. Nothing else changes. A row with a value that is not finite is not counted; a single
/// row without a prior is left as it is, and an input that does not vary becomes the source's mean.
///
/// - Source: the mixture of Schneider et al. (2020), arXiv:2006.16971, eq. (3), for inputs in the place of activations; linear
///   correction of sensor drift in the style of Li et al. (2016), AdaBN, arXiv:1603.04779.
/// - Note: It takes every change of the moments for one of the measurement. Where what is measured changed (other houses, other
///   patients, another mix of classes), the change is what the model should see, and this hides it.
public struct Restandardization: AdaptationStrategy {
  /// Which rows of the stream the moments come from.
  public enum Statistics: String, Codable, Sendable, CaseIterable {
    /// All so far, with the batch itself.
    case running
    /// The batch alone.
    case batch
  }
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Which rows the moments come from.
    public var statistics = Statistics.running
    /// Rows that the source's moments count for, N ≥ 0.
    public var prior = 16.0
    /// Rows after which an old row counts for 1/e; nil forgets nothing. With `running` only.
    public var window: Double?

    /// All rows so far, the source worth 16.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("prior", prior, atLeast: 0)
      guard let window else { return }
      try ConfigCheck.require(window > 0 && window.isFinite, "window", "must be a finite number of rows above 0")
      try ConfigCheck.require(
        statistics == .running, "window", "must be left out beside 'statistics: batch', which remembers nothing")
    }
  }

  /// What has been seen of the stream.
  public struct State: Codable, Sendable {
    /// The network; it does not change.
    public let network: Network
    let mean: [Double]
    let scale: [Double]
    var moments: DecayingMoments
  }

  /// `restandardize` in config files.
  public static let name = "restandardize"
  /// What tables and help say.
  public static let summary =
    "inputs moved back to the source's mean and variance, by those of the stream so far; for any network, without batch norm "
    + "too; no weight changes"
  /// Where its parts come from.
  public static let paper: String? =
    "inputs in the place of activations in Schneider et al. (2020), arXiv:2006.16971, eq. (3)"
  /// It needs statistics of the training inputs.
  public static let sourceAccess = SourceAccess.statistics
  /// The settings.
  public let configuration: Configuration

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// The state before the first batch.
  public func start(_ network: Network, in context: AdaptationContext) throws -> State {
    guard let source = context.source else { throw MissingSourceStatistics(strategy: Self.name) }
    guard source.mean.count == network.inputDimension else {
      throw ShapeError(
        operation: "source statistics", expected: "\(network.inputDimension) features", found: "\(source.mean.count)")
    }
    return State(
      network: network, mean: source.mean, scale: source.deviations,
      moments: DecayingMoments(columns: source.mean.count, classes: 0))
  }

  /// Answers a batch with the moments that it belongs to.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix {
    try state.network.checkInput(batch)
    if configuration.statistics == .running { add(batch, to: &state) }
    return try answer(batch, state)
  }

  /// Answers with the moments so far; by the batch alone where they are its own.
  public func answer(_ batch: Matrix, _ state: State) throws -> Matrix {
    try state.network.checkInput(batch)
    guard batch.rows > 0 else { return try state.network.predict(batch) }
    var state = state
    if configuration.statistics == .batch { add(batch, to: &state) }
    return try state.network.predict(mapped(batch, state))
  }

  private func add(_ batch: Matrix, to state: inout State) {
    let rows =
      batch.isFinite ? batch : batch.rows(at: (0..<batch.rows).filter { batch.row($0).allSatisfy(\.isFinite) })
    guard rows.rows > 0 else { return }
    if configuration.statistics == .batch { state.moments = DecayingMoments(columns: state.mean.count, classes: 0) }
    state.moments.add(
      Self.moments(of: rows, center: state.mean, scale: state.scale),
      window: configuration.window ?? .greatestFiniteMagnitude)
  }

  /// Moments of the deviations from the source's means, in source deviations.
  private static func moments(of rows: Matrix, center: [Double], scale: [Double]) -> BatchMoments {
    let count = Double(rows.rows), d = rows.columns
    var mean = [Double](repeating: 0, count: d), variance = mean
    rows.withElements { x in
      // Squares of larger deviations would overflow.
      func deviation(_ row: Int, _ j: Int) -> Double {
        min(max((Double(x[row * d + j]) - center[j]) / scale[j], -1e150), 1e150)
      }
      for row in 0..<rows.rows {
        for j in 0..<d { mean[j] += deviation(row, j) / count }
      }
      for row in 0..<rows.rows {
        for j in 0..<d {
          let difference = deviation(row, j) - mean[j]
          variance[j] += difference * difference / count
        }
      }
    }
    OperationCounter.add(8 * rows.count)
    return BatchMoments(rows: count, mean: mean, variance: variance)
  }

  private func mapped(_ batch: Matrix, _ state: State) -> Matrix {
    let seen = state.moments.rows, total = seen + configuration.prior
    guard seen > 0, total >= 2 else { return batch }
    var factors: [Float] = [], offsets: [Float] = []
    for j in state.mean.indices {
      // In source deviations from the source's mean.
      let mean = seen * state.moments.mean[j] / total
      let variance = (configuration.prior + seen * state.moments.variance[j]) / total
      let factor = variance > 1e-8 ? 1 / variance.squareRoot() : 0
      factors.append(Float(factor))
      offsets.append(Float(state.mean[j] - factor * (state.mean[j] + state.scale[j] * mean)))
    }
    return batch.multiplyingRow(Matrix(row: factors)).addingRow(Matrix(row: offsets))
  }
}
