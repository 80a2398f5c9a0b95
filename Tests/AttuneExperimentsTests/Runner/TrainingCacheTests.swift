import AttuneCore
import AttuneData
import Foundation
import Synchronization
import Testing

@testable import AttuneExperiments

@Suite struct TrainingCacheTests {
  private typealias Small = SmallExperiment
  private static let twin = Small.sgd.replacing("name: sgd", with: "name: twin")

  /// Runs with the cache of a folder, and says how many trainings were reused and what was told.
  private func run(
    _ experiment: ExperimentConfiguration, in folder: String, cache: String?
  ) async throws -> (results: ExperimentResults, reused: Int, notices: [String]) {
    let reused = Mutex(0), notices = Mutex<[String]>([])
    var runner = ExperimentRunner(experiment, configFolder: "", folder: try RunFolder(folder), arguments: ["attune"])
    runner.latencyMeasurement.queries = 20
    runner.latencyMeasurement.windowLimit = 1
    runner.trainings = cache.map { TrainingCache(runs: $0) }
    let results = try await runner.run(jobs: 2) { event in
      if case .reused(let count) = event { reused.withLock { $0 = count } }
      if case .notice(let text) = event { notices.withLock { $0.append(text) } }
    }
    return (results, reused.withLock { $0 }, notices.withLock { $0 })
  }

