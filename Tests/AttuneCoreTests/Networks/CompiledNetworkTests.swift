import AttuneCore
import Testing

/// The compiled step against the tape, which is its reference.
@Suite struct CompiledNetworkTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let layers: @Sendable (inout Philox) -> [Layer]
  }

  private static func linear(_ inputs: Int, _ outputs: Int, bias: Bool = true, _ g: inout Philox) -> Layer {
    .linear(Linear(inputDimension: inputs, outputDimension: outputs, hasBias: bias, using: &g))
  }

  /// Batch norm with a scale and shift of its own.
  private static func norm(_ dimension: Int, _ g: inout Philox) -> Layer {
    var norm = BatchNorm(dimension: dimension)
    norm.gamma = g.uniform(rows: 1, columns: dimension, in: 0.5..<1.5)
    norm.beta = g.uniform(rows: 1, columns: dimension, in: -0.5..<0.5)
    return .batchNorm(norm)
  }

  static let cases: [Case] =
    [
      Case(testDescription: "linear") { g in [linear(7, 3, &g)] },
      Case(testDescription: "no bias") { g in
        [linear(50, 40, bias: false, &g), norm(40, &g), .activation(.relu), linear(40, 5, bias: false, &g)]
      },
      Case(testDescription: "dropout") { g in
        [
          linear(20, 70, &g), norm(70, &g), .activation(.relu), .dropout(rate: 0.3), linear(70, 33, &g),
          .dropout(rate: 0.5), linear(33, 4, &g), .dropout(rate: 0.1),
        ]
      },
      Case(testDescription: "batch norm at the end") { g in
        [linear(9, 14, &g), .activation(.tanh), linear(14, 6, &g), norm(6, &g)]
      },
    ]
    + ActivationFunction.allCases.flatMap { function in
      [
        Case(testDescription: "\(function)") { g in
          [
            linear(33, 65, &g), .activation(function), linear(65, 31, &g), .activation(function), linear(31, 10, &g),
            .activation(function),
          ]
        },
        Case(testDescription: "batch norm, \(function)") { g in
          [linear(33, 65, &g), norm(65, &g), .activation(function), linear(65, 10, &g)]
        },
      ]
    }

  /// Sums of at most a few hundred terms in another order: relative to the largest element of a matrix.
  private static let tolerance: Float = 1e-5

  private func expectClose(_ found: Matrix, _ expected: Matrix, _ what: String) {
    let scale = expected.elements.reduce(Float(1e-3)) { max($0, abs($1)) }
    let difference = zip(found.elements, expected.elements).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    #expect(found.shape == expected.shape && difference <= Self.tolerance * scale, "\(what): \(difference) of \(scale)")
  }

  private struct Step {
    var output: Matrix, gradients: [Matrix], network: Network
  }

  private func taped(
    _ network: Network, _ x: Matrix, _ slope: Matrix, _ parameters: [ParameterID], _ generator: Philox
  ) throws -> Step {
    var network = network, dropout = generator
    let tape = Tape(), pass = try network.trainingForward(x, on: tape, differentiating: parameters, using: &dropout)
    let loss = (pass.output * tape.constant(slope)).sum()
    let gradients = tape.gradients(of: loss, withRespectTo: pass.parameters.map(\.variable))
    network.updateRunningStatistics(pass.statistics, rows: x.rows)
    return Step(output: pass.output.value, gradients: gradients, network: network)
  }

  private func compiled(
    _ network: Network, _ x: Matrix, _ slope: Matrix, _ parameters: [ParameterID], _ generator: Philox,
    threads: Int = 1, rows: Int = 130
  ) throws -> Step {
    var network = network, dropout = generator
    let step = try #require(
      CompiledNetwork(network, differentiating: parameters, rows: rows, threads: threads))
    var gradients = parameters.map { network[$0].map { _ in .nan } }, output = Matrix(rows: 0, columns: 0)
    // A larger batch before leaves numbers behind that must not count.
    for batch in rows > x.rows ? [Matrix(rows: rows, columns: x.columns, repeating: 3), x] : [x] {
      dropout = generator
      output = try step.forward(network, batch, using: &dropout)
      step.gradients(
        network, along: batch.rows == x.rows ? slope : Matrix(rows: rows, columns: slope.columns, repeating: 1),
        into: &gradients)
    }
    step.updateRunningStatistics(&network)
    return Step(output: output, gradients: gradients, network: network)
  }

  @Test(arguments: cases, [1, 2, 31, 32, 67, 128])
  func `outputs, gradients and running statistics are the tape's`(example: Case, rows: Int) throws {
    var g = Philox(seed: 3).fork(example.testDescription).fork(rows)
    let network = try Network(example.layers(&g)), parameters = network.parameterIDs
    let x = g.normal(rows: rows, columns: network.inputDimension)
    let slope = g.normal(rows: rows, columns: network.outputDimension)
    let expected = try taped(network, x, slope, parameters, g), found = try compiled(network, x, slope, parameters, g)
    expectClose(found.output, expected.output, "output")
    for (index, id) in parameters.enumerated() {
      // Batch norm takes the mean off again: the gradient of a bias before it is rounding alone.
      if id.role == .bias, case .linear = network.layers[id.layer], id.layer + 1 < network.layers.count,
        case .batchNorm = network.layers[id.layer + 1]
      {
        let size = Float(rows) * found.gradients[index].elements.reduce(0) { max($0, abs($1)) }
        #expect(size < 1e-3 * Float(rows), "\(id)")
        continue
      }
      // Two rows standardize to ±1, whatever they are: their weights' gradients are rounding too.
      if rows <= 2, !network.normalizationLayers.isEmpty { continue }
      expectClose(found.gradients[index], expected.gradients[index], "\(id)")
    }
    for layer in network.normalizationLayers {
      expectClose(
        found.network[normalization: layer].runningMean, expected.network[normalization: layer].runningMean, "mean")
      expectClose(
        found.network[normalization: layer].runningVariance, expected.network[normalization: layer].runningVariance,
        "variance")
    }
  }

  @Test(arguments: cases) func `any number of threads gives the same bits`(example: Case) throws {
    var g = Philox(seed: 4).fork(example.testDescription)
    let network = try Network(example.layers(&g)), parameters = network.parameterIDs
    let x = g.normal(rows: 70, columns: network.inputDimension)
    let slope = g.normal(rows: 70, columns: network.outputDimension)
    let one = try compiled(network, x, slope, parameters, g)
    for threads in 2...3 {
      let several = try compiled(network, x, slope, parameters, g, threads: threads)
      #expect(several.output == one.output && several.gradients == one.gradients && several.network == one.network)
    }
  }

  @Test func `the threads' operations count as the caller's`() throws {
    var g = Philox(seed: 5)
    let network = Network.mlp(inputDimension: 40, hidden: [50], outputDimension: 3, batchNorm: true, using: &g)
    let x = g.normal(rows: 64, columns: 40), slope = g.normal(rows: 64, columns: 3), ids = network.parameterIDs
    let counts = try (1...3).map { threads in
      try OperationCounter.count { _ = try compiled(network, x, slope, ids, g, threads: threads, rows: 64) }.operations
    }
    #expect(counts[0] > 4 * 64 * (40 * 50 + 50 * 3) && counts.allSatisfy { $0 == counts[0] })
  }

  @Test(arguments: [[4], [2, 3, 4], [1], [3, 6]]) func `what is frozen needs no gradient`(layers: [Int]) throws {
    var g = Philox(seed: 6)
    let network = Network.mlp(inputDimension: 30, hidden: [40, 50], outputDimension: 3, batchNorm: true, using: &g)
    let parameters = network.parameterIDs.filter { layers.contains($0.layer) }
    let x = g.normal(rows: 45, columns: 30), slope = g.normal(rows: 45, columns: 3)
    let expected = try taped(network, x, slope, parameters, g), found = try compiled(network, x, slope, parameters, g)
    #expect(found.gradients.count == parameters.count)
    for (index, id) in parameters.enumerated()
    where id.role == .weight || id.layer == 6 || id.layer == 1 || id.layer == 4 {
      expectClose(found.gradients[index], expected.gradients[index], "\(id)")
    }
  }

  @Test func `a network in another order is not compiled`() throws {
    var g = Philox(seed: 7)
    for layers: [Layer] in [
      [.batchNorm(BatchNorm(dimension: 3)), Self.linear(3, 2, &g)],
      [Self.linear(3, 2, &g), .activation(.relu), .batchNorm(BatchNorm(dimension: 2)), Self.linear(2, 2, &g)],
      [Self.linear(3, 2, &g), .activation(.relu), .activation(.tanh), Self.linear(2, 2, &g)],
    ] {
      let network = try Network(layers)
      #expect(CompiledNetwork(network, differentiating: network.parameterIDs, rows: 4, threads: 1) == nil)
    }
  }

  @Test func `a batch of another width is refused`() throws {
    var g = Philox(seed: 8)
    let network = Network.linear(inputDimension: 3, outputDimension: 2, using: &g)
    let step = try #require(CompiledNetwork(network, differentiating: network.parameterIDs, rows: 4, threads: 1))
    #expect(throws: ShapeError.self) { try step.forward(network, Matrix(rows: 4, columns: 2), using: &g) }
  }
}
