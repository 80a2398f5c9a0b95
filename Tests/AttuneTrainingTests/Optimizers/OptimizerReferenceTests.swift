import AttuneCore
import Testing

@testable import AttuneTraining

/// PyTorch's parameters after 1, 10 and 50 steps along fixed gradients (`make_optimizer_fixtures.py`).
@Suite struct OptimizerReferenceTests {
  struct Fixture: Decodable {
    let shapes: [String: [Int]]
    let initial: [String: [Float]]
    let gradients: [[String: [Float]]]
    let runs: [String: Run]
  }

  struct Run: Decodable {
    let settings: Settings
    let replayed: [String: [String: [Float]]]
  }

  struct Settings: Decodable {
    let lr: Double
    let momentum: Double?
    let weightDecay: Double?
    let nesterov: Bool?
    let centered: Bool?

    private enum CodingKeys: String, CodingKey {
      case lr, momentum, nesterov, centered
      case weightDecay = "weight_decay"
    }
  }

  /// Relative, element by element; below `floor` of the largest element, relative to that. PyTorch's own float32 is up
  /// to 8e-6 from its float64 here.
  static let tolerance: Float = 1e-5
  static let floor: Float = 1e-2

  @Test(
    arguments: [
      "sgd", "sgd-momentum", "sgd-nesterov-decay", "adam", "adam-decay", "adamw", "rmsprop", "rmsprop-momentum",
      "rmsprop-centered",
    ], [1, 10, 50])
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

  private static func optimizer(_ name: String, _ settings: Settings) throws -> any Optimizer {
    let (rate, decay) = (settings.lr, settings.weightDecay ?? 0)
    return switch name.split(separator: "-")[0] {
    case "sgd":
      try SGD(
        learningRate: rate, momentum: settings.momentum ?? 0, weightDecay: decay, nesterov: settings.nesterov ?? false)
    case "adam": try Adam(learningRate: rate, weightDecay: decay)
    case "adamw": try AdamW(learningRate: rate, weightDecay: decay)
    case "rmsprop":
      try RMSprop(
        learningRate: rate, weightDecay: decay, momentum: settings.momentum ?? 0, centered: settings.centered ?? false)
    default: throw OptimizerCases.UnknownCase(name: name)
    }
  }
}
