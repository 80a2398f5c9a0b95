public import AttuneCore
internal import Foundation

/// Alarms when the rows of a window are not distributed as the source's: when the means of the source model's batch-norm
/// layers are away from its running means by more standard errors than a window of the source's rows would be.
///
/// Of each unit `z = √n (mean − running mean) / running deviation` over the n rows of the window; the figure is the root of
/// the mean of z² over the units of all layers, which is 1 for rows of the source if its means are known exactly. They are
/// not: running statistics are those of some hundred rows, and the limit leaves room for that. A network without batch norm
/// is watched by its inputs and the model's source statistics.
///
/// - Note: It tells that the stream has changed, whether an adaptation copes with that or not. A class-correlated stream is
///   away from the source too.
public struct SourceDistanceMonitor: StreamMonitor {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Rows that are looked at together; whole batches, so there may be more.
    public var window = 256
    /// Standard errors from which on it is an alarm.
    public var errors = 5.0

    /// 256 rows, 5 standard errors.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("window", window, atLeast: 2)
      try ConfigCheck.range("errors", errors, above: 0)
    }
  }
  /// Sums of the standardized units over the batches in the window.
  public struct State: Codable, Sendable, Equatable {
    var rows: [Int] = []
    var sums: [[Float]] = []
  }
  /// `source-distance` in config files.
  public static let kind = "source-distance"
  /// What help says.
  public static let summary = "batch norm's means away from the source's, in standard errors"
  /// Statistics of the inputs, which networks without batch norm are watched by.
  public static func sourceAccess(_ configuration: Configuration) -> SourceAccess { .statistics }
  /// The sums over the window.
  public var state = State()
  private let configuration: Configuration
  private let network: Network
  /// Mean and inverse deviation of the inputs; nil where there are batch-norm layers.
  private let inputs: (mean: Matrix, inverse: Matrix)?

  /// The monitor.
  ///
  /// - Throws: `MissingNormalization` for a network without batch norm whose source statistics are not known.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
    network = setup.network
    guard network.normalizationLayers.isEmpty else {
      inputs = nil
      return
    }
    guard let source = setup.context.source else { throw MissingNormalization(strategy: setup.strategy) }
    inputs = (
      Matrix(row: source.mean.map(Float.init)), Matrix(row: source.variance.map { Float(1 / ($0 + 1e-5).squareRoot()) })
    )
  }

  /// Measures the distance of the window's means.
  public mutating func observe(_ observation: StreamObservation) -> StreamAlarm? {
    let standardized = standardized(observation)
    guard observation.rows.rows > 0, standardized.allSatisfy(\.isFinite) else { return nil }
    state.rows.append(observation.rows.rows)
    state.sums.append(standardized)
    var rows = state.rows.reduce(0, +)
    while let first = state.rows.first, rows - first >= configuration.window {
      rows -= first
      state.rows.removeFirst()
      state.sums.removeFirst()
    }
    guard rows >= configuration.window, !standardized.isEmpty else { return nil }
    var squares = 0.0
    for unit in standardized.indices {
      let z = state.sums.reduce(0.0) { $0 + Double($1[unit]) } / Double(rows).squareRoot()
      squares += z * z
    }
    let distance = (squares / Double(standardized.count)).squareRoot()
    guard distance > configuration.errors else { return nil }
    return StreamAlarm(
      String(
        format: "distance from the source: over %d rows means are %.1f standard errors away, more than %g", rows,
        distance,
        configuration.errors))
  }

  /// The sum over the rows of each standardized unit, those of all layers one after the other.
  private func standardized(_ observation: StreamObservation) -> [Float] {
    if let inputs {
      let n = Float(observation.rows.rows)
      let away = observation.rows.columnSums - inputs.mean.scaled(by: n)
      return away.elementwiseProduct(inputs.inverse).elements
    }
    return network.normalizationLayers.flatMap { index -> [Float] in
      guard let given = observation.source.normalized[index] else { return [] }
      let layer = network[normalization: index], sums = given.columnSums, n = Float(given.rows)
      // What the layer gives is gamma times the standardized unit, plus beta; a unit that is switched off says nothing.
      return (0..<layer.dimension).map { unit in
        let gamma = layer.gamma[0, unit]
        return gamma == 0 ? 0 : (sums[0, unit] - n * layer.beta[0, unit]) / gamma
      }
    }
  }

  /// Forgets nothing: the stream is the same, whatever became of the model.
  public mutating func restart() {}
}
