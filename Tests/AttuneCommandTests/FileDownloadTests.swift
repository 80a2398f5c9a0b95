import AttuneCore
import AttuneData
import Foundation
import Testing

@testable import AttuneCommand

/// Downloads from a server on loopback that misbehaves.
@Suite struct FileDownloadTests {
  // 300,000 bytes of a counter's middle bits; the hash is sha256sum's of the same bytes.
  private static let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
  private static let sha256 = "10e5ea249ba15cf9da0925b29f6caca069e088f63eec3521e5560c1a0394058a"

  private func file(_ sha256: String = Self.sha256, bytes: Int? = 300_000) -> PublicDataSet.File {
    .init("set/file.bin", .sha256(sha256), bytes: bytes)
  }

  private func download(
    _ folder: String, _ file: PublicDataSet.File, _ addresses: [String], attempts: Int = 3, isHashOptional: Bool = false
  ) -> FileDownload {
    FileDownload(
      file: file, path: folder + "/set/file.bin", addresses: addresses, isHashOptional: isHashOptional,
      attempts: attempts, display: DownloadDisplay(isQuiet: true))
  }

  private func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/set")) ?? []).sorted()
  }

  /// Calls `body` with a server of one resource, `/file.bin`, and an empty folder.
  private func serving(
    _ resource: LoopbackServer.Resource, _ body: (LoopbackServer, String) throws -> Void
  ) throws {
    let server = try LoopbackServer(["/file.bin": resource])
    defer { server.stop() }
    try inFolder { try body(server, $0) }
  }

  private func content(_ folder: String) -> [UInt8]? {
    FileManager.default.contents(atPath: folder + "/set/file.bin").map { Array($0) }
  }

  @Test func `a whole file is one request, and nothing else is left`() throws {
    try serving(.init(bytes: Self.bytes)) { server, folder in
      let address = try download(folder, file(), [server.address("/file.bin")]).run()
      #expect(address == server.address("/file.bin"))
      #expect(content(folder) == Self.bytes)
      #expect(names(folder) == ["file.bin"])
      #expect(server.requests.count == 1)
      #expect(server.requests.first?.headers["range"] == nil)
      #expect(server.requests.first?.headers["accept-encoding"] == "identity")
    }
  }

  @Test(arguments: [true, false])
  func `a file whose length nobody tells is fetched`(tellsLength: Bool) throws {
    try serving(.init(bytes: Self.bytes, tellsLength: tellsLength)) { server, folder in
      _ = try download(folder, file(bytes: nil), [server.address("/file.bin")]).run()
      #expect(content(folder) == Self.bytes)
    }
  }

  @Test func `a transfer that is cut goes on where it was, within one run`() throws {
    try serving(.init(bytes: Self.bytes, entityTag: "\"v1\"", cuts: [100_000, 50_000])) { server, folder in
      _ = try download(folder, file(), [server.address("/file.bin")]).run()
      #expect(content(folder) == Self.bytes)
      let requests = server.requests.map(\.headers)
      #expect(requests.map { $0["range"] } == [nil, "bytes=100000-", "bytes=150000-"])
      #expect(requests.map { $0["if-range"] } == [nil, "\"v1\"", "\"v1\""])
    }
  }

  @Test func `a transfer that is cut goes on where it was, in a later run`() throws {
    try serving(.init(bytes: Self.bytes, entityTag: "\"v1\"", cuts: [100_000])) { server, folder in
      let address = server.address("/file.bin")
      let error = try #require(throws: DownloadError.self) {
        try download(folder, file(), [address], attempts: 1).run()
      }
      #expect(error.exitCode == 69)
      #expect(error.description.hasPrefix("the download of \(address) failed after 1 attempt ("), "\(error)")
      #expect(
        error.description.hasSuffix(
          "; 100.0 kB are kept in '\(folder)/set/file.bin.part'; the same command goes on where it stopped"), "\(error)"
      )
      #expect(names(folder) == ["file.bin.part", "file.bin.part.json"])
      _ = try download(folder, file(), [address], attempts: 1).run()
      #expect(content(folder) == Self.bytes)
      #expect(names(folder) == ["file.bin"])
      #expect(server.requests.last?.headers["range"] == "bytes=100000-")
      #expect(server.requests.last?.headers["if-range"] == "\"v1\"")
    }
  }

  @Test func `a server that ignores ranges sends the file anew`() throws {
    try serving(.init(bytes: Self.bytes, honorsRanges: false, cuts: [100_000])) { server, folder in
      _ = try download(folder, file(), [server.address("/file.bin")]).run()
      #expect(content(folder) == Self.bytes)
      #expect(server.requests.map { $0.headers["range"] } == [nil, "bytes=100000-"])
    }
  }

  @Test func `a part of another version is not gone on with`() throws {
    try serving(.init(bytes: Self.bytes, entityTag: "\"v2\"")) { server, folder in
      let address = server.address("/file.bin")
      try FileManager.default.createDirectory(atPath: folder + "/set", withIntermediateDirectories: false)
      try Data(repeating: 7, count: 1000).write(to: URL(filePath: folder + "/set/file.bin.part"))
      try write(
        "{\"address\": \"\(address)\", \"entityTag\": \"\\\"v1\\\"\", \"total\": 300000}",
        to: folder + "/set/file.bin.part.json")
      _ = try download(folder, file(), [address]).run()
      #expect(content(folder) == Self.bytes)
      #expect(server.requests.map { $0.headers["if-range"] } == ["\"v1\""])
    }
  }

  @Test func `a part that is longer than the file on the server is dropped`() throws {
    try serving(.init(bytes: Self.bytes)) { server, folder in
      try FileManager.default.createDirectory(atPath: folder + "/set", withIntermediateDirectories: false)
      try Data(repeating: 7, count: 400_000).write(to: URL(filePath: folder + "/set/file.bin.part"))
      _ = try download(folder, file(bytes: nil), [server.address("/file.bin")]).run()
      #expect(content(folder) == Self.bytes)
      #expect(server.requests.map { $0.headers["range"] } == ["bytes=400000-", nil])
    }
  }

  @Test func `wrong bytes are put aside, told of and exit 65`() throws {
    var wrong = Self.bytes
    wrong[17] ^= 1
    try serving(.init(bytes: wrong)) { server, folder in
      let address = server.address("/file.bin")
      let error = try #require(throws: DownloadError.self) { try download(folder, file(), [address]).run() }
      #expect(error.exitCode == 65)
      let path = folder + "/set/file.bin"
      #expect(error.description.hasPrefix("'\(path)' from \(address): SHA-256 is "), "\(error)")
      #expect(
        error.description.contains(", expected \(Self.sha256); the bytes are kept in '\(path).wrong' and not used"))
      #expect(names(folder) == ["file.bin.wrong"])
      #expect(FileManager.default.contents(atPath: path + ".wrong").map { Array($0) } == wrong)
      // The next address is right.
      let right = try LoopbackServer(["/other": .init(bytes: Self.bytes)])
      defer { right.stop() }
      #expect(try download(folder, file(), [address, right.address("/other")]).run() == right.address("/other"))
      #expect(content(folder) == Self.bytes)
    }
  }

  @Test func `another hash of an archive that is packed anew is told, not refused`() throws {
    try serving(.init(bytes: Self.bytes)) { server, folder in
      let other = file(String(repeating: "0", count: 64), bytes: 5)
      _ = try download(folder, other, [server.address("/file.bin")], isHashOptional: true).run()
      #expect(content(folder) == Self.bytes)
    }
  }

  @Test func `a page of another length is refused before it is read`() throws {
    try serving(.init(bytes: Array("<html>log in".utf8))) { server, folder in
      let error = try #require(throws: DownloadError.self) {
        try download(folder, file(), [server.address("/file.bin")]).run()
      }
      #expect(error.exitCode == 65)
      #expect(
        error.description
          == "\(server.address("/file.bin")) offers 12 bytes (application/octet-stream), expected 300000; it is not the "
          + "published file: check for a login page in the way, or name another copy with --mirror ADDRESS")
      #expect(names(folder).isEmpty)
    }
  }

  @Test(arguments: [true, false])
  func `a server that sends more than the file is stopped`(tellsLength: Bool) throws {
    // Of an answer whose length is not told, only the bytes that come say that it is another file.
    let endless = [UInt8](repeating: 7, count: 8_000_000)
    try serving(.init(bytes: endless, tellsLength: tellsLength, pause: 1000)) { server, folder in
      let address = server.address("/file.bin")
      let error = try #require(throws: DownloadError.self) { try download(folder, file(), [address]).run() }
      #expect(error.exitCode == 65)
      let found = tellsLength ? "offers 8000000 bytes" : "sends more than the expected 300000 bytes"
      #expect(error.description.hasPrefix("\(address) \(found) (application/octet-stream)"), "\(error)")
      #expect(names(folder).isEmpty && server.requests.count == 1)
    }
  }

  @Test func `a link in place of the part is not followed`() throws {
    try serving(.init(bytes: Self.bytes)) { server, folder in
      try write("precious", to: folder + "/victim")
      try FileManager.default.createDirectory(atPath: folder + "/set", withIntermediateDirectories: false)
      let part = folder + "/set/file.bin.part"
      try FileManager.default.createSymbolicLink(atPath: part, withDestinationPath: folder + "/victim")
      let error = try #require(throws: FileError.self) {
        try download(folder, file(), [server.address("/file.bin")]).run()
      }
      #expect(error.kind == .cannotCreate && error.reason == "it is a symbolic link; remove it")
      #expect(try String(contentsOfFile: folder + "/victim", encoding: .utf8) == "precious")
      #expect(server.requests.isEmpty)
    }
  }

  @Test func `a file in place of the folder is named`() throws {
    try serving(.init(bytes: Self.bytes)) { server, folder in
      try write("x", to: folder + "/set")
      let error = try #require(throws: FileError.self) {
        try download(folder, file(), [server.address("/file.bin")]).run()
      }
      #expect(error.kind == .cannotCreate && error.reason == "'\(folder)/set' is a file, not a folder")
    }
  }

  @Test func `a missing file is exit 69 and is not asked for again, and the next address is tried`() throws {
    try serving(.init(bytes: Self.bytes)) { server, folder in
      let missing = server.address("/none.bin")
      let error = try #require(throws: DownloadError.self) { try download(folder, file(), [missing]).run() }
      #expect(error.exitCode == 69)
      #expect(
        error.description
          == "\(missing) answers with status 404 (not found); the file may have moved: name another copy with --mirror "
          + "ADDRESS")
      #expect(server.requests.count == 1)
      // The folder was made for the file, and went with it.
      #expect(!FileManager.default.fileExists(atPath: folder + "/set"))
      #expect(try download(folder, file(), [missing, server.address("/file.bin")]).run().hasSuffix("/file.bin"))
      #expect(content(folder) == Self.bytes)
    }
  }

  @Test func `a busy server is asked again, but not for ever`() throws {
    let busy = ["503 Service Unavailable", "500 Internal Server Error"]
    try serving(.init(bytes: Self.bytes, statuses: busy)) { server, folder in
      _ = try download(folder, file(), [server.address("/file.bin")]).run()
      #expect(content(folder) == Self.bytes)
      #expect(server.requests.count == 3)
    }
    try serving(.init(bytes: Self.bytes, statuses: busy)) { server, folder in
      let address = server.address("/file.bin")
      let error = try #require(throws: DownloadError.self) {
        try download(folder, file(), [address], attempts: 2).run()
      }
      #expect(
        error.description
          == "the download of \(address) failed after 2 attempts without progress (\(address) answers with status 500); "
          + "the same command goes on where it stopped")
      #expect(server.requests.count == 2)
    }
  }

  @Test func `redirects are followed, with the range`() throws {
    let server = try LoopbackServer([
      "/old": .init(bytes: [], redirect: "/file.bin"), "/file.bin": .init(bytes: Self.bytes, cuts: [100_000]),
      "/loop": .init(bytes: [], redirect: "/loop"),
    ])
    defer { server.stop() }
    try inFolder { folder in
      _ = try download(folder, file(), [server.address("/old")]).run()
      #expect(content(folder) == Self.bytes)
      #expect(server.requests.map(\.path) == ["/old", "/file.bin", "/old", "/file.bin"])
      #expect(server.requests.last?.headers["range"] == "bytes=100000-")
      #expect(throws: DownloadError.self) {
        try download(folder + "/other", file(), [server.address("/loop")], attempts: 1).run()
      }
      #expect(server.requests.count < 100)
    }
  }

  @Test func `a reader that is slow holds the server up instead of filling the memory`() throws {
    let size = 64 << 20
    try serving(.init(bytes: [UInt8](repeating: 1, count: size))) { server, _ in
      let transfer = HTTPTransfer(
        try #require(URL(string: server.address("/file.bin"))), from: 0, entityTag: nil)
      defer { transfer.cancel() }
      sleep(2)
      var counts: [Int] = [], isOver = false
      while !isOver {
        var count = 0
        for event in try transfer.events() {
          if case .body(let data) = event { count += data.count }
          if case .end(let failure) = event {
            #expect(failure?.reason == nil)
            isOver = true
          }
        }
        counts.append(count)
      }
      #expect(counts.reduce(0, +) == size)
      let most = counts.max() ?? 0
      #expect(most > 0 && most < 20 << 20, "\(most)")
    }
  }

  @Test func `two processes do not write one file`() throws {
    try serving(.init(bytes: Self.bytes)) { server, folder in
      let held = try PartialFile(of: folder + "/set/file.bin")
      let error = try #require(throws: DownloadError.self) {
        try download(folder, file(), [server.address("/file.bin")]).run()
      }
      #expect(error.exitCode == 75)
      #expect(error.description.hasPrefix("another process downloads to '\(held.path)'"))
      #expect(server.requests.isEmpty)
    }
  }
}

