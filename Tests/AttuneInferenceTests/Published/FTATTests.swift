import AttuneCore
import AttuneInference
import AttuneTraining
import Foundation
import Testing

@Suite struct FTATTests {
  /// The published problem's first two classes.
  private func binary(_ problem: PublishedProblem) throws -> Network {
    var layers = problem.network.layers
    guard case .linear(let last)? = layers.popLast() else { return problem.network }
    let bias = last.bias.map { Matrix(row: $0.elements.prefix(2)) }
    return try Network(layers + [.linear(Linear(weight: last.weight.rows(0..<2), bias: bias))])
  }

  private func context(_ problem: PublishedProblem) -> AdaptationContext {
    var context = problem.context
    context.source?.classShares = [0.6, 0.4]
    return context
  }

  private func descent(_ rates: [Double]) -> FTAT.Configuration {
    var settings = FTAT.Configuration(), rule = SGD.Configuration()
    rule.momentum = 0
    (settings.optimizer, settings.learningRates, settings.asPublished) = (.sgd(rule), rates, true)
    // The fixtures' limit: shares of neighbors can equal .3.
    settings.disagreement = 0.31
    return settings
  }

  private func check(_ settings: FTAT.Configuration, _ variant: String) throws {
    let problem = try PublishedProblem()
    let expected = try #require(try PublishedFixture.load("ftat").variant(variant).probabilityOfOne)
    var running = try FTAT(settings).run(try binary(problem), in: context(problem))
    for (index, (batch, expected)) in zip(problem.batches, expected).enumerated() {
      let p = try running.predict(batch).softmax()
      let worst = expected.indices.map { abs(p[$0, 1] - expected[$0]) }.max() ?? .infinity
      #expect(worst < 1e-4, "\(variant), batch \(index): off by \(worst)")
    }
  }

  @Test func `answers are those of the published code`() throws {
    try check(descent([1e-5, 5e-4, 1e-4]), "asPublished")
    var fast = descent([0.01, 0.05, 0.1])
    fast.statistics = .source
    try check(fast, "sourceStatistics")
    (fast.statistics, fast.smoothing) = (.batch, 0.3)
    try check(fast, "faster")
  }

  /// The objective of one copy, as in the paper: the mean of H(p) |p₁ − p₀|.
  private func objective(_ network: Network, _ batch: Matrix) throws -> Double {
    let p = softmax(try network.predict(batch).lists)
    return p.reduce(0) { $0 - ($1[0] * log($1[0]) + $1[1] * log($1[1])) * abs($1[1] - $1[0]) } / Double(p.count)
  }

  @Test func `each copy steps against the gradient of its objective, at its own rate`() throws {
    let problem = try PublishedProblem(), network = try binary(problem), batch = problem.batches[0]
    var settings = descent([0, 1e-3])
    (settings.asPublished, settings.statistics, settings.disagreement) = (false, .source, 1)
    let strategy = try FTAT(settings)
    var state = try strategy.start(network, in: context(problem))
    _ = try strategy.predict(batch, &state)
    #expect(state.networks[0] == network)
    for id in [ParameterID(layer: 0, role: .weight), ParameterID(layer: 6, role: .bias)] {
      for element in [0, 1] {
        var up = network, down = network
        up[id][0, element] += 1e-2
        down[id][0, element] -= 1e-2
        let slope = try (objective(up, batch) - objective(down, batch)) / 2e-2
        let moved = Double(state.networks[1][id][0, element] - network[id][0, element])
        #expect(abs(moved + 1e-3 * slope) < 2e-6 + 0.02 * abs(1e-3 * slope), "\(id), \(element)")
      }
    }
  }

  @Test func `the prior moves towards the shares of the confident rows`() throws {
    // One input is the logit: 30 rows at −3 and 10 at 3, all of them confident.
    let network = try Network([.linear(Linear(weight: Matrix(rows: 2, columns: 1, [0, 1]), bias: nil))])
    var settings = descent([0])
    settings.asPublished = false
    let strategy = try FTAT(settings)
    let shares = AdaptationContext(
      task: .classification, source: SourceStatistics(inputs: Matrix(rows: 4, columns: 1), classShares: [0.5, 0.5]))
    var state = try strategy.start(network, in: shares)
    let batch = Matrix(rows: 40, columns: 1, (0..<40).map { $0 < 30 ? -3 : 3 })
    _ = try strategy.predict(batch, &state)
    #expect(abs(state.prior[1] - (0.9 * 0.5 + 0.1 * 0.25)) < 1e-9)
    for _ in 0..<100 { _ = try strategy.predict(batch, &state) }
    #expect(abs(state.prior[1] - 0.25) < 1e-3)
    // Only one class predicted: nothing to solve.
    let before = state.prior
    _ = try strategy.predict(Matrix(rows: 3, columns: 1, repeating: 4), &state)
    #expect(state.prior == before)
  }

  @Test func `an answer without adapting is the next prediction`() throws {
    let problem = try PublishedProblem(), strategy = try FTAT()
    var state = try strategy.start(try binary(problem), in: context(problem))
    for batch in problem.batches.prefix(3) {
      let answer = try strategy.answer(batch, state)
      #expect(try strategy.predict(batch, &state) == answer)
    }
  }

  @Test func `other than two classes are refused`() throws {
    let problem = try PublishedProblem()
    let error = #expect(throws: BinaryOnly.self) { try FTAT().start(problem.network, in: problem.context) }
    #expect(
      error?.description
        == "strategy 'ftat' is for two classes, and the model has 5; choose another strategy")
    #expect(throws: ClassificationOnly(strategy: "ftat")) {
      try FTAT().start(problem.network, in: AdaptationContext(task: .regression))
    }
    var settings = FTAT.Configuration()
    settings.learningRates = []
    #expect(throws: ConfigValueError("must name at least one rate", key: "learningRates")) { try FTAT(settings) }
  }
}
