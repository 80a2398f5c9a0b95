import AttuneInference
import Testing

@testable import AttuneExperiments

/// The keys of strategies that acquire inputs.
@Suite struct AcquisitionConfigurationTests {
  private typealias Small = SmallExperiment

  private func load(_ inference: String) throws -> ExperimentConfiguration {
    try Small.load(training: [Small.sgd], inference: [inference])
  }

  private func message(_ inference: String) -> String? {
    do {
      _ = try load(inference)
      return nil
    } catch { return (error as? ConfigError)?.problems.map { "\($0.path): \($0.message)" }.joined() }
  }

  @Test(arguments: [
    "{strategy: gdfs, stop: {kind: budget, budget: 3}, costs: {x0: 2.5}, curve: [1, 2, 4], hidden: [64], patience: 5}",
    "{strategy: gdfs, stop: {kind: confidence, probability: 0.8}, startTemperature: 2, endTemperature: 0.5}",
    "{strategy: dime, stop: {kind: penalized, lambda: 0.05}, scaling: positive, exploration: 0.1}",
    "{strategy: greedy-information, kind: discrete, levels: 3, curve: [1]}",
    "{strategy: static-selection, ranking: mutual-information, epochs: 5, curve: [0, 1]}",
  ]) func `settings stand beside the strategy, and are written as they were read`(arm: String) throws {
    let written = try ConfigWriter.yaml(from: try load(arm))
    let again = try ExperimentConfiguration.load(bytes: Array(written.utf8), file: "again.yaml")
    #expect(try ConfigWriter.yaml(from: again) == written)
  }

  @Test func `the values of a file arrive`() throws {
    let arm = "{strategy: dime, stop: {kind: penalized, lambda: 0.05}, costs: {x0: 2.5}, curve: [1, 2]}"
    let strategy = try #require(try load(arm).inference[0].strategy.strategy as? DIME)
    #expect(strategy.configuration.stop == .penalized(lambda: 0.05))
    #expect(strategy.configuration.costs == ["x0": 2.5])
    #expect(strategy.configuration.curve == [1, 2])
    #expect(strategy.configuration.scaling == .bounded)
  }

  @Test(arguments: [
    ("{strategy: gdfs, stop: {kind: budgets}}", "unknown kind"),
    ("{strategy: gdfs, stop: {kind: budget, budget: -1}}", "must be at least 0"),
    ("{strategy: gdfs, stop: {kind: budget, lambda: 1}}", "unknown key"),
    ("{strategy: gdfs, costs: {x0: 0}}", "must be a finite number above 0"),
    ("{strategy: gdfs, curve: [2, 1]}", "each above the one before it"),
    ("{strategy: gdfs, hiden: [3]}", "unknown key"),
    ("{strategy: dime, scaling: soft}", "expected one of bounded, positive, none"),
    ("{strategy: static-selection, ranking: l2}", "expected one of l1, permutation, mutual-information"),
    ("{strategy: static-selection, stop: {kind: penalized}}", "must be a budget"),
    ("{strategy: greedy-information, levels: 1}", "must be at least 2"),
  ]) func `wrong settings are errors`(arm: String, expected: String) throws {
    let text = try #require(message(arm))
    #expect(text.contains(expected), "\(text)")
  }

  @Test func `center is a kind of preprocessing`() throws {
    let data = Small.data.replacing("{kind: scale, factor: 0.0625}", with: "center")
    let configuration = try Small.load(training: [Small.sgd], inference: [Small.none], data: data)
    #expect(configuration.data.preprocessing == .center)
    let written = try ConfigWriter.yaml(from: configuration)
    #expect(written.contains("preprocessing: center"))
  }
}
