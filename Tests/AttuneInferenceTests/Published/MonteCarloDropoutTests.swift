import AttuneCore
import AttuneInference
import Foundation
import Testing

/// Dropout at inference, with the numbers of `Tests/References/make_mc_dropout_fixtures.py` where they are about moments.
@Suite struct MonteCarloDropoutTests {
  private func network(inputs: Int = 6, outputs: Int = 1, rate: Float = 0.2) -> Network {
    var generator = Philox(seed: 81)
    return Network.mlp(
      inputDimension: inputs, hidden: [16], outputDimension: outputs, dropout: rate, inputDropout: rate,
      using: &generator)
  }

  private func rows(_ count: Int) -> Matrix {
    var generator = Philox(seed: 82)
    return generator.normal(rows: count, columns: 6)
  }

  private func strategy(samples: Int, precision: Double? = nil) throws -> MonteCarloDropout {
    var configuration = MonteCarloDropout.Configuration()
    (configuration.samples, configuration.precision) = (samples, precision)
    return try MonteCarloDropout(configuration)
  }

  @Test func `the mean over many passes of a linear network is its answer without dropout`() throws {
    // Inverted scaling keeps the expectation, and nothing bends it.
    var generator = Philox(seed: 83)
    let linear = Network.linear(inputDimension: 6, outputDimension: 2, inputDropout: 0.3, using: &generator)
    let batch = rows(10), strategy = try strategy(samples: 20_000)
    var state = try strategy.start(linear, in: AdaptationContext(task: .regression))
    let found = try strategy.predict(batch, &state), expected = try linear.predict(batch)
    // Deviation of a pass below 1.5: six standard errors of the mean are .064.
    #expect(zip(found.elements, expected.elements).allSatisfy { abs($0 - $1) < 0.065 })
    #expect(found != expected)
  }

  @Test func `the mixture has the passes, and their mean is the answer`() throws {
    let batch = rows(7), strategy = try strategy(samples: 600, precision: 4)
    var state = try strategy.start(network(), in: AdaptationContext(task: .regression))
    let found = try strategy.predict(batch, &state)
    let mixture = try #require(strategy.takeDetails(&state).predictive)
    #expect(strategy.takeDetails(&state).predictive == nil)
    #expect(mixture.means.shape == Shape(rows: 7, columns: 600) && mixture.precision == 4)
    for row in 0..<7 {
      let mean = mixture.means.row(row).reduce(0) { $0 + Double($1) } / 600
      #expect(abs(mean - Double(found[row, 0])) < 1e-6)
      #expect(Set(mixture.means.row(row)).count > 100)
    }
  }

  @Test func `a single sample is one pass, another for each batch`() throws {
    let batch = rows(5), strategy = try strategy(samples: 1), network = network()
    var state = try strategy.start(network, in: AdaptationContext(task: .regression)), generator = Philox(seed: 0)
    let first = try strategy.predict(batch, &state)
    #expect(first == (try network.sample(batch, using: &generator)))
    #expect(try strategy.predict(batch, &state) != first)
  }

  @Test func `a classifier answers with the logarithm of the mean probability`() throws {
    let batch = rows(4), strategy = try strategy(samples: 3), network = network(outputs: 3)
    var state = try strategy.start(network, in: AdaptationContext(task: .classification)), generator = Philox(seed: 0)
    let found = try strategy.predict(batch, &state)
    let passes = try network.sample(Matrix.concatenatingRows([batch, batch, batch]), using: &generator).softmax()
    for row in 0..<4 {
      for column in 0..<3 {
        let mean = (0..<3).reduce(0) { $0 + passes[$1 * 4 + row, column] } / 3
        #expect(abs(exp(found[row, column]) - mean) < 1e-6)
      }
    }
  }

  @Test func `variances are those of the reference`() throws {
    struct Fixture: Decodable {
      struct Settings: Decodable { let tau: Double }
      struct Standardization: Decodable { let targetMean, targetScale: Double }
      let settings: Settings
      let standardization: Standardization
      let passes: [[Double]]
      let variance: [Double]
    }
    let file = PublishedFixture.folder.deletingLastPathComponent().appending(path: "mc-dropout/mlp.json")
    let fixture = try JSONDecoder().decode(Fixture.self, from: try Data(contentsOf: file))
    let scale = fixture.standardization
    let means = fixture.variance.indices.map { row in
      fixture.passes.map { Float(($0[row] - scale.targetMean) / scale.targetScale) }
    }
    let mixture = PredictiveMixture(means: Matrix(means), precision: fixture.settings.tau)
    for (found, expected) in zip(mixture.variances(unit: scale.targetScale), fixture.variance) {
      #expect(abs(found / expected - 1) < 1e-5)
    }
  }

  @Test func `what cannot be drawn or have a precision is refused`() throws {
    let error = #expect(throws: MissingDropout.self) {
      _ = try strategy(samples: 2).start(network(rate: 0), in: AdaptationContext(task: .regression))
    }
    #expect(
      error?.description
        == "strategy 'mc-dropout' draws from the network's dropout layers, and the network has none; train one with "
        + "network.dropout or network.inputDropout above 0, or choose another strategy")
    let precise = try strategy(samples: 2, precision: 1)
    let classes = #expect(throws: ConfigValueError.self) {
      _ = try precise.start(network(outputs: 3), in: AdaptationContext(task: .classification))
    }
    #expect(
      classes?.description
        == "precision: is about a single number, and the model has 3 outputs; leave it out, found '1.0'")
    #expect(throws: ConfigValueError.self) { try strategy(samples: 0) }
    #expect(throws: ConfigValueError.self) { try strategy(samples: 1, precision: 0) }
  }
}
