import AttuneCore
import Foundation
import Synchronization
import Testing

@testable import AttuneExperiments

@Suite struct ResumeTests {
  private let unit = "/units/sgd-seed3.json"

  private func small() throws -> ExperimentConfiguration {
    try SmallExperiment.load(inference: [SmallExperiment.none, SmallExperiment.student])
  }

  /// Runs again and says how many units were there already.
  private func resume(
    _ experiment: ExperimentConfiguration, in folder: String,
    notice: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> (figures: [String: Figures], found: Int) {
    let found = Mutex<Int?>(nil)
    let results = try await SmallExperiment.run(experiment, in: folder) { event in
      switch event {
      case .unit(let done, _, _): found.withLock { $0 = $0 ?? done }
      case .notice(let text): notice(text)
      case .latency, .progress, .reused: break
      }
    }
    return (Figures.all(results), try #require(found.withLock { $0 }))
  }

  @Test func `a run whose units are partly gone goes on and ends with the same bits`() async throws {
    try await SmallExperiment.inFolder { folder in
      let experiment = try small()
      let first = Figures.all(try await SmallExperiment.run(experiment, in: folder))
      #expect(try await resume(experiment, in: folder).found == 4)
      for name in [unit, "/units/adam-seed4.json"] { try FileManager.default.removeItem(atPath: folder + name) }
      let again = try await resume(experiment, in: folder)
      #expect(again.found == 2)
      #expect(again.figures == first)
    }
  }

  @Test func `a cancelled run keeps its finished units and goes on`() async throws {
    try await SmallExperiment.inFolder { folder in
      let experiment = try small()
      let stopped = await Task {
        try await SmallExperiment.run(experiment, in: folder, jobs: 1) { event in
          if case .unit(done: 1, _, _) = event { withUnsafeCurrentTask { $0?.cancel() } }
        }
      }.result
      #expect(throws: CancellationError.self) { try stopped.get() }
      #expect(!FileManager.default.fileExists(atPath: folder + "/results.json"))
      let again = try await resume(experiment, in: folder)
      #expect(again.found == 1)
      #expect(again.figures == Figures.all(try await SmallExperiment.run(experiment)))
    }
  }

  @Test(arguments: ["cut", "digit", "other unit", "no model", "no student"])
  func `a damaged unit is run again rather than believed`(damage: String) async throws {
    try await SmallExperiment.inFolder { folder in
      let experiment = try small(), path = folder + unit
      let first = Figures.all(try await SmallExperiment.run(experiment, in: folder))
      let text = try String(contentsOfFile: path, encoding: .utf8)
      switch damage {
      case "cut": try String(text.prefix(text.count / 2)).write(toFile: path, atomically: true, encoding: .utf8)
      case "digit":
        let place = try #require(text.range(of: "\"quality\" : 0."))
        var changed = text
        let digit = changed[place.upperBound]
        changed.replaceSubrange(place.upperBound...place.upperBound, with: digit == "1" ? "2" : "1")
        try changed.write(toFile: path, atomically: true, encoding: .utf8)
      case "other unit":
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: folder + "/units/sgd-seed4.json", toPath: path)
      case "no model": try FileManager.default.removeItem(atPath: folder + "/models/sgd-seed3.safetensors")
      default: try FileManager.default.removeItem(atPath: folder + "/models/sgd-seed3-student.safetensors")
      }
      let notices = Mutex<[String]>([])
      let again = try await resume(experiment, in: folder) { text in notices.withLock { $0.append(text) } }
      #expect(again.found == 3)
      let told = notices.withLock { $0.filter { $0.contains(" runs anew: ") } }
      #expect(told.count == 1 && told[0].hasPrefix("sgd, seed 3 runs anew: \(folder)/"), "\(told)")
      let reasons = ["cut": " is damaged", "digit": " is damaged", "other unit": " is of another training arm or seed"]
      #expect(told[0].hasSuffix(reasons[damage] ?? " is gone"), "\(told)")
      #expect(again.figures == first)
    }
  }

  @Test func `what is expected may change, and nothing runs again`() async throws {
    try await SmallExperiment.inFolder { folder in
      func expecting(_ figures: String) throws -> ExperimentConfiguration {
        try SmallExperiment.load(inference: [SmallExperiment.none], data: SmallExperiment.data + figures)
      }
      let first = Figures.all(try await SmallExperiment.run(try expecting(""), in: folder))
      for figures in [
        "expect: [{inference: none, scenario: clean, maximum: 1}]\n",
        "expect: [{inference: none, scenario: noise, minimum: 1, published: 0.5}]\n", "",
      ] {
        let experiment = try expecting(figures)
        let again = try await resume(experiment, in: folder)
        #expect(again.found == 4 && again.figures == first)
        let results = try String(contentsOfFile: folder + "/results.json", encoding: .utf8)
        #expect(results.contains("\"expected\"") == !figures.isEmpty)
      }
    }
  }

  @Test func `units of another config are not believed`() async throws {
    try await SmallExperiment.inFolder { folder in
      try await SmallExperiment.run(try small(), in: folder)
      // A folder with nothing but models and units.
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.contains(".") {
        if !name.hasPrefix(".attune-") { try FileManager.default.removeItem(atPath: folder + "/" + name) }
      }
      let other = try SmallExperiment.load(inference: [SmallExperiment.none, SmallExperiment.batch])
      #expect(try await resume(other, in: folder).found == 0)
    }
  }

  @Test func `a folder of another config is refused and keeps every byte`() async throws {
    try await SmallExperiment.inFolder { folder in
      try await SmallExperiment.run(try small(), in: folder)
      let before = try Self.contents(of: folder)
      let error = RunFolderMismatch(
        path: folder, content: .otherConfig(ConfigDifference(key: "training[1].name", before: "adam", now: nil)))
      await #expect(throws: error) {
        var other = try small()
        other.training.removeLast()
        try await SmallExperiment.run(other, in: folder)
      }
      #expect(
        error.description
          == "\(folder) holds a run of another config: training[1].name was 'adam', is not set (see its config.yaml); choose another --output folder"
      )
      #expect(try Self.contents(of: folder) == before)
    }
  }

  @Test func `a folder with other files is refused and keeps every byte`() async throws {
    try await SmallExperiment.inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      try "mine".write(toFile: folder + "/report.html", atomically: true, encoding: .utf8)
      let error = RunFolderMismatch(path: folder, content: .otherFiles)
      await #expect(throws: error) { try await SmallExperiment.run(try small(), in: folder) }
      #expect(
        error.description == "\(folder) holds files that are no run of Attune's; choose another --output folder")
      #expect(try Self.contents(of: folder) == ["report.html": Data("mine".utf8)])
    }
  }

  @Test func `a run does not go on with data that changed`() async throws {
    try await SmallExperiment.inFolder { folder in
      let file = folder + ".csv"
      func write(_ value: Int) throws {
        let rows = (0..<60).map { "\($0 % 7),\($0 % 5 + value),\($0 % 3)" }
        try (["a,b,target"] + rows).joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
      }
      try write(0)
      let data = "data: {source: {kind: csv, path: \(file), target: target}, task: classification}"
      let experiment = try SmallExperiment.load(data: data)
      try await SmallExperiment.run(experiment, in: folder)
      try write(1)
      let error = RunFolderMismatch(path: folder, content: .otherData(file: file))
      await #expect(throws: error) { try await SmallExperiment.run(experiment, in: folder) }
      #expect(
        error.description
          == "\(folder) holds a run on other data: \(file) has changed since (see its provenance.json); "
          + "choose another --output folder")
    }
  }

  @Test func `two runs do not share a folder at the same time`() async throws {
    try await SmallExperiment.inFolder { folder in
      let lock = try RunLock(RunFolder(folder))
      let error = RunFolderBusy(path: folder, owner: Int(getpid()))
      await #expect(throws: error) { try await SmallExperiment.run(try small(), in: folder) }
      #expect(
        error.description
          == "\(folder) is in use by process \(getpid()); wait for it or stop it, or choose another --output folder")
      withExtendedLifetime(lock) {}
    }
  }

  private static func contents(of folder: String) throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where !name.hasPrefix(".attune-") {
      if let data = FileManager.default.contents(atPath: folder + "/" + name) { files[name] = data }
    }
    return files
  }
}
