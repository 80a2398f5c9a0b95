import AttuneCore
import Testing

@testable import AttuneTraining

/// Whole runs, compiled against taped.
@Suite struct CompiledTrainingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var optimizer: any Optimizer
    var loss = Loss.crossEntropy(labelSmoothing: 0)
    var batchNorm = true
    var dropout: Float = 0
    var clipping: GradientClipping?
    var groups: [ParameterGroup] = []
  }

  /// An epsilon far above the rounding of gradients: without it Adam would make whole steps of a gradient that is 0.
  private static func adam(_ decay: Double = 0, amsgrad: Bool = false) throws -> any Optimizer {
    try Adam(learningRate: 1e-2, epsilon: 1e-2, weightDecay: decay, amsgrad: amsgrad)
  }

  static func cases() throws -> [Case] {
    let sgd = try SGD(learningRate: 0.05), momentum = try SGD(learningRate: 0.02, momentum: 0.9, nesterov: true)
    return [
      Case(testDescription: "sgd", optimizer: sgd),
      Case(testDescription: "nesterov, dropout", optimizer: momentum, dropout: 0.2),
      Case(testDescription: "adam", optimizer: try adam()),
      Case(testDescription: "adam, decay, no batch norm", optimizer: try adam(0.1), batchNorm: false),
      Case(testDescription: "amsgrad", optimizer: try adam(amsgrad: true)),
      Case(testDescription: "adamw", optimizer: try AdamW(learningRate: 1e-2, epsilon: 1e-2)),
      Case(testDescription: "rmsprop", optimizer: try RMSprop(learningRate: 1e-3, epsilon: 1e-2)),
      Case(testDescription: "smoothing", optimizer: sgd, loss: .crossEntropy(labelSmoothing: 0.1)),
      Case(testDescription: "squared error", optimizer: sgd, loss: .meanSquaredError, batchNorm: false),
      Case(testDescription: "distillation", optimizer: sgd, loss: .distillation(temperature: 3)),
      Case(testDescription: "clipped norm", optimizer: try adam(), clipping: .norm(0.1)),
      Case(testDescription: "clipped values", optimizer: sgd, clipping: .value(0.01)),
      Case(
        testDescription: "groups", optimizer: try adam(),
        groups: [
          try ParameterGroup(.layers([0, 1]), isFrozen: true),
          try ParameterGroup(.biasesAndNorms, learningRateFactor: 0.5, weightDecay: 0.3),
        ]),
    ]
  }

  /// Twenty steps of ten rows and a last one of seven; what they leave, and the losses.
  private func run(_ example: Case, compiled: Bool) throws -> (Network, [Double]) {
    var g = Philox(seed: 1)
    let x = g.normal(rows: 107, columns: 9), y = Matrix.oneHot((0..<107).map { $0 % 4 }, classes: 4)
    var network = Network.mlp(
      inputDimension: 9, hidden: [37, 18], outputDimension: 4, batchNorm: example.batchNorm, dropout: example.dropout,
      using: &g)
    var trainer = Trainer(
      optimizer: example.optimizer, loss: example.loss, epochs: 2, batchSize: 10, clipping: example.clipping,
      groups: example.groups)
    trainer.isCompiled = compiled
    let losses = try trainer.train(&network, features: x, targets: y, using: g).losses
    return (network, losses)
  }

  @Test func `a compiled run ends where a taped one ends`() throws {
    for example in try Self.cases() {
      let (found, losses) = try run(example, compiled: true), (expected, reference) = try run(example, compiled: false)
      for (loss, reference) in zip(losses, reference) {
        #expect(abs(loss - reference) < 1e-5 * max(1, abs(reference)), "\(example.testDescription)")
      }
      for id in expected.parameterIDs {
        let scale = expected[id].elements.reduce(Float(0.1)) { max($0, abs($1)) }
        let worst = zip(found[id].elements, expected[id].elements).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        #expect(worst < 3e-5 * scale, "\(example.testDescription), \(id): \(worst) of \(scale)")
      }
      for layer in expected.normalizationLayers {
        let pair = (found[normalization: layer].runningVariance, expected[normalization: layer].runningVariance)
        #expect(zip(pair.0.elements, pair.1.elements).allSatisfy { abs($0 - $1) < 1e-5 * max(1, $1) })
      }
    }
  }

  @Test func `copies of a run go on side by side`() throws {
    var g = Philox(seed: 2)
    let rows = MatrixRows(
      features: g.normal(rows: 64, columns: 9), targets: Matrix.oneHot((0..<64).map { $0 % 4 }, classes: 4))
    let network = Network.mlp(inputDimension: 9, hidden: [37], outputDimension: 4, batchNorm: true, using: &g)
    var trainer = Trainer(
      optimizer: try Adam(), loss: .crossEntropy(labelSmoothing: 0), epochs: 1, batchSize: 8)
    trainer.isCompiled = true
    var run = try TrainingRun(trainer, network, rows: rows, using: g)
    _ = try run.step(on: rows)
    var copy = run
    for _ in 0..<3 {
      _ = try run.step(on: rows)
      #expect(copy.network != run.network)
      _ = try copy.step(on: rows)
      #expect(copy.network == run.network)
    }
  }
}
