import AttuneCore
import AttuneTraining
import Testing

@testable import AttuneInference

@Suite struct OnlineLearningTests {
  private func settings(_ learner: OnlineLearnerConfiguration, warmStart: Bool = false) throws -> OnlineLearning {
    var configuration = OnlineLearning.Configuration()
    (configuration.learner, configuration.warmStart) = (learner, warmStart)
    return try OnlineLearning(configuration)
  }

  @Test func `least squares from nothing finds the relation of the stream, whatever the network was trained to`() throws
  {
    var generator = Philox(seed: 1)
    let network = Network.linear(inputDimension: 3, outputDimension: 1, using: &generator)
    let strategy = try settings(.recursiveLeastSquares(.init()))
    var state = try strategy.start(network, in: AdaptationContext(task: .regression))
    let inputs = generator.normal(rows: 200, columns: 3)
    let targets = Matrix(rows: 200, columns: 1, (0..<200).map { 2 * inputs[$0, 0] - inputs[$0, 2] + 0.5 })
    #expect(try strategy.predict(inputs, &state) == Matrix(rows: 200, columns: 1))
    try strategy.learn(from: Feedback(inputs: inputs, targets: targets), &state)
    let answers = try strategy.predict(inputs, &state)
    for i in 0..<200 { #expect(abs(answers[i, 0] - targets[i, 0]) < 0.02) }
  }

  @Test func `each output of a regression has its learner`() throws {
    var generator = Philox(seed: 5)
    let network = Network.linear(inputDimension: 2, outputDimension: 2, using: &generator)
    let strategy = try settings(.recursiveLeastSquares(.init()))
    var state = try strategy.start(network, in: AdaptationContext(task: .regression))
    let inputs = generator.normal(rows: 100, columns: 2)
    let targets = Matrix(
      rows: 100, columns: 2, (0..<200).map { $0 % 2 == 0 ? inputs[$0 / 2, 0] : -3 * inputs[$0 / 2, 1] })
    try strategy.learn(from: Feedback(inputs: inputs, targets: targets), &state)
    let answers = try strategy.predict(inputs, &state)
    for i in 0..<100 { #expect(abs(answers[i, 0] - targets[i, 0]) < 0.02 && abs(answers[i, 1] - targets[i, 1]) < 0.05) }
  }

  @Test func `a classifier answers with logarithms of its probabilities`() throws {
    var generator = Philox(seed: 2)
    let network = Network.mlp(inputDimension: 2, hidden: [4], outputDimension: 3, batchNorm: true, using: &generator)
    let strategy = try settings(.softmaxRegression(.init()))
    var state = try strategy.start(network, in: AdaptationContext(task: .classification))
    let inputs = generator.normal(rows: 60, columns: 2)
    let targets = Matrix(rows: 60, columns: 3, (0..<180).map { $0 % 3 == ($0 / 3) % 3 ? 1 : 0 })
    try strategy.learn(from: Feedback(inputs: inputs, targets: targets), &state)
    let answers = try strategy.predict(inputs, &state)
    var scores = [0.0, 0.0, 0.0]
    for i in 0..<60 {
      inputs.row(i).map(Double.init).withUnsafeBufferPointer { row in
        scores.withUnsafeMutableBufferPointer { state.learners[0].learner.predict(row, into: $0) }
      }
      let softmax = answers.rows(i..<i + 1).softmax()
      for c in 0..<3 { #expect(abs(Double(softmax[0, c]) - scores[c]) < 1e-5) }
    }
  }

  @Test func `a warm start answers as the trained network does until labels come`() throws {
    var generator = Philox(seed: 3)
    let network = Network.mlp(inputDimension: 4, hidden: [5], outputDimension: 1, using: &generator)
    let strategy = try settings(.mlp(.init()), warmStart: true)
    var state = try strategy.start(network, in: AdaptationContext(task: .regression))
    let inputs = generator.normal(rows: 8, columns: 4)
    let before = try strategy.predict(inputs, &state), trained = try network.predict(inputs)
    for i in 0..<8 { #expect(abs(before[i, 0] - trained[i, 0]) < 1e-5) }
    try strategy.learn(from: Feedback(inputs: inputs, targets: Matrix(rows: 8, columns: 1)), &state)
    #expect(try strategy.predict(inputs, &state) != before)
    #expect(throws: (any Error).self) { try settings(.perceptron(.init()), warmStart: true) }
  }

  @Test func `a learner that does not do the task says so`() throws {
    var generator = Philox(seed: 4)
    let network = Network.linear(inputDimension: 2, outputDimension: 3, using: &generator)
    #expect(throws: OnlineTaskMismatch.self) {
      try settings(.perceptron(.init())).start(network, in: AdaptationContext(task: .classification))
    }
  }
}
