import AttuneCore
import Foundation
import Synchronization
import Testing

@testable import AttuneExperiments

@Suite struct ArmLogTests {
  private typealias Small = SmallExperiment

  private func arm(_ name: String) -> ArmOutcome {
    ArmOutcome(
      inference: name, scenario: "clean", quality: 0.1 + 1e-17, trace: [0.25, 1.0 / 3], rows: 7,
      operationsPerSample: 12.5, preparation: nil, failure: nil)
  }

  private let record = TrainingRecord(
    cost: TrainingCost(seconds: 1, operations: 2, modelBytes: 3, parameters: 4), modelHash: "abc")

  private func contents(_ path: String, run: String = "run", refused: (String) -> Void = { _ in }) -> ArmLog.Contents? {
    ArmLog.contents(of: path, run: run, refused: refused)
  }

  @Test func `what was appended is read again, and a torn last line is passed by at every length`() async throws {
    try await Small.inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let path = folder + "/a.jsonl", log = try ArmLog(path, run: "run")
      try log.append(.training(record, arm: "sgd", seed: .max))
      try log.append(.arm(arm("a")))
      let whole = try #require(FileManager.default.contents(atPath: path))
      try log.append(.arm(arm("b")))
      let longer = try #require(FileManager.default.contents(atPath: path))
      let read = try #require(contents(path))
      #expect(read.record == record && read.unit == ("sgd", .max) && read.arms == [arm("a"), arm("b")])
      #expect(read.bytes == longer.count)
      for length in stride(from: whole.count, to: longer.count, by: 7) {
        try longer.prefix(length).write(to: URL(filePath: path))
        let torn = try #require(contents(path))
        #expect(torn.arms == [arm("a")] && torn.bytes == whole.count)
        let again = try ArmLog(path, run: "run", continuing: torn)
        try again.append(.arm(arm("c")))
        #expect(contents(path)?.arms == [arm("a"), arm("c")])
      }
    }
  }

  @Test func `a damaged line and a line of another run are not believed`() async throws {
    try await Small.inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let path = folder + "/a.jsonl", log = try ArmLog(path, run: "run")
      try log.append(.training(record, arm: "sgd", seed: 3))
      for name in ["a", "b", "c"] { try log.append(.arm(arm(name))) }
      let text = try String(contentsOfFile: path, encoding: .utf8)
      try text.replacing("\"inference\":\"b\"", with: "\"inference\":\"x\"")
        .write(toFile: path, atomically: true, encoding: .utf8)
      #expect(contents(path)?.arms == [arm("a")], "what comes after a damaged line is not believed either")
      var reasons: [String] = []
      #expect(contents(path, run: "other") { reasons.append($0) } == nil)
      #expect(reasons == ["\(path) is of another version of Attune, another config or other data"])
      try "nonsense\n".write(toFile: path, atomically: true, encoding: .utf8)
      #expect(contents(path) { reasons.append($0) } == nil)
      #expect(reasons.last == "\(path) is damaged")
    }
  }

  @Test func `an arm with a figure that no file can hold is kept as a failure`() async throws {
    try await Small.inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let path = folder + "/a.jsonl", log = try ArmLog(path, run: "run")
      try log.append(.training(record, arm: "sgd", seed: 3))
      var wild = arm("wild")
      wild.quality = .infinity
      let kept = try log.kept(wild)
      #expect(kept.quality == nil && kept.failure?.hasPrefix("a figure of the arm is infinite or no number: ") == true)
      #expect(contents(path)?.arms == [kept])
    }
  }

  /// Runs until some arms are done, then cancels.
  private func stop(_ experiment: ExperimentConfiguration, in folder: String, after arms: Int) async throws {
    let stopped = await Task {
      try await Small.run(experiment, in: folder, jobs: 2) { event in
        if case .progress(let progress) = event, progress.done >= arms { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }.result
    #expect(throws: CancellationError.self) { try stopped.get() }
  }

  @Test(arguments: [1, 3, 5]) func `a run stopped within a unit goes on with the next arm and ends with the same bits`(
    arms: Int
  ) async throws {
    try await Small.inFolder { folder in
      var experiment = try Small.load(training: [Small.sgd])
      experiment.seeds = [3]
      let first = Figures.all(try await Small.run(experiment))
      try await stop(experiment, in: folder, after: arms)
      let log = folder + "/units/sgd-seed3.arms.jsonl"
      let text = try String(contentsOfFile: log, encoding: .utf8)
      #expect(text.split(separator: "\n").count > arms)
      // As a kill leaves it.
      try (text + "{\"check").write(toFile: log, atomically: true, encoding: .utf8)
      let found = Mutex<Int?>(nil)
      let again = try await Small.run(experiment, in: folder) { event in
        if case .progress(let progress) = event { found.withLock { $0 = $0 ?? progress.done } }
      }
      let kept = try #require(found.withLock { $0 })
      #expect(kept >= arms && kept < 8)
      #expect(Figures.all(again) == first)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/units") == ["sgd-seed3.json"])
    }
  }

  @Test func `arms of a model that is gone or another one run anew`() async throws {
    try await Small.inFolder { folder in
      var experiment = try Small.load(training: [Small.sgd])
      experiment.seeds = [3]
      try await stop(experiment, in: folder, after: 2)
      try FileManager.default.removeItem(atPath: folder + "/models/sgd-seed3.safetensors")
      let notices = Mutex<[String]>([]), found = Mutex<Int?>(nil)
      try await Small.run(experiment, in: folder) { event in
        if case .notice(let text) = event { notices.withLock { $0.append(text) } }
        if case .progress(let progress) = event { found.withLock { $0 = $0 ?? progress.done } }
      }
      #expect(found.withLock { $0 } == 0)
      let told = notices.withLock { $0 }
      #expect(
        told.count == 1 && told[0].hasPrefix("sgd, seed 3 runs anew: \(folder)/models/sgd-seed3.safetensors is gone"))
    }
  }

  @Test func `one unit keeps several jobs busy, and is prepared once`() async throws {
    let most = Mutex((running: 0, most: 0)), started = Mutex<[String: Int]>([:])
    var schedule = ArmSchedule(twins: [nil], prepared: [false, true, false], scenarios: 4, jobs: 2)
    #expect(schedule.next() == .training(unit: 0))
    #expect(schedule.next() == nil, "nothing can run before the model is there")
    schedule.open(unit: 0)
    var running: [ArmSchedule.Work] = [], done = 0
    while true {
      while running.count < 2, let work = schedule.next() { running.append(work) }
      most.withLock { $0.most = max($0.most, running.count) }
      guard !running.isEmpty else { break }
      let work = running.removeFirst()
      started.withLock { $0["\(work)", default: 0] += 1 }
      switch work {
      case .preparation(let unit, let inference): schedule.prepared(unit: unit, inference: inference)
      case .arm(let unit, let inference, _):
        done += 1
        #expect(schedule.finish(unit: unit, inference: inference).unit == (done == 12))
      case .training: Issue.record("there is one training")
      }
    }
    #expect(done == 12 && most.withLock { $0.most } == 2)
    let counts = started.withLock { $0 }
    #expect(counts.values.allSatisfy { $0 == 1 } && counts.count == 13)
  }
}
