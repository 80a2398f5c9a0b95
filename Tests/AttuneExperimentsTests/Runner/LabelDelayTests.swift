import AttuneCore
import AttuneInference
import Foundation
import Synchronization
import Testing

@testable import AttuneExperiments

/// What spies saw, by the name in their settings.
private let sightings = Mutex<[String: [Sighting]]>([:])

private enum Sighting: Equatable {
  case batch(rows: [Int])
  case labels(rows: [Int], classes: [Int])
}

private struct SpySettings: Codable, Sendable {
  var log: String
}

/// Writes down what it is shown; the first feature of a row is its number.
private protocol Spy: AdaptationStrategy where Configuration == SpySettings, State == Network {}

extension Spy {
  func start(_ network: Network, in context: AdaptationContext) -> Network { network }

  func predict(_ batch: Matrix, _ state: inout Network) throws -> Matrix {
    note(.batch(rows: rows(of: batch)))
    return try state.predict(batch)
  }

  func learn(from feedback: Feedback, _ state: inout Network) {
    note(.labels(rows: rows(of: feedback.inputs), classes: feedback.targets.rowArgmax))
  }

  private func rows(of matrix: Matrix) -> [Int] { (0..<matrix.rows).map { Int(matrix[$0, 0]) } }

  private func note(_ sighting: Sighting) {
    sightings.withLock { $0[configuration.log, default: []].append(sighting) }
  }
}

private struct LabelSpy: Spy {
  static let name = "label-spy", summary = "writes down batches and labels", usesLabels = true
  let configuration: SpySettings
  init(_ configuration: SpySettings) { self.configuration = configuration }
}

private struct PlainSpy: Spy {
  static let name = "plain-spy", summary = "writes down batches and labels, but asks for none"
  let configuration: SpySettings
  init(_ configuration: SpySettings) { self.configuration = configuration }
}

@Suite struct LabelDelayTests {
  private let batchSize = 8, rows = 40

  /// The sightings of a spy on a stream of rows 10 to 49, whose class is the row modulo 3.
  private func sightings(strategy: String, delay: Int?) async throws -> [Sighting] {
    var registry = StrategyRegistry.builtIn
    registry.register(LabelSpy.self)
    registry.register(PlainSpy.self)
    let log = UUID().uuidString
    return try await SmallExperiment.inFolder { folder in
      let data = try SmallExperiment.numberedRows(in: folder)
      let delayed = delay.map { ", labelDelay: \($0)" } ?? ""
      let experiment = try SmallExperiment.load(
        training: [SmallExperiment.adam], inference: ["{strategy: \(strategy), log: \(log)}"],
        scenarios: ["{name: stream, batchSize: \(batchSize)\(delayed)}"], data: data, registry: registry)
      let loaded = try ExperimentData(experiment.data, folder: "")
      let run = UnitRun(experiment: experiment, data: loaded, folder: try RunFolder(folder))
      try run.folder.makeSubfolders()
      let outcome = try run.run(experiment.training[0], seed: 3)
      #expect(outcome.arms.first?.failure == nil && outcome.arms.first?.rows == rows)
      return LabelDelayTests.take(log)
    }
  }

  private static func take(_ log: String) -> [Sighting] {
    AttuneExperimentsTests.sightings.withLock { $0.removeValue(forKey: log) ?? [] }
  }

  @Test(arguments: [0, 1, 5, 8, 13, 32, 39, 100])
  func `before each batch come exactly the labels of rows that are old enough`(delay: Int) async throws {
    var expected: [Sighting] = [], labeled = 0
    for start in stride(from: 0, to: rows, by: batchSize) {
      // Old enough is a row after which `delay` further ones were answered.
      let known = (0..<rows).filter { $0 + delay < start }.count
      if known > labeled {
        let new = (labeled..<known).map { $0 + 10 }
        expected.append(.labels(rows: new, classes: new.map { $0 % 3 }))
        labeled = known
      }
      expected.append(.batch(rows: Array(start + 10..<start + 10 + batchSize)))
    }
    #expect(try await sightings(strategy: "label-spy", delay: delay) == expected)
  }

  @Test func `no label comes where the scenario has no delay or the strategy asks for none`() async throws {
    let batches = stride(from: 0, to: rows, by: batchSize).map { start in
      Sighting.batch(rows: Array(start + 10..<start + 10 + batchSize))
    }
    #expect(try await sightings(strategy: "label-spy", delay: nil) == batches)
    #expect(try await sightings(strategy: "plain-spy", delay: 0) == batches)
  }
}
