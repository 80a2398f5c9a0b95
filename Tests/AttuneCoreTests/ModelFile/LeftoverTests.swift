import AttuneCore
import Foundation
import Testing

@Suite struct LeftoverTests {
  @Test func `only files of dead processes go, at once, unless another machine holds them`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "attune-leftovers-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let dead = Process()
    dead.executableURL = URL(filePath: "/bin/true")
    try dead.run()
    dead.waitUntilExit()
    let number = dead.processIdentifier
    let names = [
      ".attune-\(number)-1.tmp", ".attune-\(getpid())-1.tmp", ".attune-lock", ".attune-\(number)-1.tmp.mine", "m.tmp",
    ]
    for name in names {
      _ = FileManager.default.createFile(atPath: folder + "/" + name, contents: Data())
    }
    let held = try FileLock(folder + "/.attune-\(number)-2.tmp")
    AtomicFile.removeLeftovers(beside: folder + "/m.safetensors")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    withExtendedLifetime(held) {}
    #expect(left == (names.dropFirst() + [".attune-\(number)-2.tmp"]).sorted())
  }
}
