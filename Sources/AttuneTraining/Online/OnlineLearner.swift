/// A model that learns a stream one row at a time, in constant memory.
///
/// A prequential run is, for every row: `predict`, score the answer, `learn`. Neither call allocates on the heap for rows
/// of a usual width, and a learner keeps no row but those of a replay memory of fixed size.
///
/// ```swift
/// var learner = try configuration.make(features: 8, task: .regression, classes: 0)   // any OnlineLearner
/// var output = [Double](repeating: 0, count: learner.outputCount)
/// for (row, target) in stream {
///   row.withUnsafeBufferPointer { row in output.withUnsafeMutableBufferPointer { learner.predict(row, into: $0) } }
///   score(output, target)
///   do { try row.withUnsafeBufferPointer { try learner.learn($0, target: target) } }
///   catch is NonFiniteRow { skipped += 1 }                  // the learner is as it was
/// }
/// let file = try JSONEncoder().encode(OnlineLearnerState(learner))          // go on another day with `.learner`
/// ```
///
/// ## Shapes
/// - row: `[featureCount]`, raw features: scaling is part of the learner
/// - output: `[outputCount]`: for regression the value; for classification one score a class, which are probabilities
///   where the method has them and sum to 1. The predicted class is that of the largest score, the first of equal ones.
/// - target: the value; for classification the number of the class, from 0
///
/// A learner is a value: a copy goes its own way. `Codable` keeps all of its state, bit for bit.
public protocol OnlineLearner: Sendable, Codable {
  /// `kind` in config files.
  static var name: String { get }
  /// What tables and help say.
  static var summary: String { get }
  /// Numbers in a row.
  var featureCount: Int { get }
  /// 1 for regression, the number of classes for classification.
  var outputCount: Int { get }
  /// Rows learned so far; rows that were refused do not count.
  var rowsLearned: Int { get }
  /// How often it had to change its own state to stay sound, by reason; empty where it never had to.
  var regularizations: [OnlineRegularization] { get }

  /// Answers for one row from what was learned before it. A feature that is not finite gives outputs that are not.
  func predict(_ row: UnsafeBufferPointer<Double>, into output: UnsafeMutableBufferPointer<Double>)
  /// The variance of the target at one row, noise included; nil where the method has none.
  func variance(_ row: UnsafeBufferPointer<Double>) -> Double?
  /// Learns one row.
  ///
  /// - Throws: `NonFiniteRow` or `UnknownClass`, and the learner is as it was before the call.
  mutating func learn(_ row: UnsafeBufferPointer<Double>, target: Double) throws
  /// Predicts and then learns row after row: the same numbers as one call per row, without the price of a call for each.
  ///
  /// ## Shapes
  /// - rows: `[n, featureCount]`, targets: `[n]`, outputs: `[n, outputCount]`, written
  ///
  /// - Parameter failed: told of each row that was refused, by its place in the block, with the error; throw to stop.
  mutating func predictThenLearn(
    _ rows: UnsafeBufferPointer<Double>, targets: UnsafeBufferPointer<Double>,
    outputs: UnsafeMutableBufferPointer<Double>, failed: (_ row: Int, _ error: any Error) throws -> Void) throws
}

extension OnlineLearner {
  /// Row by row.
  public mutating func predictThenLearn(
    _ rows: UnsafeBufferPointer<Double>, targets: UnsafeBufferPointer<Double>,
    outputs: UnsafeMutableBufferPointer<Double>, failed: (_ row: Int, _ error: any Error) throws -> Void
  ) throws {
    let features = featureCount, count = outputCount
    precondition(rows.count == targets.count * features, "\(rows.count) numbers are not \(targets.count) × \(features)")
    precondition(outputs.count == targets.count * count, "\(outputs.count) outputs are not \(targets.count) × \(count)")
    for i in targets.indices {
      let row = UnsafeBufferPointer(rebasing: rows[i * features..<(i + 1) * features])
      predict(row, into: UnsafeMutableBufferPointer(rebasing: outputs[i * count..<(i + 1) * count]))
      do { try learn(row, target: targets[i]) } catch { try failed(i, error) }
    }
  }

  /// The outputs for one row.
  public func predict(_ row: [Double]) -> [Double] {
    [Double](unsafeUninitializedCapacity: outputCount) { output, count in
      output.initialize(repeating: 0)
      count = outputCount
      row.withUnsafeBufferPointer { predict($0, into: UnsafeMutableBufferPointer(rebasing: output[..<count])) }
    }
  }

  /// Learns one row.
  ///
  /// - Throws: as the protocol's method.
  public mutating func learn(_ row: [Double], target: Double) throws {
    try row.withUnsafeBufferPointer { try learn($0, target: target) }
  }
}

/// That a learner changed its own state to stay sound, and how often.
public struct OnlineRegularization: Sendable, Codable, Equatable {
  /// Why.
  public enum Reason: String, Sendable, Codable, CaseIterable {
    /// Forgetting met a direction in which the rows do not vary, and the covariance there reached its limit.
    case windUp = "wind-up"
    /// A row so long that a variance fell below what a number can hold.
    case underflow
    /// A gradient was longer than the limit on it.
    case clippedGradient = "clipped-gradient"
  }

  /// Why.
  public let reason: Reason
  /// How often, above 0.
  public let count: Int

  /// A reason that came up `count` times.
  public init(reason: Reason, count: Int) {
    (self.reason, self.count) = (reason, count)
  }
}
