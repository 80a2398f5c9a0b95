import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct PortableConfigTests {
  private typealias Small = SmallExperiment

  /// An experiment whose data paths start from the folder of its config.
  private func relative() throws -> ExperimentConfiguration {
    let data = "data: {source: {kind: csv, path: ../rows.csv, target: target}, task: classification}"
    let own = "{name: own, data: {kind: csv, path: later.csv, target: target}}"
    return try Small.load(training: [Small.sgd], inference: [Small.none], scenarios: [Small.clean, own], data: data)
  }

  private func runner(_ experiment: ExperimentConfiguration, from place: String, in folder: String) throws
    -> ExperimentRunner
  {
    var runner = ExperimentRunner(
      experiment, configFolder: place, folder: try RunFolder(folder), arguments: ["attune"])
    runner.latencyMeasurement.queries = 10
    runner.latencyMeasurement.windowLimit = 1
    return runner
  }

  /// A folder `configs` with a config's neighbors.
  private func prepare(_ parent: String) throws {
    try FileManager.default.createDirectory(atPath: parent + "/configs", withIntermediateDirectories: true)
    for (name, offset) in [("rows.csv", 0), ("configs/later.csv", 1)] {
      let rows = (0..<60).map { "\($0 % 7),\($0 % 5 + offset),\($0 % 3)" }
      try (["a,b,target"] + rows).joined(separator: "\n")
        .write(toFile: "\(parent)/\(name)", atomically: true, encoding: .utf8)
    }
  }

  @Test func `the folder's config runs from there with the same results`() async throws {
    try await Small.inFolder { parent in
      try prepare(parent)
      let experiment = try relative(), given = try ConfigWriter.yaml(from: experiment)
      let first = try await runner(experiment, from: parent + "/configs", in: parent + "/a/b").run(jobs: 1)
      // The identity knows the paths as they were given.
      #expect(first.provenance.configHash == Provenance.sha256(Data(given.utf8)))
      #expect(first.provenance.dataHashes.keys.sorted() == ["../rows.csv", "later.csv"])
      let copy = try ExperimentConfiguration.load(path: parent + "/a/b/config.yaml")
      let paths = ([copy.data.source] + copy.scenarios.compactMap(\.data)).flatMap(\.paths)
      #expect(paths.allSatisfy { $0.hasPrefix("/") && !$0.contains("..") }, "\(paths)")
      let second = try await runner(copy, from: parent + "/a/b", in: parent + "/other").run(jobs: 1)
      #expect(Figures.all(second) == Figures.all(first))
      #expect(second.cells.allSatisfy { $0.failures.isEmpty })
    }
  }

  @Test func `the same config goes on, also where its folder has moved; another is refused`() async throws {
    try await Small.inFolder { parent in
      try prepare(parent)
      let experiment = try relative(), folder = parent + "/out"
      try await run(experiment, from: parent + "/configs", in: folder, expecting: 0)
      try await run(experiment, from: parent + "/configs", in: folder, expecting: 2)
      let moved = parent + "-moved"
      try FileManager.default.moveItem(atPath: parent, toPath: moved)
      try await run(experiment, from: moved + "/configs", in: moved + "/out", expecting: 2)
      let kept = try ExperimentConfiguration.load(path: moved + "/out/config.yaml")
      #expect(kept.data.source.paths.allSatisfy { $0.contains("-moved/rows.csv") })
      var other = experiment
      other.training[0].epochs = 2
      // Not the path of the data, which is another one since the folder has moved.
      let difference = ConfigDifference(key: "training[0].epochs", before: "1", now: "2")
      await #expect(throws: RunFolderMismatch(path: moved + "/out", content: .otherConfig(difference))) {
        try await runner(other, from: moved + "/configs", in: moved + "/out").run(jobs: 1)
      }
    }
  }

  private func run(
    _ experiment: ExperimentConfiguration, from place: String, in folder: String, expecting: Int
  ) async throws {
    try await confirmation { found in
      _ = try await runner(experiment, from: place, in: folder).run(jobs: 1) { event in
        if case .unit(expecting, _, name: "") = event { found() }
      }
    }
  }

  @Test func `paths are absolute, however they are given`() throws {
    let here = FileManager.default.currentDirectoryPath
    #expect(DataPath.absolute("/a/../b.csv", folder: "/x") == "/a/../b.csv")
    #expect(DataPath.absolute("b.csv", folder: "/usr/bin") == realpath("/usr/bin") + "/b.csv")
    #expect(DataPath.absolute("../b.csv", folder: "/usr") == "/b.csv")
    #expect(DataPath.absolute("b.csv", folder: ".") == realpath(here) + "/b.csv")
    #expect(DataPath.absolute("./b.csv", folder: "") == realpath(here) + "/b.csv")
  }

  private func realpath(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().path }
}
