import AttuneCore
import AttuneTraining
import Foundation
import Synchronization
import Testing

@testable import AttuneExperiments

/// Sentences from any thread.
private final class Notices: Sendable {
  private let texts = Mutex<[String]>([])
  var all: [String] { texts.withLock { $0 } }
  func add(_ text: String) { texts.withLock { $0.append(text) } }
}

@Suite struct UnitCheckpointTests {
  private typealias Small = SmallExperiment
  private let long = "{name: long, optimizer: {kind: adam, learningRate: 0.01}, epochs: 20}"

  private func run(
    _ experiment: ExperimentConfiguration, in folder: String, notices: Notices? = nil
  ) async throws -> ExperimentResults {
    var runner = ExperimentRunner(experiment, configFolder: "", folder: try RunFolder(folder), arguments: ["attune"])
    runner.latencyMeasurement.queries = 20
    runner.latencyMeasurement.windowLimit = 1
    runner.checkpointInterval = 0
    return try await runner.run(jobs: 1) { event in
      if case .notice(let text) = event { notices?.add(text) }
    }
  }

  /// Leaves the folder as a run does that was stopped within its first training.
  private func stopInTraining(_ experiment: ExperimentConfiguration, in path: String) throws -> String {
    let folder = try RunFolder(path)
    try folder.makeSubfolders()
    let plan = CheckpointPlan(path: folder.checkpointPath(training: "long", seed: 3))
    let rows = try ExperimentData(experiment.data, folder: "").split(seed: 3).train
    #expect(throws: CancellationError.self) {
      try ModelTraining(experiment.training[0], in: experiment).train(on: rows, seed: 3, checkpoints: plan) { event in
        if case .step(let record, _) = event, record.globalStep == 50 { throw CancellationError() }
      }
    }
    return plan.path
  }

  @Test func `a run stopped within a training goes on there and ends with the same bits`() async throws {
    try await Small.inFolder { folder in
      let experiment = try Small.load(training: [long], inference: [Small.none])
      let first = Figures.all(try await Small.run(experiment))
      let path = try stopInTraining(experiment, in: folder), notices = Notices()
      #expect(try TrainingCheckpoint(contentsOf: path).position.globalStep == 50)
      let again = Figures.all(try await run(experiment, in: folder, notices: notices))
      #expect(again == first)
      #expect(notices.all == [])
      let left = try FileManager.default.contentsOfDirectory(atPath: folder + "/units").sorted()
      #expect(left == ["long-seed3.json", "long-seed4.json"], "finished units keep no checkpoint")
    }
  }

  @Test func `a damaged checkpoint is passed by, and said`() async throws {
    try await Small.inFolder { folder in
      let experiment = try Small.load(training: [long], inference: [Small.none])
      let first = Figures.all(try await Small.run(experiment))
      let path = try stopInTraining(experiment, in: folder), notices = Notices()
      var bytes = try #require(FileManager.default.contents(atPath: path))
      bytes[bytes.count - 3] ^= 4
      try bytes.write(to: URL(filePath: path))
      let again = Figures.all(try await run(experiment, in: folder, notices: notices))
      #expect(again == first)
      let told = notices.all
      #expect(told.count == 1 && told[0].hasPrefix("long, seed 3 trains anew: "))
      #expect(told[0].contains("its checksum does not fit its contents"))
      #expect(!told[0].contains("--fresh"), "a run has no such option")
    }
  }
}
