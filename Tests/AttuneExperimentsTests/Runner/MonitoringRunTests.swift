import AttuneCore
import AttuneInference
import AttuneTraining
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct MonitoringRunTests {
  private typealias Small = SmallExperiment

  private static let wild =
    "{name: wild, strategy: tent, statistics: source, optimizer: {kind: adam, learningRate: 0.3}}"
  private static let sorted = "{name: sorted, order: sortedByClass, batchSize: 32}"
  private static let trained = "{name: adam, optimizer: {kind: adam, learningRate: 0.01}, epochs: 20}"

  private func run(monitors: String, _ inference: [String], _ scenarios: [String]) async throws -> ExperimentResults {
    try await Small.run(
      Small.load(
        training: [Self.trained], inference: inference, scenarios: scenarios,
        data: Small.data + "monitors: \(monitors)\n"))
  }

  @Test func `alarms of a strategy that runs away are in the results and the report, and cost it nothing`() async throws
  {
    let arms = [
      Small.none, Self.wild,
      "{name: guarded, strategy: tent, statistics: source, optimizer: {kind: adam, learningRate: 0.3}, recovery: [on-alarm]}",
    ]
    let watched = try await run(monitors: "[collapse, source-distance, aetta, entropy-martingale]", arms, [Self.sorted])
    let free = try await run(monitors: "[]", arms, [Self.sorted])
    #expect(Figures.all(watched) == Figures.all(free))
    func kinds(_ results: ExperimentResults, _ arm: String) throws -> [Set<String>] {
      try #require(results.cell(training: "adam", inference: arm, scenario: "sorted")).events.map {
        Set($0.log.counts.keys)
      }
    }
    #expect(try kinds(watched, "wild") == [["alarm"], ["alarm"]])
    #expect(try kinds(free, "wild").isEmpty)
    // Where answers keep to more classes than a collapse leaves, nothing is done.
    #expect(try kinds(free, "guarded").contains(["alarm", "reset"]))
    func error(_ arm: String) throws -> Double {
      try #require(free.cell(training: "adam", inference: arm, scenario: "sorted")?.quality?.mean)
    }
    let (source, wild, guarded) = (try error("none"), try error("wild"), try error("guarded"))
    #expect(source < guarded && guarded < wild, "\(source), \(guarded), \(wild)")
    #expect(HTMLReport.render(watched).contains("collapse: over 256 rows"))
  }

  @Test func `without being told a classifier is watched for collapse, and a clean stream raises nothing`() async throws
  {
    let experiment = try Small.load(
      training: [Self.trained], inference: [Small.none, Small.tent, Self.wild], scenarios: [Small.clean, Self.sorted])
    let results = try await Small.run(experiment)
    for arm in ["none", "tent"] {
      #expect(results.cell(training: "adam", inference: arm, scenario: "clean")?.events.isEmpty == true)
    }
    #expect(results.cell(training: "adam", inference: "none", scenario: "sorted")?.events.isEmpty == true)
    let events = try #require(results.cell(training: "adam", inference: "wild", scenario: "sorted")?.events.first)
    #expect(events.log.events.first?.message.hasPrefix("collapse: ") == true)
  }
}
