import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct ReportPagesTests {
  /// A folder with a finished run, one in progress, and a file beside them that no answer may show.
  private func withRuns(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in ["runs/done one", "runs/open/units"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    }
    func write(_ text: String, _ name: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    try write("secret", "secret.txt")
    try write("name: x\n", "runs/done one/config.yaml")
    try write(try RunFolder.json(HandMadeResults.make()), "runs/done one/results.json")
    try write("name: y\n", "runs/open/config.yaml")
    try write(
      #"""
      {"outcome": {"training": "plain", "seed": 1, "arms": [
        {"inference": "none", "scenario": "noise", "quality": 0.25},
        {"inference": "<adapt>", "scenario": "noise"}]}}
      """#, "runs/open/units/plain-seed1.json")
    try write("{", "runs/open/units/half.json")
    try body(folder + "/runs")
  }

  @Test func `arms of a unit that is not whole count, but for a line that is torn`() throws {
    try withRuns { runs in
      let path = runs + "/open/units/adam-seed1.arms.jsonl"
      let log = try ArmLog(path, run: "r")
      let record = TrainingRecord(cost: nil, failure: nil, modelHash: nil, isReused: nil)
      try log.append(.training(record, arm: "adam", seed: 1))
      for quality in [0.5, 0.75] {
        var arm = ArmOutcome(failed: ResultsFileError(path: "x"), inference: "none", scenario: "noise \(quality)")
        arm.quality = quality
        try log.append(.arm(arm))
      }
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      try bytes.dropLast(40).write(to: URL(fileURLWithPath: path))
      let progress = FolderProgress(folder: runs + "/open")
      #expect(progress.cells.map(\.arms) == ["adam · none", "plain · none", "plain · <adapt>"])
      #expect(progress.cells.first?.quality == "50.0 %")
    }
  }

  private func get(_ pages: ReportPages, _ path: String, host: String? = "127.0.0.1:8640", method: String = "GET")
    -> ReportPages.Answer
  {
    pages.answer(method: method, path: path, host: host)
  }

  @Test func `the list leads to reports and to progress`() throws {
    try withRuns { runs in
      let pages = ReportPages(runs: runs)
      let list = get(pages, "/").body
      #expect(list.contains("href=\"/run/done%20one/\"") && list.contains("not finished"))
      #expect(WellFormedness.failure(of: list) == nil)
      #expect(get(pages, "/run/done%20one/").body.contains("What buys what"))
      let open = get(pages, "/run/open/")
      #expect(open.status == 200 && open.body.contains("1 part done"))
      #expect(open.body.contains("25.0 %") && open.body.contains("&lt;adapt&gt;"))
      #expect(WellFormedness.failure(of: open.body) == nil)
      let status = get(pages, "/run/open/status.json")
      #expect(status.type == "application/json" && status.body.contains("\"done\" : 1"))
      #expect(status.body.contains("\"isFinished\" : false"))
    }
  }

  @Test(arguments: [
    "/run/..%2f/", "/run/../secret.txt", "/run/%2e%2e/", "/secret.txt", "/run/none/", "/run/open/config.yaml",
    "/run/open/units/status.json", "/run/", "/run/open/%2e%2e/status.json",
  ])
  func `no path leads elsewhere`(path: String) throws {
    try withRuns { runs in
      let answer = get(ReportPages(runs: runs), path)
      #expect(answer.status == 404, "\(answer.body)")
      #expect(!answer.body.contains("secret"))
    }
  }

  @Test(
    arguments: [
      nil, "", "example.org", "example.org:8640", "127.0.0.1.example.org", "localhost.example.org", "127.0.0.1:80@x",
      "[::1].example.org", "[::1",
    ] as [String?])
  func `a request for another host is refused`(host: String?) throws {
    try withRuns { runs in #expect(get(ReportPages(runs: runs), "/", host: host).status == 403) }
  }

  @Test(arguments: ["127.0.0.1", "localhost:8640", "LOCALHOST", "[::1]:8640"]) func `this machine is not`(host: String)
  {
    #expect(ReportPages.isLoopback(host))
  }

  @Test func `nothing but reading is answered, and a run can come first`() throws {
    try withRuns { runs in
      #expect(get(ReportPages(runs: runs), "/", method: "POST").status == 405)
      #expect(get(ReportPages(runs: runs), "/", method: "HEAD").status == 200)
      let first = get(ReportPages(runs: "/nowhere", first: runs + "/done one"), "/")
      #expect(first.status == 302 && first.location == "/run/done%20one/")
      #expect(get(ReportPages(runs: "/nowhere", first: runs + "/done one"), "/run/done one").status == 200)
    }
  }
}
