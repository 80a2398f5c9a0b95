import AttuneCore
import AttuneInference
import Foundation
import Testing

/// Logits of ten consecutive batches against PyTorch, on the same weights and data
/// (`Tests/References/make_batchnorm_fixtures.py`).
@Suite struct AdaptationReferenceTests {
  /// Float32 against float32 in another order of summation: logits of about 10, so a few roundings of 2⁻²⁰.
  static let tolerance: Float = 2e-5

  struct Fixture: Decodable {
    struct TentTrace: Decodable { var affine: [[String: [Float]]] }
    var epsilon: Float, momentum: Float, prior: Double, rows: Int
    var shapes: [String: [Int]]
    var state: [String: [Float]]
    var batches: [[Float]]
    var logits: [String: [[Float]]]
    var tent: TentTrace

    static func load(_ name: String) throws -> Fixture {
      let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      let data = try Data(contentsOf: tests.appending(path: "Fixtures/adaptation/\(name).json"))
      return try JSONDecoder().decode(Fixture.self, from: data)
    }

    /// The network of the fixture: linear layers and batch norms at their indices, ReLU in the gaps.
    func network() throws -> Network {
      let last = shapes.keys.compactMap { Int($0.split(separator: ".")[0]) }.max() ?? 0
      let layers = try (0...last).map { index -> LayerDescription in
        guard let shape = shapes["\(index).weight"] else { return .activation(.relu) }
        if shapes["\(index).running_mean"] != nil {
          return .batchNorm(features: shape[0], epsilon: epsilon, momentum: momentum)
        }
        return .linear(inputs: try #require(shape.last), outputs: shape[0], bias: true)
      }
      return try Network(layers) { name, shape in
        let values = try #require(state[name])
        return shape.count == 2 ? Matrix(rows: shape[0], columns: shape[1], values) : Matrix(row: values)
      }
    }
  }

  private func check(
    _ strategy: some AdaptationStrategy, _ key: String, _ file: String
  ) throws -> (Fixture, any RunningStrategy) {
    let fixture = try Fixture.load(file)
    let network = try fixture.network()
    let context = AdaptationContext(task: .classification)
    var running = try strategy.run(network, in: context)
    let expected = try #require(fixture.logits[key])
    for (index, batch) in fixture.batches.enumerated() {
      let input = Matrix(rows: fixture.rows, columns: network.inputDimension, batch)
      let logits = try running.predict(input)
      let worst = zip(logits.elements, expected[index]).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst < Self.tolerance, "\(key), \(file), batch \(index): off by \(worst)")
      #expect(logits.count == expected[index].count)
    }
    return (fixture, running)
  }

  @Test(arguments: ["one-layer", "two-layers"])
  func `no adaptation gives PyTorch's eval-mode logits`(file: String) throws {
    _ = try check(NoAdaptation(), "source", file)
  }

  @Test(arguments: ["one-layer", "two-layers"])
  func `bn-batch gives PyTorch's logits with batch statistics`(file: String) throws {
    _ = try check(Recipe<BatchNormBatch>(), "batch", file)
  }

  @Test(arguments: ["one-layer", "two-layers"])
  func `bn-prior gives the logits of the N-prior mixture`(file: String) throws {
    _ = try check(Recipe<BatchNormPrior>(), "blend", file)
  }

  @Test(arguments: ["one-layer", "two-layers"])
  func `bn-ema gives the logits of the moving average`(file: String) throws {
    _ = try check(Recipe<BatchNormMovingAverage>(), "ema", file)
  }

  @Test(arguments: ["one-layer", "two-layers"])
  func `tent gives the logits and the affine parameters of the published algorithm`(file: String) throws {
    _ = try check(Recipe<Tent>(), "tent", file)
    let fixture = try Fixture.load(file), tent = try Recipe<Tent>(), network = try fixture.network()
    var state = try tent.start(network, in: AdaptationContext(task: .classification))
    for (index, batch) in fixture.batches.enumerated() {
      _ = try tent.predict(Matrix(rows: fixture.rows, columns: network.inputDimension, batch), &state)
      for (name, expected) in fixture.tent.affine[index] {
        let parts = name.split(separator: ".")
        let id = ParameterID(
          layer: try #require(Int(parts[0])), role: try #require(ParameterID.Role(rawValue: String(parts[1]))))
        let worst = zip(state.network[id].elements, expected).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst < Self.tolerance, "\(name) after batch \(index): off by \(worst)")
      }
    }
  }
}
