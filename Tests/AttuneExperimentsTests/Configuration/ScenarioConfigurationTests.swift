import AttuneCore
import AttuneData
import AttuneInference
import Testing

@testable import AttuneExperiments

@Suite struct ScenarioConfigurationTests {
  private typealias Small = SmallExperiment

  private func scenario(_ text: String) throws -> ScenarioConfiguration {
    try Small.load(scenarios: [text]).scenarios[0]
  }

  @Test(arguments: [
    ("sortedByClass", "sorted by class"), ("dirichlet-slots", "Dirichlet(0.1) over slots"),
    ("{kind: dirichlet-slots, concentration: 1, slots: 5}", "Dirichlet(1.0) over slots"),
    ("{kind: dirichlet-chunks, concentration: 0.5, minimumRows: 5}", "Dirichlet(0.5) over chunks"),
    ("dominant-class", "one class dominates alone"),
    ("{kind: dominant-class, ratio: 500}", "one class dominates 500.0 : 1"),
    ("{kind: long-tail, exponent: 2}", "class frequencies by Zipf's law, exponent 2.0"),
    ("{kind: long-tail, prior: step, ratio: 4}", "half of the classes 4.0 times as frequent"),
  ])
  func `orders are read by name or with settings, and written so that they read back`(
    text: String, summary: String
  ) throws {
    let experiment = try Small.load(scenarios: ["{name: s, order: \(text)}"])
    let order = try #require(experiment.scenarios[0].order)
    #expect(order.summary == summary)
    let again = try ExperimentConfiguration.load(
      bytes: Array(ConfigWriter.yaml(from: experiment).utf8), file: "again.yaml")
    #expect(again.scenarios[0].order == order)
  }

  @Test func `all keys of a scenario read back`() throws {
    let experiment = try Small.load(scenarios: [
      """
      {name: s, rows: 9, order: shuffled, mix: sequence, reset: domain, pace: {kind: computation-aware, budget: 2},
      domains: [{name: a}, {name: b, shifts: [{kind: brightness}]}]}
      """, "{name: t, window: 4}",
    ])
    let text = try ConfigWriter.yaml(from: experiment)
    let again = try ExperimentConfiguration.load(bytes: Array(text.utf8), file: "again.yaml")
    #expect(try ConfigWriter.yaml(from: again) == text)
    let first = again.scenarios[0], second = again.scenarios[1]
    #expect(
      first.rows == 9 && first.reset == .domain && first.pace?.budget == 2 && first.domains.map(\.name) == ["a", "b"])
    #expect(first.summary == "domains: a, b")
    #expect(second.window == 4 && second.batchSize == 1 && second.reset == .never)
  }

  @Test(arguments: [
    ("mix: mixed", "does nothing without 'domains'"), ("gradual: true", "does nothing without 'domains'"),
    ("domains: []", "must be one domain or more"),
    ("domains: [{name: a}, {name: a}]", "two domains have the same name"),
    ("shifts: [{kind: brightness}], domains: [{name: a}]", "must be left out beside 'domains'"),
    ("domains: [{name: a}], gradual: true", "needs a shift with severities in every domain"),
    ("domains: [{name: a}], mix: mixed, gradual: true", "must be false where domains are mixed"),
    ("domains: [{name: a}], mix: mixed, order: asGiven", "must be another one where domains are mixed"),
    ("reset: domain", "must be 'never' or 'batch' without 'domains' in sequence"),
    ("reset: batch, labelDelay: 3", "does nothing where a reset before every batch forgets"),
    ("window: 1", "must be an integer of at least 2"), ("window: 4, batchSize: 8", "must be 1 beside 'window'"),
    ("window: 4, reset: batch", "must be 'never' or 'domain' beside 'window'"),
    ("window: 4, pace: computation-aware", "must be left out beside 'window'"),
    ("pace: {kind: computation-aware, budget: 0}", "must be a number above 0"), ("rows: 0", "at least 1"),
    ("reset: sometimes", "never"), ("order: {kind: dirichlet-slots, slots: 0}", "must be an integer of at least 1"),
    ("order: {kind: dirichlet-chunks, concentration: 0}", "must be a number above 0"),
    ("order: {kind: dominant-class, ratio: 0.5}", "must be a number of at least 1"),
    ("order: dirichlet", "dirichlet-chunks"), ("order: {kind: dirichlet-slots, chunks: 3}", "chunks"),
  ])
  func `a wrong setting is an error with its reason`(text: String, reason: String) {
    let error = #expect(throws: ConfigError.self) { try scenario("{name: s, \(text)}") }
    #expect("\(error.map { "\($0)" } ?? "")".contains(reason), "\(error.map { "\($0)" } ?? "")")
  }

  @Test func `strategies of the command line take the place of the arms`() throws {
    let registry = EventTests.registry
    let all = try ExperimentConfiguration.arms(of: "all", in: registry)
    #expect(all == registry.all.map(\.name) && all.contains("talkative"))
    #expect(try ExperimentConfiguration.arms(of: "tent, none", in: registry) == ["tent", "none"])
    let text = """
      name: small
      \(Small.data)
      training: [\(Small.sgd)]
      inference: [\(Small.batch)]
      baseline: bn
      scenarios: [\(Small.clean)]
      """
    let experiment = try ExperimentConfiguration.load(
      bytes: Array(text.utf8), file: "small.yaml", inference: ["tent", "none"])
    #expect(experiment.inference.map(\.name) == ["tent", "none"] && experiment.baselineName == "none")
    let unknown = #expect(throws: ConfigValueError.self) { try ExperimentConfiguration.arms(of: "tnt", in: registry) }
    #expect(unknown?.message == "unknown strategy" && unknown?.given == "tnt")
    #expect(throws: ConfigValueError.self) { try ExperimentConfiguration.arms(of: "none,none", in: registry) }
  }
}
