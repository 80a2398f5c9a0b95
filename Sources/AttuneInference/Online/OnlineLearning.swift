public import AttuneCore
public import AttuneTraining
internal import Foundation

/// A learner that learns the stream row by row, from labels that come late, in the place of the trained network.
///
/// It starts from nothing, on the preprocessed inputs, so that a training arm shows in the same table what its training was
/// worth; `warmStart` lets the `mlp` go on from the trained network instead. The answers to a batch are those of one state;
/// the labels of a batch are learned in the order of its rows. A row with a value that is not finite teaches nothing.
///
/// A regression of several outputs has a learner for each. For classification the outputs are logarithms of the learner's scores, whose softmax are the scores where these are
/// probabilities.
public struct OnlineLearning: AdaptationStrategy {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// The learner.
    public var learner = OnlineLearnerConfiguration.mlp(.init())
    /// Whether the learner, which must be an `mlp`, starts from the trained network.
    public var warmStart = false

    /// A small network from nothing.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting that does not fit the others.
    public func validate() throws {
      try learner.validate()
      guard warmStart else { return }
      guard case .mlp = learner else {
        throw ConfigValueError(
          "is for the learner mlp, as '\(learner.kind)' has no network; remove it or choose mlp", key: "warmStart")
      }
    }
  }

  /// What the learner has learned.
  public struct State: Codable, Sendable {
    /// The learner; a regression of several outputs has one for each.
    public internal(set) var learners: [OnlineLearnerState]
    /// What the model predicts.
    public let task: PredictionTask
  }

  /// `online` in config files.
  public static let name = "online"
  /// What tables and help say.
  public static let summary = "a learner that learns the stream row by row from late labels, from nothing"
  /// It learns from late labels.
  public static let usesLabels = true
  /// The settings.
  public let configuration: Configuration

  /// The strategy with its settings, which are checked.
  public init(_ configuration: Configuration = Configuration()) throws {
    try configuration.validate()
    self.configuration = configuration
  }

  /// What it does with these settings.
  public var summary: String {
    "\(configuration.learner.kind) that learns the stream row by row from late labels, "
      + (configuration.warmStart ? "from the trained network" : "from nothing")
  }

  /// The state before the first batch.
  ///
  /// - Throws: `OnlineTaskMismatch` where the learner does not do the task; what `OnlineLearnerConfiguration.make` throws.
  public func start(_ network: Network, in context: AdaptationContext) throws -> State {
    var generator = context.generator.fork("online"), learner = configuration.learner
    if configuration.warmStart, case .mlp(var settings) = learner {
      // The network knows the inputs and targets on its own scale.
      (settings.scaler, settings.standardizesTargets) = (.none, false)
      learner = .mlp(settings)
    }
    let outputs = network.outputDimension, count = context.task == .regression ? outputs : 1
    if configuration.warmStart, count > 1 {
      throw ShapeError(
        operation: Self.name, expected: "a network of one output to start from", found: "\(outputs) outputs")
    }
    let learners = try (0..<count).map { _ in
      OnlineLearnerState(
        try learner.make(
          features: network.inputDimension, task: context.task, classes: outputs,
          network: configuration.warmStart ? network : nil, seed: generator.next()))
    }
    return State(learners: learners, task: context.task)
  }

  /// Answers a batch; what it learns from is labels alone.
  public func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix { try answer(batch, state) }

  /// Answers a batch with the present state.
  public func answer(_ batch: Matrix, _ state: State) throws -> Matrix {
    let learners = state.learners.map(\.learner), outputs = state.outputCount
    try Self.check(batch, state)
    var row = [Double](repeating: 0, count: batch.columns), scores = [Double](repeating: 0, count: outputs)
    return Matrix(rows: batch.rows, columns: outputs) { out in
      batch.withElements { elements in
        for i in 0..<batch.rows {
          for j in row.indices { row[j] = Double(elements[i * row.count + j]) }
          row.withUnsafeBufferPointer { row in
            scores.withUnsafeMutableBufferPointer { scores in
              for (place, learner) in learners.enumerated() {
                let own = place * learner.outputCount..<(place + 1) * learner.outputCount
                learner.predict(row, into: UnsafeMutableBufferPointer(rebasing: scores[own]))
              }
            }
          }
          for c in 0..<outputs {
            out[i * outputs + c] = Float(state.task == .regression ? scores[c] : log(max(scores[c], 1e-12)))
          }
        }
      }
      if !countsItself { OperationCounter.add(2 * row.count * outputs * batch.rows) }
    }
  }

  /// Learns from rows whose labels have come, in their order.
  public func learn(from feedback: Feedback, _ state: inout State) throws {
    let outputs = state.outputCount
    try Self.check(feedback.inputs, state)
    guard feedback.targets.shape == Shape(rows: feedback.inputs.rows, columns: outputs) else {
      throw ShapeError(
        operation: Self.name, expected: "targets [\(feedback.inputs.rows), \(outputs)]",
        found: "\(feedback.targets.shape)")
    }
    for i in 0..<feedback.inputs.rows {
      let row = feedback.inputs.row(i).map(Double.init), targets = feedback.targets.row(i)
      guard targets.allSatisfy(\.isFinite) else { continue }
      for place in state.learners.indices {
        let target = state.task == .regression ? Double(targets[place]) : Double(Self.largest(targets))
        do { try state.learners[place].learner.learn(row, target: target) } catch is NonFiniteRow {}
      }
    }
    if !countsItself { OperationCounter.add(4 * feedback.inputs.columns * outputs * feedback.inputs.rows) }
  }

  private static func largest(_ targets: [Float]) -> Int {
    targets.indices.max { targets[$0] < targets[$1] } ?? 0
  }

  /// Whether kernels count what the learner does, or there is nothing to count; of others, the products of weights and rows
  /// are counted here.
  private var countsItself: Bool {
    switch configuration.learner {
    case .mlp, .recursiveLeastSquares, .bayesianLinearRegression, .majority, .mean, .lastLabel: true
    default: false
    }
  }

  private static func check(_ batch: Matrix, _ state: State) throws(ShapeError) {
    guard let learner = state.learners.first?.learner, batch.columns != learner.featureCount else { return }
    throw ShapeError(
      operation: Self.name, expected: "\(learner.featureCount) input features", found: "\(batch.columns) columns")
  }
}

extension OnlineLearning.State {
  var outputCount: Int { learners.reduce(0) { $0 + $1.learner.outputCount } }
}
