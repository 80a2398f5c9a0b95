import Foundation
import Testing

@Suite(.serialized) struct ReportCommandTests {
  /// A run with two seeds below `runs/`, and the same with other settings.
  private func withRuns(_ body: (String) throws -> Void) throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      #expect(try attune("run", "x.yaml", "-q", "--output", "runs/20260101T000000Z-one", in: folder).code == 0)
      try body(folder)
    }
  }

  @Test func `one run is rendered anew, several are compared`() throws {
    try withRuns { folder in
      let report = folder + "/runs/20260101T000000Z-one/report.html"
      let written = try String(contentsOfFile: report, encoding: .utf8)
      try FileManager.default.removeItem(atPath: report)
      let again = try attune("report", "20260101", in: folder)
      #expect(again.code == 0, "\(again.errors)")
      #expect(again.errors == "report: runs/20260101T000000Z-one/report.html\n")
      #expect(try String(contentsOfFile: report, encoding: .utf8) == written)
      #expect(try attune("report", "one", "-o", "-", in: folder).output == written)
      let compared = try attune("report", "one", "one", "-o", "both.html", in: folder)
      #expect(compared.code == 0, "\(compared.errors)")
      #expect(try String(contentsOfFile: folder + "/both.html", encoding: .utf8).contains("All settings are the same."))
    }
  }

  @Test func `a run that is missing or unfinished is said`() throws {
    try inFolder { folder in
      let missing = try attune("report", "none", in: folder)
      #expect(missing.code == 66)
      #expect(missing.errors.contains("there is no run 'none'"))
      try FileManager.default.createDirectory(atPath: folder + "/open", withIntermediateDirectories: false)
      try write("name: x\n", to: folder + "/open/config.yaml")
      let open = try attune("report", "open", in: folder)
      #expect(open.code == 66)
      #expect(open.errors.contains("open has no results.json: the run is not finished"))
      #expect(try attune("report", in: folder).code == 64)
      #expect(try attune("report", "--serve", "a", "b", in: folder).code == 64)
    }
  }

  @Test func `the server answers this machine, says that its port is taken, and ends with Ctrl-C`() throws {
    try withRuns { folder in
      let log = folder + "/server.log"
      let server = try AttuneProcess(
        ["report", "--serve", "--port", "0"], in: folder, shell: "exec \"$0\" \"$@\" 2> '\(log)'")
      defer { server.process.terminate() }
      var port = ""
      let deadline = Date(timeIntervalSinceNow: 30)
      while port.isEmpty, Date() < deadline {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        port = text.firstMatch(of: /127\.0\.0\.1:(\d+)\//).map { String($0.1) } ?? ""
        usleep(20_000)
      }
      try #require(!port.isEmpty)
      func status(_ arguments: String) throws -> String {
        let curl = Process(), pipe = Pipe()
        curl.executableURL = URL(filePath: "/bin/sh")
        curl.arguments = ["-c", "curl -s -o /dev/null -w '%{http_code}' --max-time 20 --path-as-is \(arguments)"]
        curl.standardOutput = pipe
        try curl.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        curl.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
      }
      let address = "http://127.0.0.1:\(port)"
      #expect(try status("\(address)/") == "200")
      #expect(try status("\(address)/run/20260101T000000Z-one/") == "200")
      #expect(try status("-I \(address)/run/20260101T000000Z-one/") == "200")
      #expect(try status("\(address)/run/20260101T000000Z-one/status.json") == "200")
      #expect(try status("\(address)/run/../../x.yaml") == "404")
      #expect(try status("\(address)/run/%2e%2e/") == "404")
      #expect(try status("-H 'Host: example.org' \(address)/") == "403")
      #expect(try status("-X POST \(address)/") == "405")
      let second = try attune("report", "--serve", "--port", port, in: folder)
      #expect(second.code == 69)
      #expect(second.errors.contains("port \(port) of 127.0.0.1 is taken"))
      kill(server.process.processIdentifier, SIGINT)
      #expect(server.finish().code == 130)
    }
  }
}
