import AttuneCore
import Testing

@testable import AttuneTraining

/// PyTorch's parameters after 1, 10 and 50 steps along fixed gradients (`make_optimizer_fixtures.py`).
@Suite struct OptimizerReferenceTests {
  struct Fixture: Decodable {
    let shapes: [String: [Int]]
    let initial: [String: [Float]]
    let batches: [Batch]
    let gradients: [[String: [Float]]]
    let runs: [String: Run]
    let rosenbrock: [String: [[Double]]]
  }

  struct Batch: Decodable {
    let features: [Float]
    let labels: [Int]
  }

  struct Run: Decodable {
    let settings: Settings
    let losses: [Float]
    let replayed: [String: [String: [Float]]]
    let trained: [String: [String: [Float]]]
  }

  struct Settings: Decodable {
    let lr: Double
    let momentum: Double?
    let weightDecay: Double?
    let nesterov: Bool?
    let centered: Bool?
    let betas: [Double]?
    let amsgrad: Bool?
    let learningRateDecay: Double?

    private enum CodingKeys: String, CodingKey {
      case lr, momentum, nesterov, centered, betas, amsgrad
      case weightDecay = "weight_decay"
      case learningRateDecay = "lr_decay"
    }
  }

  static let names = [
    "sgd", "sgd-momentum", "sgd-nesterov-decay", "adam", "adam-decay", "adamw", "rmsprop", "rmsprop-momentum",
    "rmsprop-centered", "adam-amsgrad", "adamw-amsgrad", "nadam", "nadam-decay", "radam", "radam-decay", "adagrad",
    "adagrad-decays", "adadelta", "adadelta-decay", "adamax", "adamax-decay",
  ]

  /// Relative, element by element; below `floor` of the largest element, relative to that. PyTorch's own float32 is up
  /// to 8e-6 from its float64 here.
  static let tolerance: Float = 1e-5
  static let floor: Float = 1e-2

  @Test(arguments: names, [1, 10, 50])
  func `along the same gradients the parameters are those of PyTorch`(name: String, steps: Int) throws {
    let fixture = try FixtureFile.decode(Fixture.self, from: "optimizers/mlp.json")
    let run = try #require(fixture.runs[name])
    let optimizer = try Self.optimizer(name, run.settings)
    let expected = try #require(run.replayed["\(steps)"])
    for (parameter, shape) in fixture.shapes {
      let matrix = { (elements: [Float]) in
        shape.count == 2 ? Matrix(rows: shape[0], columns: shape[1], elements) : Matrix(row: elements)
      }
      let start = matrix(try #require(fixture.initial[parameter]))
      let gradients = try fixture.gradients.prefix(steps).map { matrix(try #require($0[parameter])) }
      let found = optimizer.replayed(start, along: gradients).elements
      let reference = try #require(expected[parameter])
      #expect(found.count == reference.count)
      let largest = reference.map(abs).max() ?? 0
      for (found, reference) in zip(found, reference) {
        let error = abs(found - reference) / max(abs(reference), Self.floor * largest)
        #expect(error <= Self.tolerance, "\(parameter): \(found), PyTorch \(reference), relative \(error)")
      }
    }
  }

  @Test(arguments: names)
  func `50 steps of training, gradients included, are those of PyTorch`(name: String) throws {
    let fixture = try FixtureFile.decode(Fixture.self, from: "optimizers/mlp.json")
    let run = try #require(fixture.runs[name])
    var network = try Network([
      .linear(inputs: 6, outputs: 8, bias: true), .activation(.tanh), .linear(inputs: 8, outputs: 3, bias: true),
    ]) { name, shape in
      let values = try #require(fixture.initial[name])
      return shape.count == 2 ? Matrix(rows: shape[0], columns: shape[1], values) : Matrix(row: values)
    }
    var states = try Self.optimizer(name, run.settings).states(for: network.parameterIDs, of: network)
    for (index, batch) in fixture.batches.enumerated() {
      let tape = Tape(), input = Matrix(rows: batch.labels.count, columns: 6, batch.features)
      let pass = try network.forward(
        input, on: tape, differentiating: network.parameterIDs, statistics: .running)
      let loss = Loss.crossEntropy(labelSmoothing: 0)(
        pass.output, targets: Matrix.oneHot(batch.labels, classes: 3))
      #expect(abs(loss.value[0, 0] - run.losses[index]) < 1e-5)
      states.step(&network, along: tape.gradients(of: loss, withRespectTo: pass.parameters.map(\.variable)))
      guard let expected = run.trained["\(index + 1)"] else { continue }
      for id in network.parameterIDs {
        // Relative to the norm of the parameter: along its own gradients each step feeds its rounding into the next, and
        // PyTorch's float32 is as far from its float64 in single small elements.
        let reference = try #require(expected["\(id)"])
        let squares = zip(network[id].elements, reference).map { ($0 - $1) * ($0 - $1) }.reduce(0, +)
        let norm = reference.map { $0 * $0 }.reduce(0, +)
        let error = (squares / norm).squareRoot()
        #expect(error <= Self.tolerance, "\(id), step \(index + 1): relative \(error)")
      }
    }
  }

  static func optimizer(_ name: String, _ settings: Settings) throws -> any OptimizerWithTwin {
    let (rate, decay) = (settings.lr, settings.weightDecay ?? 0)
    let beta1 = settings.betas?[0] ?? 0.9, beta2 = settings.betas?[1] ?? 0.999, amsgrad = settings.amsgrad ?? false
    return switch name.split(separator: "-")[0] {
    case "sgd":
      try SGD(
        learningRate: rate, momentum: settings.momentum ?? 0, weightDecay: decay, nesterov: settings.nesterov ?? false)
    case "adam": try Adam(learningRate: rate, beta1: beta1, beta2: beta2, weightDecay: decay, amsgrad: amsgrad)
    case "adamw": try AdamW(learningRate: rate, beta1: beta1, beta2: beta2, weightDecay: decay, amsgrad: amsgrad)
    case "rmsprop":
      try RMSprop(
        learningRate: rate, weightDecay: decay, momentum: settings.momentum ?? 0, centered: settings.centered ?? false)
    case "nadam": try NAdam(learningRate: rate, weightDecay: decay)
    case "radam": try RAdam(learningRate: rate, weightDecay: decay)
    case "adagrad":
      try Adagrad(learningRate: rate, learningRateDecay: settings.learningRateDecay ?? 0, weightDecay: decay)
    case "adadelta": try Adadelta(learningRate: rate, weightDecay: decay)
    case "adamax": try Adamax(learningRate: rate, weightDecay: decay)
    default: throw OptimizerCases.UnknownCase(name: name)
    }
  }
}
