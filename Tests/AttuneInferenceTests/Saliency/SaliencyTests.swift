import AttuneCore
import AttuneInference
import Foundation
import Testing

/// What captum answers (`Tests/References/make_saliency_fixtures.py`), and what must hold of any network.
@Suite struct SaliencyTests {
  private struct Fixture: Decodable {
    struct Run: Decodable {
      var baseline, rule: String, steps: Int, attributions: [[Float]], delta: [Float]
    }
    enum Parameter: Decodable {
      case vector([Float])
      case matrix([[Float]])

      init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        self = try (try? value.decode([Float].self)).map { .vector($0) } ?? .matrix(value.decode([[Float]].self))
      }
    }
    var stateDictionary: [String: Parameter]
    var inputs, logits, gradientTimesInput: [[Float]], baselines: [String: [Float]], predicted: [Int]
    var integrated: [String: Run]

    static func load() throws -> Fixture {
      let folder = PublishedFixture.folder.deletingLastPathComponent().appending(path: "saliency")
      return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: folder.appending(path: "mlp.json")))
    }

    func network() throws -> Network {
      func norm(_ features: Int) -> LayerDescription { .batchNorm(features: features, epsilon: 1e-5, momentum: 0.1) }
      return try Network([
        .linear(inputs: 7, outputs: 10, bias: true), norm(10), .activation(.relu),
        .linear(inputs: 10, outputs: 8, bias: true), norm(8), .activation(.relu),
        .linear(inputs: 8, outputs: 4, bias: true),
      ]) { name, _ in
        switch try #require(stateDictionary[name], "no \(name)") {
        case .vector(let values): Matrix(row: values)
        case .matrix(let values): Matrix(values)
        }
      }
    }
  }

  /// Written in nine digits; the sums have a dozen terms of at most ten.
  private func expectEqual(_ found: Matrix, _ expected: [[Float]], _ what: String, scale: Float = 1) {
    #expect(found.shape == Matrix(expected).shape)
    let worst = zip(found.elements, expected.joined()).map { abs($0 - $1 * scale) }.max() ?? .infinity
    #expect(worst < 2e-5, "\(what): \(worst)")
  }

  @Test func `gradient times input is captum's`() throws {
    let fixture = try Fixture.load(), network = try fixture.network(), x = Matrix(fixture.inputs)
    expectEqual(try network.predict(x), fixture.logits, "logits")
    let saliency = try Saliency(network)
    expectEqual(try saliency.attributions(of: x), fixture.gradientTimesInput, "predicted classes")
    let given = try saliency.attributions(of: x, outputs: fixture.predicted)
    expectEqual(given, fixture.gradientTimesInput, "given classes")
    let sparse = try saliency.attributions(of: SparseRows(x))
    expectEqual(sparse.dense(), fixture.gradientTimesInput, "sparse rows")
  }

  @Test func `integrated gradients are captum's with each baseline and rule`() throws {
    let fixture = try Fixture.load(), network = try fixture.network(), x = Matrix(fixture.inputs)
    let rules: [String: IntegrationRule] = [
      "riemann_middle": .midpoint, "riemann_left": .left, "riemann_right": .right, "riemann_trapezoid": .trapezoid,
    ]
    var compared = 0
    for (name, run) in fixture.integrated.sorted(by: { $0.key < $1.key }) {
      guard let rule = rules[run.rule] else { continue }
      let baseline = Matrix(row: try #require(fixture.baselines[run.baseline]))
      let saliency = try Saliency(
        network, method: .integratedGradients(rule: rule, steps: run.steps), baseline: baseline)
      // captum's weights of the trapezoid rule sum to 1 − 1/n; those here sum to 1.
      let scale = rule == .trapezoid ? Float(run.steps) / Float(run.steps - 1) : 1
      expectEqual(try saliency.attributions(of: x), run.attributions, name, scale: scale)
      let sparse = try saliency.attributions(of: SparseRows(x, differingFrom: baseline))
      expectEqual(sparse.dense(), run.attributions, "\(name), sparse", scale: scale)
      compared += 1
    }
    #expect(compared == 10)
  }

  @Test(arguments: [ActivationFunction.relu, .tanh, .gelu]) func `attributions add up to what the answer changes by`(
    activation: ActivationFunction
  ) throws {
    var generator = Philox(seed: 3)
    let network = Network.mlp(
      inputDimension: 12, hidden: [20, 10], outputDimension: 3, activation: activation, batchNorm: true,
      using: &generator)
    let x = generator.normal(rows: 30, columns: 12), baseline = generator.normal(rows: 1, columns: 12)
    let logits = try network.predict(x), start = try network.predict(baseline)
    // 700 steps make more than one pass of 30 rows.
    let saliency = try Saliency(network, method: .integratedGradients(steps: 700), baseline: baseline)
    let found = try saliency.attributions(of: x)
    for (row, output) in logits.rowArgmax.enumerated() {
      let sum = found.row(row).reduce(0, +), change = logits[row, output] - start[0, output]
      #expect(abs(sum - change) < 2e-3, "row \(row): \(sum), \(change)")
    }
  }

  @Test func `a linear model's attributions are its weights times the inputs, without any pass back`() throws {
    var generator = Philox(seed: 4)
    let network = Network.linear(inputDimension: 6, outputDimension: 1, inputDropout: 0.5, using: &generator)
    let x = generator.normal(rows: 5, columns: 6), baseline = generator.normal(rows: 1, columns: 6)
    let weight = network[ParameterID(layer: 1, role: .weight)]
    for method in [Saliency.Method.gradientTimesInput, .integratedGradients(steps: 3)] {
      let found = try Saliency(network, method: method, baseline: baseline).attributions(of: x)
      for i in 0..<5 {
        for j in 0..<6 { #expect(abs(found[i, j] - (x[i, j] - baseline[0, j]) * weight[0, j]) < 1e-6) }
      }
    }
    let sizes = try Saliency(network, method: .weight, baseline: baseline).attributions(of: x)
    for j in 0..<6 { #expect(abs(sizes[2, j] - abs((x[2, j] - baseline[0, j]) * weight[0, j])) < 1e-6) }
  }

  @Test func `networks that do not begin with a linear layer are differentiated as a whole`() throws {
    var generator = Philox(seed: 5)
    let first = Linear(inputDimension: 4, outputDimension: 3, using: &generator)
    var norm = BatchNorm(dimension: 4)
    norm.runningMean = generator.normal(rows: 1, columns: 4)
    let x = generator.normal(rows: 6, columns: 4)
    // x → (x − mean)·gamma, then the linear layer; and a linear layer with nothing linear after it.
    for network in [
      try Network([.batchNorm(norm), .linear(first)]), try Network([.linear(first), .activation(.tanh)]),
    ] {
      let found = try Saliency(network).attributions(of: x), logits = try network.predict(x)
      let sparse = try Saliency(network).attributions(of: SparseRows(x))
      #expect(sparse.dense() == found)
      for (i, output) in logits.rowArgmax.enumerated() {
        for j in 0..<4 {
          var (more, less) = (x, x)
          more[i, j] += 1e-2
          less[i, j] -= 1e-2
          let slope = try (network.predict(more)[i, output] - network.predict(less)[i, output]) / 2e-2
          #expect(abs(found[i, j] - slope * x[i, j]) < 2e-3)
        }
      }
    }
    let network = try Network([.batchNorm(norm), .linear(first)])
    #expect(throws: NoLinearInputLayer(found: "batch norm", index: 0)) { try Saliency(network, method: .weight) }
  }

  @Test func `sparse rows are attributed as dense ones are, at the cost of what they hold`() throws {
    var generator = Philox(seed: 6)
    let network = Network.mlp(inputDimension: 400, hidden: [32, 8], outputDimension: 2, using: &generator)
    var x = Matrix(rows: 7, columns: 400)
    for i in 0..<7 { for j in 0..<5 { x[i, 31 * i + 40 * j] = Float(j + 1) } }
    let rows = try SparseRows(x)
    for method in [Saliency.Method.gradientTimesInput, .integratedGradients(steps: 8), .weight] {
      let saliency = try Saliency(network, method: method)
      let dense = try OperationCounter.count { try saliency.attributions(of: x) }
      let sparse = try OperationCounter.count { try saliency.attributions(of: rows) }
      let differences = zip(sparse.result.values, rows.withValues(of: dense.result).values).map { abs($0 - $1) }
      #expect(differences.allSatisfy { $0 < 1e-5 })
      #expect(sparse.operations * 2 < dense.operations, "\(method): \(sparse.operations), \(dense.operations)")
    }
  }

  @Test func `what does not fit is refused`() throws {
    var generator = Philox(seed: 7)
    let network = Network.linear(inputDimension: 3, outputDimension: 2, using: &generator)
    let saliency = try Saliency(network)
    #expect(throws: ShapeError.self) { try saliency.attributions(of: Matrix(rows: 2, columns: 4)) }
    #expect(throws: ShapeError.self) { try saliency.attributions(of: SparseRows(Matrix(rows: 2, columns: 4))) }
    #expect(throws: ShapeError.self) { try saliency.attributions(of: Matrix(rows: 2, columns: 3), outputs: [0]) }
    #expect(throws: ShapeError.self) { try Saliency(network, baseline: Matrix(rows: 1, columns: 2)) }
    #expect(throws: ShapeError.self) { try Saliency(network, baseline: Matrix(rows: 2, columns: 3)) }
    for method in [Saliency.Method.gradientTimesInput, .integratedGradients(), .weight] {
      let none = try Saliency(network, method: method).attributions(of: Matrix(rows: 0, columns: 3))
      #expect(none.shape == Shape(rows: 0, columns: 3))
    }
  }
}
