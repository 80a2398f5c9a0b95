import AttuneCore
import Testing

/// Compiled passes with chosen statistics against the tape, which is their reference.
@Suite struct CompiledPassesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let widths: [Int]
    let activation: ActivationFunction
    var dropout: Float = 0
  }
  static let cases = [
    Case(testDescription: "two layers", widths: [33, 65, 31, 10], activation: .relu),
    Case(testDescription: "odd widths, with dropout layers", widths: [7, 13, 1, 3], activation: .gelu, dropout: 0.4),
    Case(testDescription: "three layers", widths: [64, 128, 64, 40, 5], activation: .tanh),
    Case(testDescription: "linear", widths: [9, 4], activation: .relu),
  ]
  static let policies: [NormalizationPolicy] = [
    .batch, .running, .blend(weight: 1, variance: .unbiased), .blend(weight: 0.8, variance: .biased),
    .blend(weight: 0.1, variance: .unbiased), .blend(weight: 0, variance: .biased),
  ]
  /// Sums in another order, through the layers: relative to the largest element of a matrix.
  private static let tolerance: Float = 1e-5

  /// A network whose batch norm has numbers of its own.
  private static func network(_ example: Case, _ g: inout Philox) -> Network {
    var network = Network.mlp(
      inputDimension: example.widths[0], hidden: Array(example.widths[1..<(example.widths.count - 1)]),
      outputDimension: example.widths[example.widths.count - 1], activation: example.activation, batchNorm: true,
      dropout: example.dropout, using: &g)
    for layer in network.normalizationLayers {
      let width = network[normalization: layer].dimension
      network[normalization: layer].gamma = g.uniform(rows: 1, columns: width, in: 0.5..<1.5)
      network[normalization: layer].beta = g.uniform(rows: 1, columns: width, in: -0.5..<0.5)
      network[normalization: layer].runningMean = g.uniform(rows: 1, columns: width, in: -0.5..<0.5)
      network[normalization: layer].runningVariance = g.uniform(rows: 1, columns: width, in: 0.2..<1.5)
    }
    return network
  }

  private func expectClose(_ found: Matrix, _ expected: Matrix, _ what: String) {
    let scale = expected.elements.reduce(Float(1e-3)) { max($0, abs($1)) }
    let difference = zip(found.elements, expected.elements).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    #expect(found.shape == expected.shape && difference <= Self.tolerance * scale, "\(what): \(difference) of \(scale)")
  }

  @Test(arguments: cases, policies)
  func `logits, features, statistics and gradients are the tape's`(
    example: Case, policy: NormalizationPolicy
  ) throws {
    var g = Philox(seed: 11).fork(example.testDescription)
    let network = Self.network(example, &g), parameters = network.normalizationParameterIDs
    let passes = try #require(CompiledPasses(network, differentiating: parameters))
    for rows in [64, 1, 2, 31, 200, 33] {
      let x = g.normal(rows: rows, columns: network.inputDimension)
      let slope = g.normal(rows: rows, columns: network.outputDimension)
      let tape = Tape()
      let expected = try network.forward(x, on: tape, differentiating: parameters, statistics: policy)
      let found = try #require(try passes.forward(network, x, statistics: policy))
      let gradients = found.gradients(network, along: slope)
      expectClose(found.output, expected.output.value, "\(rows) rows, output")
      expectClose(found.features, expected.features.value, "\(rows) rows, features")
      #expect(found.statistics.keys.sorted() == expected.statistics.keys.sorted())
      for (layer, wanted) in expected.statistics {
        let used = try #require(found.statistics[layer])
        expectClose(used.mean, wanted.mean, "\(rows) rows, mean of layer \(layer)")
        expectClose(used.variance, wanted.variance, "\(rows) rows, variance of layer \(layer)")
        expectClose(used.batchMean, wanted.batchMean, "\(rows) rows, batch mean of layer \(layer)")
        expectClose(used.batchVariance, wanted.batchVariance, "\(rows) rows, batch variance of layer \(layer)")
        #expect(used.batchWeight == wanted.batchWeight && used.varianceCorrection == wanted.varianceCorrection)
      }
      let loss = (expected.output * tape.constant(slope)).sum()
      let wanted = tape.gradients(of: loss, withRespectTo: expected.parameters.map(\.variable))
      #expect(gradients.count == wanted.count)
      for (index, id) in parameters.enumerated() {
        // One or two rows standardize to the same numbers, whatever they are: what comes through is rounding.
        if rows <= 2, id.layer != network.normalizationLayers.last, policy == .batch || policy == Self.policies[2] {
          continue
        }
        expectClose(gradients[index], wanted[index], "\(rows) rows, \(id)")
      }
    }
  }

  @Test func `threads and the passes before change no bit`() throws {
    var g = Philox(seed: 12)
    let network = Self.network(Case(testDescription: "", widths: [300, 400, 200, 10], activation: .relu), &g)
    let parameters = network.normalizationParameterIDs,
      policy = NormalizationPolicy.blend(weight: 0.7, variance: .biased)
    let x = g.normal(rows: 70, columns: 300), slope = g.normal(rows: 70, columns: 10)
    var kept: (Matrix, [Matrix])?
    let before = OpenBLAS.threads
    defer { OpenBLAS.threads = before }
    for threads in [1, 2, 1] {
      OpenBLAS.threads = threads
      let passes = try #require(CompiledPasses(network, differentiating: parameters))
      let pass = try #require(try passes.forward(network, x, statistics: policy))
      // Another pass between the two halves of this one, and one that leaves numbers behind that are not finite.
      let other = try #require(
        try passes.forward(network, Matrix(rows: 128, columns: 300, repeating: .nan), statistics: .batch))
      _ = other.gradients(network, along: Matrix(rows: 128, columns: 10, repeating: .nan))
      let result = (pass.output, pass.gradients(network, along: slope))
      if let kept { #expect(kept.0 == result.0 && kept.1 == result.1, "\(threads) threads") }
      kept = result
    }
  }

  @Test func `networks of one layout keep their own numbers`() throws {
    var g = Philox(seed: 13)
    let example = Case(testDescription: "", widths: [20, 30, 4], activation: .relu)
    let first = Self.network(example, &g), parameters = first.normalizationParameterIDs
    var second = Self.network(example, &g)
    second[normalization: 1].epsilon = 0.5
    let x = g.normal(rows: 16, columns: 20)
    for network in [first, second, first] {
      let passes = try #require(CompiledPasses(network, differentiating: parameters))
      let found = try #require(try passes.forward(network, x, statistics: .batch))
      expectClose(found.output, try network.forward(x, on: Tape(), statistics: .batch).output.value, "output")
    }
  }

  @Test func `no rows, or too many, are left to the tape, and another width is refused`() throws {
    var g = Philox(seed: 14)
    let network = Self.network(Case(testDescription: "", widths: [3, 4, 2], activation: .relu), &g)
    let passes = try #require(CompiledPasses(network, differentiating: network.parameterIDs))
    #expect(try passes.forward(network, Matrix(rows: 0, columns: 3), statistics: .running) == nil)
    #expect(try passes.forward(network, Matrix(rows: 1025, columns: 3), statistics: .batch) == nil)
    #expect(throws: ShapeError(operation: "network", expected: "3 input features", found: "2 columns")) {
      try passes.forward(network, Matrix(rows: 4, columns: 2), statistics: .batch)
    }
    let other = try Network([.batchNorm(BatchNorm(dimension: 3))] + network.layers)
    #expect(CompiledPasses(other, differentiating: other.parameterIDs) == nil)
  }
}