@Suite struct DownloadTextTests {
  @Test(arguments: [
    (0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB"),
    (2_918_471_680, "2.9 GB"),
  ])
  func `sizes are in decimal units`(bytes: Int, text: String) {
    #expect(ByteCount.text(bytes) == text)
  }

  @Test func `the line of progress has rate and time left of what was fetched now`() {
    let line = DownloadLine(name: "a", first: 1000, total: 11_000)
    #expect(line.text(1000, seconds: 0) == "a: 1.0 kB of 11.0 kB (9 %)")
    #expect(line.text(5000, seconds: 1) == "a: 5.0 kB of 11.0 kB (45 %), 4.0 kB/s")
    #expect(line.text(5000, seconds: 4) == "a: 5.0 kB of 11.0 kB (45 %), 1.0 kB/s, about 6 s left")
    #expect(DownloadLine(name: "a", first: 0, total: nil).text(5000, seconds: 5) == "a: 5.0 kB, 1.0 kB/s")
  }

  @Test(arguments: [
    ("bytes 5-9/10", 5, 10 as Int?), ("bytes 0-0/*", 0, nil),
  ])
  func `a content range tells start and size`(text: String, start: Int, total: Int?) throws {
    let range = try #require(HTTPHead.range(text))
    #expect(range.start == start && range.total == total)
    #expect(HTTPHead.range("bytes */10") == nil && HTTPHead.range("items 0-1/2") == nil)
  }

  @Test func `hashes are those of other tools`() throws {
    try inFolder { folder in
      try write("attune\n", to: folder + "/x")
      for (checksum, digits) in [
        (PublicDataSet.Checksum.sha256(""), "85a82a06fa89f7f40224e0256bfd7f5ab82524873aba87fc341abac40016b91e"),
        (.md5(""), "7a0361e4ebef3adfe87bb760a4014618"), (.gitBlob(""), "dbfdb750f14ee33ddbea0824296779a54c0d6237"),
      ] {
        #expect(try FileDigest.digits(of: folder + "/x", as: checksum) == digits)
      }
    }
  }
}
