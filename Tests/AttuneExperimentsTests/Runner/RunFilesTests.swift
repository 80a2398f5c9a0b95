import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct RunFilesTests {
  private typealias Small = SmallExperiment

  @Test func `a finished run holds every file, and they say the same`() async throws {
    try await Small.inFolder { folder in
      let experiment = try Small.load(training: [Small.sgd], inference: [Small.none], scenarios: [Small.clean])
      let results = try await Small.run(experiment, in: folder)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
      #expect(
        files.sorted() == [
          "break-even.csv", "config.yaml", "models", "provenance.json", "report.html", "results.csv", "results.json",
          "seeds.csv", "total-cost.csv", "units",
        ])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/models").count == 2)
      let decoder = JSONDecoder()
      decoder.dateDecodingStrategy = .iso8601
      let json = try #require(FileManager.default.contents(atPath: folder + "/results.json"))
      let read = try decoder.decode(ExperimentResults.self, from: json)
      #expect(Figures.all(read) == Figures.all(results))
      let provenance = try decoder.decode(
        Provenance.self, from: try #require(FileManager.default.contents(atPath: folder + "/provenance.json")))
      #expect(provenance == read.provenance)
      // A folder that the user named gets no link beside it.
      let beside = try FileManager.default.contentsOfDirectory(atPath: folder + "/..")
      #expect(beside == ["run"])
    }
  }

  @Test func `the written config is an equal experiment`() async throws {
    let experiment = try Small.load()
    let written = try ConfigWriter.yaml(from: experiment)
    let again = try ExperimentConfiguration.load(bytes: Array(written.utf8), file: "config.yaml")
    #expect(try ConfigWriter.yaml(from: again) == written)
    try await Small.inFolder { folder in
      let first = try await Small.run(experiment, in: folder)
      let copy = try ExperimentConfiguration.load(path: folder + "/config.yaml")
      let second = try await Small.run(copy)
      #expect(second.provenance.configHash == first.provenance.configHash)
      #expect(Figures.all(second) == Figures.all(first))
    }
  }

  @Test func `the provenance has the hashes that sha256sum prints, commit and kernels`() throws {
    let digits = Small.repository.path + "/datasets/digits.csv"
    let provenance = try Provenance.current(
      config: "abc", dataFiles: ["digits.csv": digits], arguments: ["attune", "run"],
      folder: Small.repository.path, started: Date())
    #expect(provenance.dataHashes == ["digits.csv": try output(of: ["sha256sum", digits]).prefix(64).description])
    #expect(provenance.configHash == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let commit = try output(of: ["git", "-C", Small.repository.path, "rev-parse", "HEAD"])
    #expect(commit.isEmpty || provenance.commit?.hasPrefix(commit.prefix(40)) == true)
    #expect(!provenance.kernels.isEmpty && provenance.blas.contains("kernels "))
    #expect(provenance.cores > 0 && provenance.system.contains("Linux"))
    let outside = try Provenance.current(config: "", dataFiles: [:], arguments: [], folder: "/", started: Date())
    #expect(outside.commit == nil)
  }

  @Test func `a new folder carries time and name, and the link beside it spares files`() async throws {
    try await Small.inFolder { parent in
      let first = try RunFolder.create(name: "small", in: parent),
        second = try RunFolder.create(name: "small", in: parent)
      #expect(first.path != second.path)
      #expect(first.path.contains(/\/run\/\d{8}T\d{6}Z-small-[0-9a-f]{6}$/))
      let link = parent + "/latest"
      first.linkLatest()
      second.linkLatest()
      let target = try FileManager.default.destinationOfSymbolicLink(atPath: link)
      #expect(second.path == parent + "/" + target)
      try FileManager.default.removeItem(atPath: link)
      try "mine".write(toFile: link, atomically: true, encoding: .utf8)
      first.linkLatest()
      #expect(try String(contentsOfFile: link, encoding: .utf8) == "mine")
      first.removeIfEmpty()
      #expect(!FileManager.default.fileExists(atPath: first.path))
    }
  }

  private func output(of command: [String]) throws -> String {
    let process = Process(), pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
