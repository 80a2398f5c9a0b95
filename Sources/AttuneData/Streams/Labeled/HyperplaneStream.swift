public import AttuneCore

/// A generated stream whose relation between inputs and label changes abruptly: for runs of any length, and to see what a
/// drift detector is worth.
///
/// Inputs x are standard normal; weights w are standard normal and drawn anew at the start of each concept. For regression
/// `y = w·x + noise · N`; for classification the class is 1 where `w·x > 0`, and the other one with probability `noise`.
///
/// - Source: in the manner of the rotating hyperplane of Hulten, Spencer, Domingos (2001), Mining time-changing data
///   streams, doi:10.1145/502512.502529, section 4.1, which moves its weights slowly.
public struct Hyperplane: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
  /// Number of rows.
  public var rows = 10_000
  /// Number of inputs.
  public var features = 10
  /// Rows of a concept; 0 has one concept only.
  public var driftEvery = 0
  /// Deviation of what the equation does not explain, or the probability that a class is flipped.
  public var noise = 0.05

  /// 10,000 rows of 10 inputs and one concept.
  public init() {}

  /// Throws a `ConfigValueError` for the first setting out of its range.
  public func validate() throws {
    try ConfigCheck.range("rows", rows, atLeast: 1)
    try ConfigCheck.range("features", features, atLeast: 1, atMost: 100_000)
    try ConfigCheck.range("driftEvery", driftEvery, atLeast: 0)
    try ConfigCheck.range("noise", noise, atLeast: 0, atMost: 1e6)
  }
}

/// The rows of a `Hyperplane`; the same generator gives the same rows.
public final class HyperplaneStream: LabeledStream {
  /// `x1`, `x2`, ….
  public let inputNames: [String]
  /// `0` and `1`; empty for regression.
  public let classNames: [String]
  /// The number of rows.
  public var count: Int? { plane.rows }

  private let plane: Hyperplane
  private let concepts: Philox
  private var inputs: Philox
  private var noise: Philox
  private var weights: [Double] = []
  private var position = 0

  /// A stream from its first row.
  public init(_ plane: Hyperplane, task: PredictionTask, using generator: Philox) {
    self.plane = plane
    inputNames = (1...max(1, plane.features)).map { "x\($0)" }
    classNames = task == .classification ? ["0", "1"] : []
    (concepts, inputs, noise) = (generator.fork("concepts"), generator.fork("inputs"), generator.fork("noise"))
  }

  /// Writes the inputs of the next row and returns its label; nil after the last row.
  public func next(into row: inout [Double]) throws -> StreamLabel? {
    guard position < plane.rows else { return nil }
    if position == 0 || (plane.driftEvery > 0 && position % plane.driftEvery == 0) {
      var generator = concepts.fork(plane.driftEvery > 0 ? position / plane.driftEvery : 0)
      weights = (0..<plane.features).map { _ in generator.nextNormal() }
    }
    position += 1
    var value = 0.0
    for j in 0..<plane.features {
      row[j] = inputs.nextNormal()
      value += weights[j] * row[j]
    }
    guard !classNames.isEmpty else { return .known(value + plane.noise * noise.nextNormal()) }
    let isFlipped = noise.nextUniformDouble() < plane.noise
    return .known((value > 0) != isFlipped ? 1 : 0)
  }
}
