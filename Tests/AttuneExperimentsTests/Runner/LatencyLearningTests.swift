import AttuneCore
import AttuneInference
import Foundation
import Synchronization
import Testing

@testable import AttuneExperiments

/// What spies were asked, by the name in their settings.
private let calls = Mutex<[String: [Call]]>([:])

private enum Call: Equatable {
  case predict(rows: [Int])
  case learn(rows: [Int], classes: [Int])
}

private struct SpySettings: Codable, Sendable {
  var log: String
  var microseconds = 0
}

/// Writes down its calls, and takes its time to learn; the first feature of a row is its number.
private struct SlowLearner: AdaptationStrategy {
  static let name = "slow-learner", summary = "takes its time to learn", usesLabels = true
  let configuration: SpySettings
  init(_ configuration: SpySettings) { self.configuration = configuration }

  func start(_ network: Network, in context: AdaptationContext) -> Network { network }

  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    note(.predict(rows: rows(of: batch)))
    return try state.predict(batch)
  }

  func learn(from feedback: Feedback, _ state: inout Network) {
    usleep(UInt32(configuration.microseconds))
    note(.learn(rows: rows(of: feedback.inputs), classes: feedback.targets.rowArgmax))
  }

  private func rows(of matrix: Matrix) -> [Int] { (0..<matrix.rows).map { Int(matrix[$0, 0]) } }

  private func note(_ call: Call) { calls.withLock { $0[configuration.log, default: []].append(call) } }
}

@Suite struct LatencyLearningTests {
  private static func take(_ log: String) -> [Call] { calls.withLock { $0.removeValue(forKey: log) ?? [] } }

  /// Rows 10 to 49 are the stream; their class is the row modulo 3.
  private func measure(
    scenarios: [String], microseconds: Int, queries: Int = 10
  ) async throws -> (calls: [Call], latencies: [LatencyKey: LatencySummary], steps: Int) {
    var registry = StrategyRegistry.builtIn
    registry.register(SlowLearner.self)
    let log = UUID().uuidString
    return try await SmallExperiment.inFolder { folder in
      let data = try SmallExperiment.numberedRows(in: folder)
      let experiment = try SmallExperiment.load(
        training: [SmallExperiment.adam],
        inference: ["{name: slow, strategy: slow-learner, log: \(log), microseconds: \(microseconds)}"],
        scenarios: scenarios, data: data, registry: registry)
      let run = UnitRun(
        experiment: experiment, data: try ExperimentData(experiment.data, folder: ""), folder: try RunFolder(folder))
      try run.folder.makeSubfolders()
      _ = try run.run(experiment.training[0], seed: 3)
      _ = Self.take(log)
      var measurement = LatencyMeasurement()
      measurement.queries = queries
      measurement.window = 1
      measurement.windowLimit = 1
      var steps = 0
      let latencies = try LatencyPhase(run: run, measurement: measurement).measure { steps = max(steps, $1) }
      return (Self.take(log), latencies, steps)
    }
  }

  private func key(_ size: Int, isLabeled: Bool) -> LatencyKey {
    LatencyKey(training: "adam", inference: "slow", batchSize: size, isLabeled: isLabeled)
  }

  @Test func `with late labels a query learns from the batch before, then answers its own`() async throws {
    let found = try await measure(
      scenarios: ["{name: late, batchSize: 16, labelDelay: 0}"], microseconds: 2_000)
    // Single rows, then batches of 16: a query of the warm-up and ten timed ones each, without the rest of 8 rows.
    func expected(_ batches: [[Int]]) -> [Call] {
      (0..<11).flatMap { index -> [Call] in
        let before = batches[(index + batches.count - 1) % batches.count]
        let learning = index == 0 ? [] : [Call.learn(rows: before, classes: before.map { $0 % 3 })]
        return learning + [.predict(rows: batches[index % batches.count])]
      }
    }
    #expect(found.calls == expected((10..<50).map { [$0] }) + expected([Array(10..<26), Array(26..<42)]))
    #expect(found.latencies.count == 2)
    for size in [1, 16] { #expect(try #require(found.latencies[key(size, isLabeled: true)]).p50 >= 2_000) }
  }

  @Test func `without late labels a query is an answer alone`() async throws {
    let found = try await measure(scenarios: ["{name: never, batchSize: 16}"], microseconds: 2_000)
    #expect(found.calls.count == 22)
    #expect(!found.calls.contains { if case .learn = $0 { true } else { false } })
    #expect(try #require(found.latencies[key(16, isLabeled: false)]).queries == 10)
  }

  @Test func `scenarios with and without labels have figures of their own`() async throws {
    let found = try await measure(
      scenarios: ["{name: never, batchSize: 8}", "{name: late, batchSize: 16, labelDelay: 4}"], microseconds: 20_000)
    #expect(found.steps == 4)
    #expect(
      Set(found.latencies.keys) == [
        key(1, isLabeled: false), key(8, isLabeled: false), key(1, isLabeled: true), key(16, isLabeled: true),
      ])
    let plain = try #require(found.latencies[key(1, isLabeled: false)])
    let late = try #require(found.latencies[key(1, isLabeled: true)])
    #expect(plain.p50 < 20_000 && late.p50 >= 20_000)
  }

  @Test func `a strategy that asks for no labels shares its figure among such scenarios`() async throws {
    let scenarios = ["{name: never, batchSize: 16}", "{name: late, batchSize: 16, labelDelay: 0}"]
    let results = try await SmallExperiment.run(
      SmallExperiment.load(
        training: [SmallExperiment.sgd], inference: [SmallExperiment.none], scenarios: scenarios))
    let costs = results.cells.map(\.cost)
    #expect(costs.count == 2 && costs[0].single != nil && costs[0].batch != nil)
    #expect(costs[0].single == costs[1].single && costs[0].batch == costs[1].batch)
  }
}