  @Test func `arms that differ by name only train once, and the next run not at all`() async throws {
    try await Small.inFolder { folder in
      let experiment = try Small.load(training: [Small.sgd, Self.twin, Small.adam])
      let plain = try await run(experiment, in: folder + "/plain", cache: nil)
      #expect(plain.reused == 0 && plain.results.provenance.reusedTrainings == nil)
      let first = try await run(experiment, in: folder + "/first", cache: folder)
      #expect(first.reused == 2, "two seeds of the twin")
      #expect(TrainingCache(runs: folder).entries.count == 4)
      let second = try await run(experiment, in: folder + "/second", cache: folder)
      #expect(second.reused == 6 && second.results.provenance.reusedTrainings == 6)
      for results in [first.results, second.results] {
        #expect(Figures.all(results) == Figures.all(plain.results))
        #expect(results.trainingArms.map(\.flops) == plain.results.trainingArms.map(\.flops))
      }
      // What the first training cost stays reported.
      let seconds = first.results.trainingArms.map(\.seconds)
      #expect(second.results.trainingArms.map(\.seconds) == seconds && seconds[0] == seconds[1])
      #expect(seconds[0].mean > 0)
      for name in ["sgd", "twin", "adam"] {
        let file = "/models/\(name)-seed3.safetensors"
        let paths = ["/plain", "/first", "/second"].map { folder + $0 + file }
        let bytes = paths.map { FileManager.default.contents(atPath: $0) }
        #expect(bytes[0] != nil && bytes[0] == bytes[1] && bytes[0] == bytes[2])
      }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder + "/cache/trainings").allSatisfy {
          !$0.hasPrefix(".")
        })
    }
  }

  @Test(arguments: ["model", "report", "no model", "no report"])
  func `a damaged training is not believed, and replaced`(damage: String) async throws {
    try await Small.inFolder { folder in
      let experiment = try Small.load(training: [Small.sgd], inference: [Small.none])
      let first = try await run(experiment, in: folder + "/first", cache: folder)
      let entry = try #require(TrainingCache(runs: folder).entries.first)
      let model = entry.path + "/model.safetensors", report = entry.path + "/report.json"
      switch damage {
      case "model":
        // The run's own file shares the bytes on the disk.
        var bytes = try #require(FileManager.default.contents(atPath: model))
        bytes[bytes.count - 2] ^= 1
        try FileManager.default.removeItem(atPath: model)
        try bytes.write(to: URL(filePath: model))
      case "report":
        let text = try String(contentsOfFile: report, encoding: .utf8)
        try text.replacing("\"arm.epochs\" : \"1\"", with: "\"arm.epochs\" : \"2\"")
          .write(toFile: report, atomically: true, encoding: .utf8)
      case "no model": try FileManager.default.removeItem(atPath: model)
      default: try FileManager.default.removeItem(atPath: report)
      }
      let second = try await run(experiment, in: folder + "/second", cache: folder)
      #expect(second.reused == 1, "the other seed's is whole")
      #expect(Figures.all(second.results) == Figures.all(first.results))
      let told = damage == "no report" ? [] : ["\(entry.path) is damaged and passed by: the model is trained anew"]
      #expect(second.notices == told)
      #expect(try await run(experiment, in: folder + "/third", cache: folder).reused == 2, "it was replaced")
    }
  }

  @Test func `a setting, another row or another column name is another training`() throws {
    func keys(_ experiment: ExperimentConfiguration) throws -> [TrainingCache.Key] {
      let rows = try ExperimentData(experiment.data, folder: "").split(seed: 3).train
      return try experiment.training.map {
        let training = ModelTraining($0, in: experiment)
        return try training.cacheKey(try training.identity(of: rows, seed: 3), of: rows)
      }
    }
    let plain = try keys(Small.load(training: [Small.sgd, Self.twin, Small.adam]))
    #expect(plain[0] == plain[1] && plain[0].hash != plain[2].hash)
    #expect(plain[0].facts["kernels"]?.isEmpty == false)
    let other = Small.data.replacing("trainFraction: 0.2", with: "trainFraction: 0.21")
    #expect(try keys(Small.load(training: [Small.sgd], data: other))[0].hash != plain[0].hash)
    let wider = Small.data.replacing("hidden: [8]", with: "hidden: [9]")
    #expect(try keys(Small.load(training: [Small.sgd], data: wider))[0].hash != plain[0].hash)
    let experiment = try Small.load(training: [Small.sgd])
    var rows = try ExperimentData(experiment.data, folder: "").split(seed: 3).train
    let training = ModelTraining(experiment.training[0], in: experiment)
    let before = try training.cacheKey(try training.identity(of: rows, seed: 3), of: rows)
    rows.columns[0].name = "renamed"
    #expect(try training.cacheKey(try training.identity(of: rows, seed: 3), of: rows).hash != before.hash)
  }

  @Test func `several that keep one training at the same time leave one whole one`() async throws {
    try await Small.inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let cache = TrainingCache(runs: folder), model = folder + "/m"
      try Data("model".utf8).write(to: URL(filePath: model))
      let record = TrainingRecord(
        cost: TrainingCost(seconds: 1, operations: 2, modelBytes: 5, parameters: 4),
        modelHash: try Provenance.sha256(file: model))
      let notices = await withTaskGroup(of: [String].self) { group in
        for index in 0..<16 {
          group.addTask {
            let key = TrainingCache.Key(["a": "b"])
            var told: [String] = []
            cache.keep(record, model: model, as: key) { told.append($0) }
            let found = try? cache.take(key, to: "\(folder)/taken\(index)") { told.append($0) }
            #expect(found?.modelHash == record.modelHash && found?.isReused == true)
            return told
          }
        }
        return await group.reduce(into: []) { $0 += $1 }
      }
      #expect(notices == [])
      #expect(cache.entries.count == 1 && cache.entries[0].modelHash == record.modelHash)
      #expect(try FileManager.default.contentsOfDirectory(atPath: cache.path).count == 1)
    }
  }

  @Test func `a cache that cannot be written is said and stops nothing`() async throws {
    try await Small.inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data().write(to: URL(filePath: folder + "/cache"))
      var experiment = try Small.load(training: [Small.sgd], inference: [Small.none])
      experiment.seeds = [3]
      let found = try await run(experiment, in: folder + "/run", cache: folder)
      #expect(found.results.cells.allSatisfy { $0.failures.isEmpty })
      #expect(found.notices.count == 1)
      #expect(
        found.notices[0].hasPrefix("the training is not kept for other runs: cannot write '\(folder)/cache/trainings'"))
    }
  }
}
