import AttuneCore
import AttuneTraining
import Foundation
import Testing

/// What all learners have in common.
@Suite struct OnlineLearnerTests {
  /// Each kind with a task that it does.
  static let cases: [(String, PredictionTask, Int)] = OnlineLearnerConfiguration.kinds.flatMap { kind in
    [(PredictionTask.regression, 0), (.classification, 2), (.classification, 3)]
      .filter { OnlineLearnerConfiguration(kind: kind)?.supports($0.0, classes: $0.1) ?? false }
      .map { (kind, $0.0, $0.1) }
  }

  private static func learner(_ kind: String, _ task: PredictionTask, _ classes: Int) throws -> any OnlineLearner {
    try #require(OnlineLearnerConfiguration(kind: kind)).make(features: 4, task: task, classes: classes, seed: 5)
  }

  private static func stream(_ task: PredictionTask, _ classes: Int, rows: Int = 200) -> OnlineStream {
    var generator = Philox(seed: 21)
    let x = (0..<rows).map { _ in (0..<4).map { _ in generator.nextNormal() } }
    let y = x.map { row -> Double in
      let value = 2 * row[0] - row[1] + 0.5 + 0.1 * generator.nextNormal()
      guard task == .classification else { return value }
      return classes == 2 ? (value > 0.5 ? 1 : 0) : value < -0.5 ? 0 : value < 1.5 ? 1 : 2
    }
    return OnlineStream(rows: x, targets: y)
  }

  private static func stored(_ learner: any OnlineLearner) throws -> any OnlineLearner {
    try JSONDecoder().decode(OnlineLearnerState.self, from: JSONEncoder().encode(OnlineLearnerState(learner))).learner
  }

  @Test func `every kind does some task`() {
    #expect(Set(Self.cases.map(\.0)) == Set(OnlineLearnerConfiguration.kinds) && Self.cases.count == 19)
  }

  @Test(arguments: cases) func `a stored learner goes on to the bit`(kind: String, task: PredictionTask, classes: Int)
    throws
  {
    let stream = Self.stream(task, classes, rows: 60)
    var whole = try Self.learner(kind, task, classes), parts = whole
    let expected = try stream.predictions(of: &whole)
    var found: [[Double]] = []
    for range in [0..<1, 1..<23, 23..<60] {
      parts = try Self.stored(parts)
      found += try OnlineStream(rows: Array(stream.rows[range]), targets: Array(stream.targets[range]))
        .predictions(of: &parts)
    }
    #expect(found == expected)
    #expect(parts.rowsLearned == 60 && type(of: parts).name == kind && !type(of: parts).summary.isEmpty)
  }

  @Test(arguments: cases) func `a block is learned as its rows`(kind: String, task: PredictionTask, classes: Int) throws
  {
    let stream = Self.stream(task, classes, rows: 40)
    var rows = try Self.learner(kind, task, classes), block = rows
    let expected = try stream.predictions(of: &rows).flatMap { $0 }
    var found = [Double](repeating: 0, count: 40 * block.outputCount)
    try stream.rows.flatMap { $0 }.withUnsafeBufferPointer { x in
      try stream.targets.withUnsafeBufferPointer { y in
        try found.withUnsafeMutableBufferPointer {
          try block.predictThenLearn(x, targets: y, outputs: $0) { _, error in throw error }
        }
      }
    }
    #expect(found == expected)
  }

  @Test(arguments: cases) func `outputs are as many as said, and learning helps`(
    kind: String, task: PredictionTask, classes: Int
  ) throws {
    let stream = Self.stream(task, classes)
    var learner = try Self.learner(kind, task, classes)
    let found = try stream.predictions(of: &learner), late = Array(found.suffix(100))
    let targets = Array(stream.targets.suffix(100))
    #expect(found.allSatisfy { $0.count == learner.outputCount && $0.areFinite })
    #expect(learner.outputCount == (task == .regression ? 1 : classes) && learner.featureCount == 4)
    if task == .classification { #expect(found.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-6 }) }
    guard !["majority", "mean", "last-label"].contains(kind) else { return }
    if task == .regression {
      // The targets deviate by 2.2 from their mean; ten of Adam's small steps a weight lie behind the network.
      #expect(late.rootMeanSquaredError(targets) < (kind == "mlp" ? 2 : 1), "\(late.rootMeanSquaredError(targets))")
    } else {
      // Without intercepts the softmax cannot tell the class in the middle from both others.
      let least = kind == "mlp" || kind == "softmax-regression" && classes == 3 ? 0.6 : 0.8
      #expect(late.accuracy(targets) > least, "\(late.accuracy(targets))")
    }
  }

  @Test(arguments: cases) func `a row that is not finite is refused and changes nothing`(
    kind: String, task: PredictionTask, classes: Int
  ) throws {
    var learner = try Self.learner(kind, task, classes)
    let stream = Self.stream(task, classes, rows: 30)
    _ = try stream.predictions(of: &learner)
    let before = learner.predict(stream.rows[0])
    let feature = #expect(throws: NonFiniteRow.self) { try learner.learn([1, .nan, 0, 0], target: 0) }
    #expect(feature == NonFiniteRow(row: 30, place: .feature(1), value: .nan))
    #expect(
      feature?.description
        == "row 30: feature 1 is nan, expected a finite number; impute the feature or skip the row")
    let target = #expect(throws: NonFiniteRow.self) { try learner.learn([1, 0, 0, 0], target: -.infinity) }
    #expect(target?.description == "row 31: the target is -inf, expected a finite number; skip the row")
    if task == .classification {
      for wrong in [-1, 0.5, Double(classes)] {
        #expect(throws: UnknownClass.self) { try learner.learn([1, 0, 0, 0], target: wrong) }
      }
    }
    #expect(learner.predict(stream.rows[0]) == before && learner.rowsLearned == 30)
  }

