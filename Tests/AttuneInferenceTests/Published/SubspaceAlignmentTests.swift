import AttuneCore
import AttuneInference
import AttuneTraining
import Foundation
import Testing

/// SSA against its published code (`Tests/References/make_ssa_fixtures.py`).
@Suite struct SubspaceAlignmentTests {
  /// Numbers in lists in lists, row by row.
  struct Numbers: Decodable {
    let values: [Float]

    init(from decoder: any Decoder) throws {
      if let number = try? decoder.singleValueContainer().decode(Float.self) {
        values = [number]
      } else {
        values = try decoder.singleValueContainer().decode([Numbers].self).flatMap(\.values)
      }
    }
  }
  struct Step: Decodable {
    let predictions: Numbers
    let parameters: [String: Numbers]
  }
  struct Run: Decodable {
    let learningRate: Double
    let steps: [Step]
    let offlinePredictions: [Numbers]
  }
  struct Fixture: Decodable {
    struct Settings: Decodable { let top: Int }
    let settings: Settings
    let stateDictionary: [String: Numbers]
    let sourceInputs: Numbers
    let batches: [Numbers]
    let runs: [String: Run]

    static func load() throws -> Fixture {
      let file = PublishedFixture.folder.deletingLastPathComponent().appending(path: "regression/ssa.json")
      return try JSONDecoder().decode(Fixture.self, from: try Data(contentsOf: file))
    }

    /// The names of the published network's layers, by index.
    static let names = [0: "fe.0", 1: "fe.1", 3: "fe.3.0", 4: "fe.3.1", 6: "regressor"]

    static func published(_ name: String) throws -> String {
      let parts = name.split(separator: ".")
      let layer = try #require(Int(parts[0]).flatMap { names[$0] })
      return "\(layer).\(parts[1])"
    }

    func network() throws -> Network {
      let norm = LayerDescription.batchNorm(features: 16, epsilon: 1e-5, momentum: 0.1)
      return try Network([
        .linear(inputs: 6, outputs: 16, bias: false), norm, .activation(.relu),
        .linear(inputs: 16, outputs: 16, bias: false), norm, .activation(.relu),
        .linear(inputs: 16, outputs: 1, bias: true),
      ]) { name, shape in
        let key = try Fixture.published(name)
        let values = try #require(stateDictionary[key]).values
        return shape.count == 2 ? Matrix(rows: shape[0], columns: shape[1], values) : Matrix(row: values)
      }
    }

    var context: AdaptationContext {
      let rows = Matrix(rows: 200, columns: 6, sourceInputs.values)
      return AdaptationContext(
        task: .regression, source: SourceStatistics(inputs: rows), samples: SourceSamples(inputs: rows))
    }
  }

  private func worst(_ found: [Float], _ expected: [Float]) -> Float {
    #expect(found.count == expected.count)
    return zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
  }

  private func strategy(top: Int, rate: Double) throws -> Recipe<SignificantSubspaceAlignment> {
    var settings = SubspaceAlignment.Configuration()
    settings.dimensions = top
    return try Recipe<SignificantSubspaceAlignment> {
      $0.objectives = [.part(SubspaceAlignment.self, settings)]
      $0.optimizer = .adam(Adam.Configuration(learningRate: rate))
    }
  }

  @Test(arguments: ["adam1e-4", "adam1e-2"]) func `answers and parameters are those of the published code`(
    _ name: String
  ) throws {
    let fixture = try Fixture.load(), run = try #require(fixture.runs[name]), network = try fixture.network()
    let strategy = try strategy(top: fixture.settings.top, rate: run.learningRate)
    var state = try strategy.start(network, in: fixture.context)
    // Roundings of 2⁻²³ in gradients that Adam brings to one size: a few millionths of a step.
    let tolerance: Float = 2e-5
    for (batch, step) in zip(fixture.batches, run.steps) {
      let found = try strategy.predict(Matrix(rows: 16, columns: 6, batch.values), &state)
      #expect(worst(found.elements, step.predictions.values) < tolerance)
      for id in ParameterScope(.features).parameters(of: network) {
        let key = try Fixture.published("\(id)")
        let expected = try #require(step.parameters[key]).values
        #expect(worst(state.network[id].elements, expected) < tolerance, "\(id)")
      }
    }
    for (batch, expected) in zip(fixture.batches, run.offlinePredictions) {
      let found = try strategy.answer(Matrix(rows: 16, columns: 6, batch.values), state)
      #expect(worst(found.elements, expected.values) < tolerance)
    }
    for index in network.normalizationLayers {
      #expect(state.network[normalization: index].runningMean == network[normalization: index].runningMean)
    }
  }

  @Test func `more directions than the features have are refused with what they have`() throws {
    let fixture = try Fixture.load(), strategy = try strategy(top: 17, rate: 1e-4)
    let error = #expect(throws: TooFewDirections.self) {
      _ = try strategy.start(fixture.network(), in: fixture.context)
    }
    #expect(
      error?.description
        == "strategy 'ssa' aligns 17 directions of the features, and the 16 features of the training rows vary in 16 only; "
        + "set 'dimensions' of subspace-alignment to 16 or less")
    var context = fixture.context
    context.samples = SourceSamples(inputs: Matrix(rows: 1, columns: 6))
    let few = #expect(throws: TooFewDirections.self) {
      _ = try Recipe<SignificantSubspaceAlignment>().start(fixture.network(), in: context)
    }
    #expect(
      few?.description.hasSuffix("vary in 0 only; give it more training rows, or choose another strategy")
        == true)
  }

  @Test func `a batch without variance teaches nothing, and a linear model learns to scale its inputs`() throws {
    let fixture = try Fixture.load(), strategy = try strategy(top: 3, rate: 1e-2)
    var state = try strategy.start(try fixture.network(), in: fixture.context)
    _ = try strategy.predict(Matrix(rows: 8, columns: 6, repeating: 0.5), &state)
    _ = try strategy.predict(Matrix(rows: 1, columns: 6, repeating: 0.5), &state)
    #expect(state.network == (try fixture.network()))
    var generator = Philox(seed: 3)
    let linear = Network.linear(inputDimension: 6, outputDimension: 1, using: &generator)
    var other = try strategy.start(linear, in: fixture.context)
    let batch = Matrix(rows: 16, columns: 6, fixture.batches[0].values)
    #expect(worst(try strategy.predict(batch, &other).elements, try linear.predict(batch).elements) < 1e-5)
    #expect(worst(try strategy.predict(batch, &other).elements, try linear.predict(batch).elements) > 1e-4)
  }
}
