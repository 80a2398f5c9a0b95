import AttuneCore
import Foundation
import Testing

@Suite struct LeftoverTests {
  @Test func `only old files of dead processes go`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "attune-leftovers-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let dead = Process()
    dead.executableURL = URL(filePath: "/bin/true")
    try dead.run()
    dead.waitUntilExit()
    let number = dead.processIdentifier, old = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: -120)]
    let names = [
      ".attune-\(number)-1.tmp", ".attune-\(getpid())-1.tmp", ".attune-lock", ".attune-\(number)-1.tmp.mine", "m.tmp",
    ]
    for name in names {
      _ = FileManager.default.createFile(atPath: folder + "/" + name, contents: Data(), attributes: old)
    }
    _ = FileManager.default.createFile(atPath: folder + "/.attune-\(number)-2.tmp", contents: Data())
    AtomicFile.removeLeftovers(beside: folder + "/m.safetensors")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(left == (names.dropFirst() + [".attune-\(number)-2.tmp"]).sorted())
  }
}
