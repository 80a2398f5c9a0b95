import AttuneCore
import AttuneInference
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct IntervalRunTests {
  /// A linear problem with noise of deviation 1, whose noise grows in the second scenario.
  private func load(
    _ inference: [String], scenarios: [String]? = nil, heldOut: String = "heldOut: {fraction: 0.4}",
    task: String = "regression"
  ) throws -> ExperimentConfiguration {
    let loud = "{kind: gaussian-linear, rows: 800, weights: [1, -2], noise: 4}"
    let text = """
      name: intervals
      seeds: [1, 2]
      data:
        source: {kind: gaussian-linear, rows: 1000, weights: [1, -2], noise: 1}
        task: \(task)
        \(heldOut)
      network: {kind: linear}
      training: [{name: ols, solver: least-squares}]
      inference: [\(inference.joined(separator: ", "))]
      scenarios: [\((scenarios ?? ["{name: alike, labelDelay: 0, batchSize: 10}", "{name: loud, labelDelay: 20, batchSize: 10, data: \(loud)}"]).joined(separator: ", "))]
      latencySeconds: 0
      """
    return try .load(bytes: Array(text.utf8), file: "intervals.yaml", registry: .builtIn)
  }

  private static let none = "{strategy: none}"
  private static let split = "{name: split, strategy: none, intervals: {kind: split-conformal, level: 0.8}}"
  private static let adaptive =
    "{name: adaptive, strategy: none, intervals: {kind: adaptive-conformal, level: 0.8, rate: 0.02, window: 200}}"

  private func metric(_ name: StreamMetric, _ inference: String, _ scenario: String, _ results: ExperimentResults)
    -> Double?
  {
    results.cell(training: "ols", inference: inference, scenario: scenario)?.metrics?[name.rawValue]?.mean
  }

  @Test func `intervals hold what they promise, fixed ones until the noise grows`() async throws {
    let results = try await SmallExperiment.run(try load([Self.none, Self.split, Self.adaptive]))
    #expect(results.cells.allSatisfy { $0.failures.isEmpty })
    // 500 rows with each of two seeds, calibrated on 200: standard error 0.025.
    let fixed = try #require(metric(.coverage, "split", "alike", results))
    #expect(abs(fixed - 0.8) < 0.12)
    #expect(try #require(metric(.coverage, "split", "loud", results)) < 0.45)
    let followed = try #require(metric(.coverage, "adaptive", "loud", results))
    #expect(followed > 0.7 && followed < 0.85)
    #expect(metric(.infiniteIntervals, "split", "alike", results) == 0)
    let narrow = try #require(metric(.intervalWidth, "split", "loud", results))
    #expect(try #require(metric(.intervalWidth, "adaptive", "loud", results)) > 2 * narrow)
    // Noise of deviation 1, four fifths within 1.28 to both sides.
    #expect(abs(narrow - 2.56) < 0.4)
    // The answers are the same.
    for scenario in ["alike", "loud"] {
      let cells = ["none", "split", "adaptive"].map { results.cell(training: "ols", inference: $0, scenario: scenario) }
      #expect(Set(cells.map { $0?.perSeed }).count == 1)
      #expect(cells[0]?.coverage == nil && cells[1]?.coverage?.count == (scenario == "loud" ? 80 : 50))
    }
    let arms = results.inferenceArms
    #expect(arms.map(\.usesLabels) == [false, false, false])
    #expect(arms.map { $0.intervals?.usesLabels } == [nil, false, true])
    #expect(arms[1].summary == "the model as it was trained; split conformal intervals of level 0.8")
    let cost = try #require(results.cell(training: "ols", inference: "split", scenario: "alike")?.cost)
    #expect(cost.preparationFlops > 0 && cost.modelBytes > 0)
  }

  @Test func `the report draws and tells the intervals`() async throws {
    let results = try await SmallExperiment.run(try load([Self.none, Self.split, Self.adaptive]))
    let page = HTMLReport.render(results)
    #expect(WellFormedness.failure(of: page) == nil)
    #expect(page.contains("<section id=\"intervals\""))
    #expect(page.contains("Coverage along loud, 80 batches: split from"))
    #expect(page.contains("<td>80.0 %</td>") && page.contains("late, for its intervals only"))
    #expect(page.contains("Late labels reach the prediction intervals of "))
    #expect(page.contains("<section id=\"figures\"") && page.contains("<th scope=\"col\">R²</th>"))
    let text = TerminalTable.render(results, color: false, width: 100)
    #expect(text.contains("loud: prediction intervals\n") && text.contains("mean width"))
    let csv = ResultsCSV.render(results)
    #expect(csv.contains("coverage_mean") && csv.contains("intervalWidth_low") && csv.contains("mse_mean"))
    // What is written reads back.
    let data = try JSONEncoder().encode(results)
    #expect(try JSONDecoder().decode(ExperimentResults.self, from: data).inferenceArms == results.inferenceArms)
  }

  @Test func `too few rows to calibrate on give intervals without an end, everywhere`() async throws {
    let results = try await SmallExperiment.run(
      try load(
        ["{name: wide, strategy: none, intervals: {kind: split-conformal, level: 0.999}}"],
        scenarios: ["{name: alike}"], heldOut: "heldOut: {fraction: 0.1}"))
    #expect(
      metric(.coverage, "wide", "alike", results) == 1 && metric(.infiniteIntervals, "wide", "alike", results) == 1)
    #expect(metric(.intervalWidth, "wide", "alike", results) == nil)
    let page = HTMLReport.render(results)
    #expect(page.contains("<td>99.9 %</td><td>100.0 %</td><td>—</td><td>100.0 %</td>"))
    #expect(TerminalTable.render(results, color: false, width: 100).contains("100.0 %"))
    let lines = ResultsCSV.render(results).split(separator: "\r\n")
    #expect(lines.count == 2 && !lines[0].contains("intervalWidth") && !lines[1].contains("inf"))
  }

  @Test func `an arm that adapts, a window and a reset go with intervals`() async throws {
    let spar = "{name: spar, strategy: spar, intervals: {kind: adaptive-conformal, level: 0.8}}"
    let all = "{name: all, strategy: spar, target: all, intervals: split-conformal}"
    let domains = "domains: [{name: a}, {name: b}]"
    let results = try await SmallExperiment.run(
      try load(
        [Self.none, spar, all],
        scenarios: [
          "{name: window, labelDelay: 3, window: 8, rows: 60}",
          "{name: reset, labelDelay: 3, batchSize: 7, reset: domain, \(domains)}",
          "{name: paced, labelDelay: 3, batchSize: 7, pace: {kind: computation-aware, budget: 1}}",
        ]))
    for cell in results.cells where cell.inference != "none" {
      #expect(cell.failures.isEmpty && cell.coverage?.isEmpty == false, "\(cell.failures)")
      #expect((cell.metrics?["coverage"]?.mean ?? 0) > 0.6)
    }
  }

  @Test(arguments: [
    (
      split, "", "regression", "{name: s}",
      "arm 'split' has intervals of kind split-conformal, which need labeled rows that no model was trained on; add "
        + "data.heldOut, for example heldOut: {fraction: 0.2}"
    ),
    (
      adaptive, "heldOut: {fraction: 0.2}", "regression", "{name: s}",
      "arm 'adaptive' has intervals of kind adaptive-conformal, which need late labels in every scenario, and scenario 's' "
        + "has none; add labelDelay, for example labelDelay: 0"
    ),
  ])
  func `intervals without what they need stop the run before it starts`(
    arm: String, heldOut: String, task: String, scenario: String, message: String
  ) {
    #expect { try load([arm], scenarios: [scenario], heldOut: heldOut, task: task) } throws: { error in
      "\(error)".contains(message)
    }
  }

  @Test(arguments: [
    ("{kind: split-conformal, level: 1}", "level"), ("{kind: split-conformal, rate: 0.1}", "rate"),
    ("{kind: adaptive-conformal, rate: 0}", "rate"), ("{kind: adaptive-conformal, window: 0}", "window"),
    ("split", "split-conformal"),
  ])
  func `a wrong setting of intervals is refused with its place`(settings: String, key: String) {
    #expect { try load(["{strategy: none, intervals: \(settings)}"]) } throws: { error in
      "\(error)".contains("intervals.yaml:") && "\(error)".contains(key)
    }
  }

  @Test func `intervals survive being written and read`() throws {
    let experiment = try load([
      Self.split, Self.adaptive, "{name: plain, strategy: none, intervals: adaptive-conformal}",
    ])
    let again = try ExperimentConfiguration.load(
      bytes: Array(try ConfigWriter.yaml(from: experiment).utf8), file: "again.yaml", registry: .builtIn)
    #expect(again.inference.map(\.intervals) == experiment.inference.map(\.intervals))
    #expect(experiment.inference[2].intervals == .adaptiveConformal(IntervalConfiguration.AdaptiveConformal()))
  }
}
