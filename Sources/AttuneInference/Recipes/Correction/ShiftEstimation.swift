public import AttuneCore
internal import Foundation

/// Estimates how much more frequent each class is than in the source from how often each is predicted, and corrects the
/// probabilities by it.
///
/// With the joint frequencies `C[i, j]` of prediction i and class j on rows of the source, and the frequencies q of the
/// predictions on the stream (a moving average, which starts at the source's): `C w = q`, in the least squares sense with a
/// ridge towards w = 1. The answer is `z + ln w`, w limited to what is possible.
///
/// - Source: Lipton, Wang, Smola (2018), Detecting and correcting for label shift with black box predictors, ICML,
///   arXiv:1802.03916; the ridge as in Azizzadenesheli et al. (2019), arXiv:1903.09734.
/// - Note: Differs from the paper in the moving average, the ridge, and in multiplying probabilities instead of training
///   anew. Training rows make a network look better than it is: held-out rows of the source give a truer C.
public struct ShiftEstimation: CorrectionPart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Weight of the past in the moving average of the predicted frequencies, from 0 to 1.
    public var decay = 0.9
    /// The ridge, as a share of the mean of the diagonal of CᵀC; above 0 it always has a solution.
    public var ridge = 0.01
    /// The smallest weight of a class.
    public var minimumWeight = 0.001
    /// The largest weight of a class.
    public var maximumWeight = 10.0

    /// Decay 0.9, weights from 0.001 to 10.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws {
      try ConfigCheck.range("decay", decay, atLeast: 0, atMost: 1)
      try ConfigCheck.require(ridge >= 0 && ridge.isFinite, "ridge", "must be a finite number of at least 0")
      try ConfigCheck.range("minimumWeight", minimumWeight, above: 0, atMost: 1)
      try ConfigCheck.require(
        maximumWeight >= 1 && maximumWeight.isFinite, "maximumWeight", "must be a finite number of at least 1")
    }
  }

  /// The frequencies of the predictions.
  public struct State: Codable, Sendable, Equatable {
    /// The moving average, one per class.
    public internal(set) var predicted: [Double]
  }

  /// `bbse` in config files.
  public static let kind = "bbse"
  /// What help says.
  public static let summary =
    "class weights from predicted frequencies and the source's confusion, probabilities times these"
  /// The frequencies of the predictions.
  public var state: State
  private let configuration: Configuration
  /// `C [k, k]`: predictions are rows, classes are columns.
  private let joint: DoubleMatrix
  private let system: Cholesky
  private let ridge: Double

  /// Training rows with their classes.
  public static func sourceAccess(_ configuration: Configuration) -> SourceAccess { .samples }

  /// The part.
  ///
  /// - Throws: `SingularConfusion` where the ridge is 0 and C has no inverse.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    self.configuration = configuration
    let samples = try setup.samples(), k = setup.classes
    guard let labels = samples.labels, labels.count == samples.inputs.rows, labels.allSatisfy({ (0..<k).contains($0) })
    else { throw MissingSourceLabels(strategy: setup.strategy) }
    var counts = [Double](repeating: 0, count: k * k)
    for range in RowBlocks.ranges(of: samples.inputs.rows) {
      let predictions = try setup.network.predict(samples.inputs.rows(range)).rowArgmax
      for (label, prediction) in zip(labels[range], predictions) { counts[prediction * k + label] += 1 }
    }
    joint = DoubleMatrix(rows: k, columns: k, counts.map { $0 / Double(samples.inputs.rows) })
    var gram = joint.gram
    ridge = configuration.ridge * (0..<k).reduce(0) { $0 + gram[$1, $1] } / Double(k)
    for i in 0..<k { gram[i, i] += ridge }
    do { system = try Cholesky(gram) } catch { throw SingularConfusion(strategy: setup.strategy) }
    state = State(predicted: Self.predictedFrequencies(joint))
  }

  /// Counts the batch's predictions, and corrects by the weights that explain the frequencies.
  public mutating func correct(_ answer: inout Answer, using generator: inout Philox) throws {
    let rows = answer.finiteRows
    if !rows.isEmpty {
      var frequencies = state.predicted.map { _ in 0.0 }
      for label in answer.logits.rows(at: rows).rowArgmax { frequencies[label] += 1 / Double(rows.count) }
      state.predicted = zip(state.predicted, frequencies).map {
        configuration.decay * $0 + (1 - configuration.decay) * $1
      }
    }
    answer.multiplyClasses(by: try weights())
  }

  /// The solution of `(CᵀC + ρ) w = Cᵀq + ρ`, within its limits.
  private func weights() throws -> [Double] {
    let q = DoubleMatrix(rows: state.predicted.count, columns: 1, state.predicted)
    let right = joint.transposedProduct(with: q).elements.map { $0 + ridge }
    let solution = try system.solve(DoubleMatrix(rows: right.count, columns: 1, right)).elements
    return solution.map { max(configuration.minimumWeight, min(configuration.maximumWeight, $0)) }
  }

  private static func predictedFrequencies(_ joint: DoubleMatrix) -> [Double] {
    (0..<joint.rows).map { i in (0..<joint.columns).reduce(0) { $0 + joint[i, $1] } }
  }
}

/// The confusion of a model on rows of the source has no inverse, and there is no ridge to make up for it.
public struct SingularConfusion: Error, Equatable, CustomStringConvertible {
  /// Name of the strategy.
  public let strategy: String

  /// The strategy `strategy` cannot run.
  public init(strategy: String) {
    self.strategy = strategy
  }

  /// What is wrong and what to do.
  public var description: String {
    "strategy '\(strategy)' cannot tell the classes apart by their predictions: the confusion matrix on the rows of the "
      + "training data has no inverse, as where a class has no rows or is never predicted; set 'ridge' above 0, or give "
      + "more rows"
  }
}