  @Test(arguments: cases) func `values near the limit of numbers give an answer or a clear error`(
    kind: String, task: PredictionTask, classes: Int
  ) throws {
    var learner = try Self.learner(kind, task, classes), refused = 0
    let stream = Self.stream(task, classes, rows: 40)
    for (index, row) in stream.rows.enumerated() {
      let factor = [1, 1e30, 1e160, 1e-200][index % 4]
      do { try learner.learn(row.map { $0 * factor }, target: stream.targets[index]) } catch is NonFiniteRow {
        refused += 1
      }
    }
    #expect(learner.rowsLearned == 40 - refused)
    let output = learner.predict([0, 0, 0, 0])
    #expect(output.areFinite, "\(output)")
    let text = NonFiniteRow(row: 2, place: .result, value: .nan).description
    #expect(text.hasPrefix("row 2: learning it gives nan, because its values or the learning rate are too large"))
  }

  @Test(arguments: cases) func `constant and collinear features, and fewer rows than features, are answered`(
    kind: String, task: PredictionTask, classes: Int
  ) throws {
    var learner = try Self.learner(kind, task, classes)
    for index in 0..<3 {
      let x = Double(index)
      try learner.learn([7, x, 2 * x, 0], target: Double(index % max(2, classes)))
      #expect(learner.predict([7, x, 2 * x, 0]).areFinite)
    }
    for index in 0..<500 {
      let x = Double(index % 5)
      try learner.learn([7, x, 2 * x, 0], target: task == .regression ? 3 * x + 1 : x > 2 ? 1 : 0)
    }
    let output = learner.predict([7, 4, 8, 0])
    #expect(output.areFinite)
    if kind == "recursive-least-squares" { #expect(abs(output[0] - 13) < 0.1) }
  }

  @Test func `a rate that is too large ends in an error that says so`() throws {
    var settings = GradientLearner.Configuration()
    (settings.optimizer, settings.scaler) = (.sgd(.init(learningRate: 10)), .none)
    var learner = try OnlineLearnerConfiguration.linearRegression(settings).make(features: 1, task: .regression)
    var error: NonFiniteRow?
    for row in 0..<2000 where error == nil {
      do { try learner.learn([3 + Double(row % 2)], target: 1) } catch let refused as NonFiniteRow { error = refused }
    }
    // Clipped slopes keep the weights finite: it diverges, and says how often it clipped.
    #expect(error == nil && learner.regularizations.first?.reason == .clippedGradient)
    #expect((learner.regularizations.first?.count ?? 0) > 100 && learner.predict([3])[0].isFinite)
  }

  @Test func `wind-up of forgetting is counted`() throws {
    var settings = LeastSquaresLearner.Configuration()
    (settings.forgetting, settings.covarianceLimit) = (0.9, 10)
    var learner = try OnlineLearnerConfiguration.recursiveLeastSquares(settings).make(features: 2, task: .regression)
    for row in 0..<500 { try learner.learn([Double(row % 3), 1], target: Double(row % 3)) }
    let counts = learner.regularizations
    #expect(counts.map(\.reason) == [.windUp] && counts[0].count > 5)
    #expect(abs(learner.predict([2, 1])[0] - 2) < 0.1)
  }

  @Test func `Bayesian variance is that of the posterior`() throws {
    var settings = BayesianLearner.Configuration()
    (settings.alpha, settings.beta) = (2, 4)
    var learner = try OnlineLearnerConfiguration.bayesianLinearRegression(settings).make(features: 1, task: .regression)
    func variance(_ x: Double) -> Double? { [x].withUnsafeBufferPointer { learner.variance($0) } }
    #expect(abs((variance(3) ?? 0) - (0.25 + 9 / 2)) < 1e-12)
    for x in [1.0, -2, 0.5] { try learner.learn([x], target: 3 * x) }
    let precision = 2 + 4 * (1 + 4 + 0.25)
    #expect(abs((variance(3) ?? 0) - (0.25 + 9 / precision)) < 1e-12)
    #expect(abs(learner.predict([1])[0] - 4 * 3 * 5.25 / precision) < 1e-12)
    #expect(learner.regularizations.isEmpty)
  }

  @Test func `a network can be given`() throws {
    var generator = Philox(seed: 1)
    let network = Network.mlp(inputDimension: 4, hidden: [3], outputDimension: 1, using: &generator)
    var settings = NetworkLearner.Configuration()
    (settings.scaler, settings.standardizesTargets, settings.memory) = (.none, false, 0)
    let configuration = OnlineLearnerConfiguration.mlp(settings)
    let learner = try configuration.make(features: 4, task: .regression, network: network)
    let expected = try network.predict(Matrix([[1, 2, 3, 4]]))
    #expect(learner.predict([1, 2, 3, 4])[0] == Double(expected[0, 0]))
    let shape = #expect(throws: ShapeError.self) {
      try configuration.make(features: 5, task: .regression, network: network)
    }
    #expect(shape?.description == "mlp: expected a network from 5 features to 1 outputs, found 4 to 1")
    let normalized = Network.mlp(
      inputDimension: 4, hidden: [3], outputDimension: 1, batchNorm: true, using: &generator)
    #expect(throws: HyperparameterError.self) {
      try configuration.make(features: 4, task: .regression, network: normalized)
    }
  }

  @Test func `a task that a learner does not do is said`() throws {
    let error = #expect(throws: OnlineTaskMismatch.self) {
      try OnlineLearnerConfiguration.perceptron(.init()).make(features: 2, task: .classification, classes: 3)
    }
    #expect(
      error?.description
        == "learner 'perceptron' does not do classification of 3 classes; choose one of softmax-regression, mlp, "
        + "majority, last-label")
    let one = #expect(throws: OnlineTaskMismatch.self) {
      try OnlineLearnerConfiguration.majority.make(features: 2, task: .classification, classes: 1)
    }
    #expect(one?.description == "learner 'majority' does not do classification of 1 classes; there must be 2 or more")
    #expect(
      UnknownClass(row: 4, target: 2.5, classes: 3).description
        == "row 4: class 2.5 is not a whole number from 0 to 2; number the classes from 0 and give the learner as many as "
        + "there are")
  }

  @Test(arguments: OnlineLearnerConfiguration.kinds) func `settings survive a file`(kind: String) throws {
    let plain = try JSONDecoder().decode(OnlineLearnerConfiguration.self, from: Data("\"\(kind)\"".utf8))
    #expect(plain == OnlineLearnerConfiguration(kind: kind) && plain.kind == kind)
    #expect(try JSONDecoder().decode(OnlineLearnerConfiguration.self, from: JSONEncoder().encode(plain)) == plain)
    try plain.validate()
  }

  @Test(arguments: StreamOptimizerConfiguration.kinds) func `an optimizer survives a file`(kind: String) throws {
    let plain = try JSONDecoder().decode(StreamOptimizerConfiguration.self, from: Data("\"\(kind)\"".utf8))
    #expect(plain == StreamOptimizerConfiguration(kind: kind) && plain.kind == kind)
    #expect(try JSONDecoder().decode(StreamOptimizerConfiguration.self, from: JSONEncoder().encode(plain)) == plain)
  }

  @Test func `settings out of range are said`() {
    var squares = LeastSquaresLearner.Configuration()
    squares.forgetting = 1.5
    let forgetting = #expect(throws: ConfigValueError.self) {
      try OnlineLearnerConfiguration.recursiveLeastSquares(squares).make(features: 1, task: .regression)
    }
    #expect(forgetting?.description == "forgetting: must be above 0 and at most 1, found '1.5'")
    var linear = GradientLearner.Configuration()
    linear.optimizer = .sgd(.init(learningRate: -1))
    let rate = #expect(throws: ConfigValueError.self) { try linear.validate() }
    #expect(rate?.description == "learningRate is -1.0; give a finite number of at least 0")
    var network = NetworkLearner.Configuration()
    network.hidden = [0]
    #expect(throws: ConfigValueError.self) { try network.validate() }
    var bayesian = BayesianLearner.Configuration()
    bayesian.smoothing = 1
    #expect(throws: ConfigValueError.self) { try bayesian.validate() }
  }
}
