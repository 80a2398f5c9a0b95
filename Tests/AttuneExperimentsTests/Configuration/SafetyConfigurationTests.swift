import AttuneInference
import Testing

@testable import AttuneExperiments

/// The keys of monitors, of recovery on an alarm, and of the choice of settings.
@Suite struct SafetyConfigurationTests {
  private typealias Small = SmallExperiment

  private func load(_ inference: String, monitors: String? = nil) throws -> ExperimentConfiguration {
    try Small.load(
      training: [Small.sgd], inference: [inference],
      data: Small.data + (monitors.map { "monitors: \($0)\n" } ?? ""))
  }

  private func message(_ inference: String, monitors: String? = nil) -> String? {
    do {
      _ = try load(inference, monitors: monitors)
      return nil
    } catch { return (error as? ConfigError)?.problems.map { "\($0.location): \($0.path): \($0.message)" }.joined() }
  }

  @Test func `monitors have settings, and collapse watches classifiers unless told otherwise`() throws {
    #expect(try load(Small.none).monitors.map(\.description) == ["collapse (window 256, share 0.5, distance 0.5)"])
    #expect(try load(Small.none, monitors: "[]").monitors.isEmpty)
    let given = try load(
      Small.none,
      monitors:
        "[{kind: source-distance, errors: 3}, aetta, {kind: entropy-martingale, significance: 0.05, watched: answers}]")
    #expect(given.monitors.map(\.kind.name) == ["source-distance", "aetta", "entropy-martingale"])
    #expect(given.monitors[0].description == "source-distance (window 256, errors 3.0)")
    #expect(given.monitors.map(\.sourceAccess) == [.statistics, .none, .samples])
    let written = try ConfigWriter.yaml(from: given)
    let again = try ExperimentConfiguration.load(bytes: Array(written.utf8), file: "again.yaml")
    #expect(try ConfigWriter.yaml(from: again) == written)
  }

  @Test func `recovery on an alarm is a part of a recipe`() throws {
    let arm =
      "{strategy: tent, recovery: [{kind: on-alarm, monitors: [{kind: collapse, window: 64}], action: lower-rate}]}"
    let conventions = try #require(try load(arm).inference[0].strategy.strategy.conventions)
    #expect(
      conventions.recovery
        == "on-alarm (monitors [collapse (window 64, share 0.5, distance 0.5)], action lower-rate, cooldown 10)")
  }

  @Test(arguments: [
    (
      "{strategy: tent, recovery: [{kind: on-alarm, action: panic}]}",
      "expected one of reset, source, lower-rate, report"
    ),
    ("{strategy: tent, recovery: [{kind: on-alarm, monitors: [fall]}]}", "unknown kind"),
    ("{strategy: tent, recovery: [{kind: on-alarm, cooldown: -1}]}", "must be at least 0"),
    ("{strategy: tent, choose: {by: luck, among: [{}, {}]}}", "expected one of synthetic-shifts, entropy, consistency"),
    ("{strategy: tent, choose: {by: entropy, among: [{}]}}", "must be at least two alternatives"),
    ("{strategy: tent, choose: {by: entropy, prefix: 2, among: [{}, {}]}}", "must be above 0 and at most 1"),
    ("{strategy: tent, choose: {by: oracle, prefix: 0.5, among: [{}, {}]}}", "does nothing where 'oracle' decides"),
    ("{strategy: tent, choose: {by: oracle, among: [{}, {speed: 2}]}}", "unknown key"),
    ("{strategy: tent, choose: {by: oracle, among: [{}, {timing: {steps: 0}}]}}", "must be at least 1"),
    ("{strategy: tent, choose: {by: oracle, among: [{}, 3]}}", "expected a mapping of settings"),
  ])
  func `what cannot be is an error with its place`(inference: String, expected: String) throws {
    let found = try #require(message(inference))
    #expect(found.contains(expected), "\(found)")
    #expect(found.hasPrefix("small.yaml:"), "\(found)")
  }

  @Test func `alternatives take the place of the arm's settings, key by key, or whole where they name a kind`() throws {
    let arm = """
      {name: tuned, strategy: tent, optimizer: {kind: sgd, learningRate: 0.1, momentum: 0.9}, choose: {by: entropy, \
      among: [{}, {optimizer: {learningRate: 0.01}}, {optimizer: {kind: adam, learningRate: 0.001}, timing: {steps: 2}}]}}
      """
    let experiment = try load(arm), choice = try #require(experiment.inference[0].choice)
    #expect(choice.prefix == 0.25 && choice.criterion == .entropy)
    let titles = choice.titles
    #expect(titles[1].contains("optimizer.learningRate 0.01") && titles[1].contains("optimizer.momentum 0.9"))
    #expect(titles[2].contains("optimizer.kind adam") && titles[2].contains("timing.steps 2"))
    // Written with all settings and read again, they are the same.
    let written = try ConfigWriter.yaml(from: experiment)
    let again = try ExperimentConfiguration.load(bytes: Array(written.utf8), file: "again.yaml")
    #expect(try ConfigWriter.yaml(from: again) == written)
    #expect(again.inference[0].choice?.titles == titles)
  }

  @Test func `synthetic shifts need training rows, and an alternative may`() throws {
    func access(_ by: String, _ other: String) throws -> SourceAccess {
      try load("{strategy: tent, choose: {by: \(by), among: [{}, \(other)]}}").inference[0].sourceAccess
    }
    #expect(try access("entropy", "{}") == .none)
    #expect(try access("synthetic-shifts", "{}") == .samples)
    #expect(try access("entropy", "{recovery: [fisher]}") == .samples)
  }
}
