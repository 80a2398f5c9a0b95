import AttuneCore
import Testing

@testable import AttuneExperiments

@Suite struct ExpectedOutcomeTests {
  private func figure(_ text: String) throws -> ExpectedFigure {
    try decode(ExpectedFigure.self, text)
  }

  private func outcome(_ text: String, _ values: [Double?], against others: [Double?] = []) throws -> ExpectedOutcome {
    ExpectedOutcome(try figure(text), place: ["clean", "a", "b"], metric: "error", values: values, others: others)
  }

  @Test func `the mean over the seeds decides, and has an interval`() throws {
    let found = try outcome("{value: 2, tolerance: 0.1}", [1, 2, nil, 3])
    #expect(found.isMet && found.found == 2 && found.perSeed == [1, 2, 3])
    // t(0.975, 2) = 4.302653, s = 1.
    let interval = try #require(found.interval)
    #expect(abs(interval.high - (2 + 4.302653 / 3.0.squareRoot())) < 1e-6)
    let one = try outcome("{value: 2, tolerance: 0.1}", [2.2])
    #expect(!one.isMet && one.interval == nil && one.found == 2.2)
    let none = try outcome("{minimum: 0}", [nil, nil])
    #expect(!none.isMet && none.found == nil)
  }

  @Test func `a comparison is of pairs of the same seed`() throws {
    let below = "{below: {inference: none}}"
    let found = try outcome(below, [1, 2, nil, 5], against: [2, 2.5, 9, nil])
    #expect(found.isMet && found.found == -0.75 && found.perSeed == [-1, -0.5])
    #expect(found.own == 1.5 && found.other == 2.25)
    #expect(try !outcome(below, [2], against: [2]).isMet)
    #expect(try !outcome("{above: {inference: none}}", [1], against: [2]).isMet)
    #expect(try outcome("{above: {inference: none}}", [3], against: [2]).isMet)
  }

  @Test func `a margin is reached on its edge, whatever rounding does`() throws {
    // 0.3 - 0.1 is a little less than 0.2.
    #expect(try outcome("{above: {inference: none, margin: 0.2}}", [0.3], against: [0.1]).isMet)
    #expect(try !outcome("{above: {inference: none, margin: 0.2}}", [0.299], against: [0.1]).isMet)
    #expect(try outcome("{below: {inference: none, margin: 0.2}}", [0.1], against: [0.3]).isMet)
  }

  @Test func `where seeds are counted, the mean does not decide`() throws {
    let text = "{below: {inference: none, seeds: 3}}"
    // Three fall a little, one rises so far that the mean does.
    let found = try outcome(text, [1, 1, 1, 9], against: [1.5, 1.5, 1.5, 1])
    #expect(found.isMet && (found.found ?? 0) > 0)
    #expect(try !outcome(text, [1, 1, 9, 0], against: [1.5, 1.5, 1, 0]).isMet)
  }

  @Test func `what is expected in words`() throws {
    #expect(try figure("{below: {inference: none}}").text == "below none")
    #expect(
      try figure("{above: {training: a, inference: b, margin: 0.15, seeds: 4}}").text
        == "above a, b by 0.15 or more, in 4 or more seeds")
  }

  @Test(
    arguments: [
      ("{}", "must be there, or 'minimum', 'maximum', 'below' or 'above'"),
      ("{value: 1, below: {inference: a}}", "cannot stand beside bounds or a comparison"),
      ("{above: {inference: b}, below: {inference: a}}", "cannot stand beside bounds or a comparison"),
      ("{below: {margin: 1}}", "must be there, or 'training', 'scenario' or 'learner'"),
      ("{below: {inference: a, margin: -1}}", "margin: must be at least 0"),
      ("{below: {inference: a, seeds: 0}}", "seeds: must be an integer of at least 1"),
      ("{below: {inferense: a}}", "unknown key; did you mean 'inference'?"),
      ("{minimum: 1, tolerance: 0.1}", "does nothing without 'value'"),
      ("{value: 1, published: 1}", "says what 'value' says"),
      ("{value: 1, features: []}", "must be at least one number of inputs"),
    ])
  func `a figure that cannot be checked is refused`(text: String, message: String) {
    let error = errorText { try figure(text) }
    #expect(error.contains(message), "\(error)")
  }

  @Test func `figures of a curve and comparisons of a run`() async throws {
    let expect = """
      \(SmallExperiment.data)
      expect:
        - {inference: few, scenario: clean, features: [1], metric: logLoss, minimum: 0}
        - {inference: few, scenario: clean, features: [1, 20], metric: logLoss, minimum: 0}
        - {inference: few, scenario: clean, features: [20], below: {inference: none, margin: 1}}
        - {inference: few, scenario: clean, features: [3], minimum: 0}
        - {inference: few, scenario: clean, above: {inference: none}}
      """
    let experiment = try SmallExperiment.load(
      training: [SmallExperiment.adam],
      inference: [SmallExperiment.none, "{name: few, strategy: input-selection, count: 2, curve: [1, 20]}"],
      scenarios: [SmallExperiment.clean],
      data: expect)
    let results = try await SmallExperiment.run(experiment)
    let outcomes = try #require(results.expected)
    let cell = try #require(results.cell(training: "adam", inference: "few", scenario: "clean"))
    let points = try #require(cell.curve)
    let figures = points.compactMap { $0.metrics["logLoss"]?.mean }
    try #require(figures.count == 2)
    #expect(abs((outcomes[0].found ?? 0) - figures[0]) < 1e-12)
    #expect(abs((outcomes[1].found ?? 0) - (figures[0] + figures[1]) / 2) < 1e-12)
    // The other figure has no curve.
    #expect(!outcomes[2].isMet && outcomes[2].own == nil && outcomes[2].found == nil)
    // Not a point of the curve.
    #expect(!outcomes[3].isMet && outcomes[3].found == nil)
    let plain = results.cell(training: "adam", inference: "none", scenario: "clean")?.quality?.mean ?? 0
    #expect(outcomes[4].own == cell.quality?.mean && outcomes[4].other == plain)
    #expect(abs((outcomes[4].found ?? 0) - ((cell.quality?.mean ?? 0) - plain)) < 1e-12)
    let text = TerminalTable.render(results, color: false, width: 160)
    #expect(text.contains("log loss with 1 input") && text.contains("above none") && text.contains(" against "))
    let read = try decode([ExpectedFigure].self, ConfigWriter.yaml(from: experiment.expect))
    #expect(read == experiment.expect)
  }

  @Test func `names of the other figure must be known, and another`() {
    func loading(_ figure: String) -> String {
      errorText { try SmallExperiment.load(data: SmallExperiment.data + "expect: [{\(figure)}]\n") }
    }
    let start = "inference: tent, scenario: clean, below: "
    #expect(loading(start + "{inference: nobody}").contains("[0]: no inference has this name, found 'nobody'"))
    #expect(loading(start + "{learner: x}").contains("has the key 'learner', which is for another kind"))
    #expect(loading(start + "{inference: tent}").contains("[0] compares a figure with itself"))
  }
}
