import AttuneData
import Foundation
import Testing

/// `attune data list` and `attune data fetch` as processes.
@Suite struct DataFetchCommandTests {
  private func run(_ arguments: [String], in folder: String, environment: [String: String] = [:]) throws -> Outcome {
    try AttuneProcess(["data"] + arguments, in: folder, environment: environment).finish()
  }

  @Test func `a port that refuses and a host that does not exist are exit 69`() throws {
    // A port that was free a moment ago refuses.
    let server = try LoopbackServer([:])
    let port = server.port
    server.stop()
    try inFolder { folder in
      let refused = try run(["fetch", "names", "--mirror", "http://127.0.0.1:\(port)/"], in: folder)
      #expect(refused.code == 69)
      #expect(
        refused.errors.contains(
          "attune: error: no network: cannot reach 127.0.0.1 (Failed to connect to 127.0.0.1 port"),
        "\(refused.errors)")
      let unknown = try run(["fetch", "names", "--mirror", "http://no-such-host.invalid"], in: folder)
      #expect(unknown.code == 69)
      #expect(
        unknown.errors.contains("attune: error: no network: cannot reach no-such-host.invalid (Could not resolve host"),
        "\(unknown.errors)")
      for outcome in [refused, unknown] {
        #expect(outcome.errors.contains("name another copy with --mirror ADDRESS\n"))
        #expect(outcome.output.isEmpty)
      }
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder) == ["data"])
    }
  }

  @Test func `wrong bytes are exit 65, a missing file 69, and of several sets each is tried`() throws {
    let server = try LoopbackServer([
      "/names/names.txt": .init(bytes: [UInt8](repeating: 65, count: 228_145)),
      "/spambase/spambase.data": .init(bytes: [1, 2, 3]),
    ])
    defer { server.stop() }
    try inFolder { folder in
      let wrong = try run(["fetch", "names", "--mirror", server.address(), "--folder", "f"], in: folder)
      #expect(wrong.code == 65)
      #expect(wrong.errors.contains("attune: error: 'f/names/names.txt' from "), "\(wrong.errors)")
      #expect(FileManager.default.fileExists(atPath: folder + "/f/names/names.txt.wrong"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/f/names/names.txt"))
      let several = try run(
        ["fetch", "king-county", "spambase", "-q", "--mirror", server.address(), "--folder", "f"], in: folder)
      #expect(several.code == 69)
      #expect(
        several.errors.contains("attune: error: king-county: \(server.address())king-county/kc_house_data.csv answers"))
      #expect(
        several.errors.contains("attune: error: spambase: \(server.address())spambase/spambase.data offers 3 bytes"))
      #expect(several.errors.hasSuffix("attune: error: 2 of 2 sets were not fetched: king-county, spambase\n"))
    }
  }

  @Test func `a stopped download keeps its part and says how to go on`() throws {
    let server = try LoopbackServer([
      "/names/names.txt": .init(bytes: [UInt8](repeating: 65, count: 228_145), pause: 1_000_000)
    ])
    defer { server.stop() }
    try inFolder { folder in
      let arguments = ["data", "fetch", "names", "--mirror", server.address(), "--folder", "my data"]
      let process = try AttuneProcess(arguments, in: folder)
      let part = folder + "/my data/names/names.txt.part", deadline = Date(timeIntervalSinceNow: 30)
      while (try? FileManager.default.attributesOfItem(atPath: part)[.size] as? Int) ?? 0 == 0, Date() < deadline {
        usleep(5_000)
      }
      kill(process.process.processIdentifier, SIGINT)
      let stopped = process.finish()
      #expect(stopped.code == 130)
      #expect(
        stopped.errors.hasSuffix(
          "attune: stopped; what was downloaded is kept, go on with: attune data fetch names --folder 'my data' --mirror "
            + "\(server.address())\n"), "\(stopped.errors)")
      #expect(try #require(FileManager.default.contents(atPath: part)).count >= 65536)
    }
  }

  @Test func `a folder that cannot be written is exit 73, a full disk 74`() throws {
    let server = try LoopbackServer(["/names/names.txt": .init(bytes: [UInt8](repeating: 65, count: 228_145))])
    defer { server.stop() }
    try inFolder { folder in
      let created = try run(["fetch", "names", "--mirror", server.address(), "--folder", "/proc/none"], in: folder)
      #expect(created.code == 73, "\(created.errors)")
      #expect(created.errors.hasPrefix("attune: error: cannot write '/proc/none/names': "), "\(created.errors)")
      let full = try attune(
        "data", "fetch", "names", "-q", "--mirror", server.address(), in: folder,
        shell: "ulimit -f 16; exec \"$0\" \"$@\"")
      #expect(full.code == 74, "\(full.errors)")
      #expect(
        full.errors.contains("attune: error: input or output failed on 'data/names/names.txt.part': File too large"))
    }
  }

  @Test func `an existing file that is another one is not touched`() throws {
    try inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/data/names", withIntermediateDirectories: true)
      try write("mine", to: folder + "/data/names/names.txt")
      let outcome = try run(["fetch", "names", "--mirror", "http://127.0.0.1:1/"], in: folder)
      #expect(outcome.code == 65)
      #expect(outcome.errors.hasPrefix("attune: error: 'data/names/names.txt' is there, but its SHA-256 is "))
      #expect(try String(contentsOfFile: folder + "/data/names/names.txt", encoding: .utf8) == "mine")
    }
  }

  @Test func `the list names every set and what is there`() throws {
    struct Row: Decodable {
      var name: String, license: String, citation: String, addresses: [String], state: String
    }
    try inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder + "/d/names", withIntermediateDirectories: true)
      try Data(count: 228_145).write(to: URL(filePath: folder + "/d/names/names.txt"))
      let listed = try run(["list", "--json"], in: folder, environment: ["ATTUNE_DATA": "d"])
      #expect(listed.code == 0 && listed.errors.isEmpty)
      let rows = try JSONDecoder().decode([Row].self, from: Data(listed.output.utf8))
      #expect(rows.map(\.name) == DataCatalog.sets.map(\.name))
      #expect(rows.filter { $0.state == "present" }.map(\.name) == ["names"])
      #expect(rows.allSatisfy { !$0.license.isEmpty && !$0.citation.isEmpty && !$0.addresses.isEmpty })
      let table = try run(["list", "--folder", "d"], in: folder)
      #expect(table.output.split(separator: "\n").count == rows.count + 1)
      #expect(table.errors == "folder: d; fetch a set with: attune data fetch NAME\n")
    }
  }

  @Test(arguments: [
    ([], "give either names of sets or --all"), (["names", "--all"], "give either names of sets or --all"),
    (["nams"], "no public set is called 'nams'; known: 20-newsgroups, adult, "),
    (["names", "--attempts", "0"], "--attempts takes a number above 0"),
    (
      ["names", "--mirror", "ftp://x/"],
      "--mirror takes an address that begins with http:// or https://, found 'ftp://x/'"
    ),
  ])
  func `wrong arguments are exit 64`(arguments: [String], message: String) throws {
    let outcome = try run(["fetch"] + arguments, in: "/")
    #expect(outcome.code == 64)
    #expect(outcome.errors.hasPrefix("Error: \(message)"), "\(outcome.errors)")
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["ATTUNE_DATA"] != nil))
  func `a copy of the data folder is fetched, checked, and present the second time`() throws {
    let source = try #require(ProcessInfo.processInfo.environment["ATTUNE_DATA"])
    let paths = ["names/names.txt", "wine-quality/winequality-red.csv", "wine-quality/winequality-white.csv"]
    var resources: [String: LoopbackServer.Resource] = [:]
    for path in paths {
      resources["/" + path] = .init(
        bytes: Array(try Data(contentsOf: URL(filePath: "\(source)/\(path)"))), cuts: [1000])
    }
    let server = try LoopbackServer(resources)
    defer { server.stop() }
    try inFolder { folder in
      let arguments = ["fetch", "names", "wine-quality", "--mirror", server.address(), "--folder", "copy"]
      let fetched = try run(arguments, in: folder)
      #expect(fetched.code == 0, "\(fetched.errors)")
      #expect(
        fetched.output.hasPrefix("names: first names for a character language model\n  names/names.txt  fetched\n"))
      #expect(fetched.output.contains("  license: CC BY 4.0\n  cite: Cortez et al. 2009"))
      for path in paths {
        #expect(
          FileManager.default.contents(atPath: "\(folder)/copy/\(path)")
            == FileManager.default.contents(atPath: "\(source)/\(path)"))
      }
      #expect(server.requests.count == 6)
      #expect(server.requests.count { $0.headers["range"] == "bytes=1000-" } == 3)
      let again = try run(arguments, in: folder)
      #expect(again.code == 0 && server.requests.count == 6)
      #expect(again.output.contains("  winequality-red.csv  present") || again.output.contains("red.csv    present"))
    }
  }
}
