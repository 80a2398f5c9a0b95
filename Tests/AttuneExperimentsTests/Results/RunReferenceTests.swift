import AttuneExperiments
import Foundation
import Testing

struct RunReferenceTests {
  /// Runs the body with a folder that holds run folders of some names.
  private func withRuns(_ names: [String], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in names {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
      try "name: a".write(toFile: "\(folder)/\(name)/config.yaml", atomically: true, encoding: .utf8)
    }
    try body(folder)
  }

  @Test func `a path, a name, its start and its end find the run`() throws {
    try withRuns(["20260101T000000Z-first-aaaaaa", "20260102T000000Z-second-bbbbbb"]) { folder in
      let first = folder + "/20260101T000000Z-first-aaaaaa"
      for text in [first, "20260101T000000Z-first-aaaaaa", "20260101", "aaaaaa"] {
        let found = try RunReference(text, in: folder).folder()
        #expect(found == first)
      }
    }
  }

  @Test func `what fits several runs or none is an error that names them`() throws {
    try withRuns(["20260101T000000Z-a-aaaaaa", "20260102T000000Z-a-bbbbbb"]) { folder in
      let several = #expect(throws: RunReferenceError.self) { try RunReference("2026", in: folder).folder() }
      #expect(several?.fitting.count == 2)
      let none = #expect(throws: RunReferenceError.self) { try RunReference("third", in: folder).folder() }
      #expect(none?.known.count == 2)
      #expect(none?.description.contains("20260102T000000Z-a-bbbbbb, 20260101T000000Z-a-aaaaaa") == true)
    }
  }

  @Test func `a damaged results file is told by its path`() throws {
    try withRuns(["run"]) { folder in
      try "{\"cells\": 3}".write(toFile: folder + "/run/results.json", atomically: true, encoding: .utf8)
      let error = #expect(throws: ResultsFileError.self) { try FinishedRun(folder: folder + "/run") }
      #expect(error?.path == folder + "/run/results.json")
    }
  }
}
