import Foundation
import Testing

@testable import AttuneCore

@Suite struct FileLockTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "attune-lock-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test func `a lock is held once, and says by whom`() throws {
    try inFolder { folder in
      let path = folder + "/m.lock", error = FileBusy(path: folder + "/m.lock", owner: Int(getpid()))
      do {
        let lock = try FileLock(path, removesFile: true)
        #expect(throws: error) { try FileLock(path) }
        withExtendedLifetime(lock) {}
      }
      #expect(!FileManager.default.fileExists(atPath: path))
      #expect(error.description == "\(path) is held by process \(getpid()); wait for it or stop it")
      #expect(FileBusy(path: "m", owner: nil).description == "m is held by another process; wait for it or stop it")
    }
  }

  @Test func `what a killed process left is taken over`() throws {
    try inFolder { folder in
      let path = folder + "/m.lock"
      try "99999999".write(toFile: path, atomically: true, encoding: .utf8)
      let lock = try FileLock(path)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "\(getpid())")
      withExtendedLifetime(lock) {}
    }
  }

  @Test func `a lock file that cannot be made is an error`() throws {
    let error = FileError(kind: .cannotCreate, path: "/nowhere/m.lock", reason: "No such file or directory")
    #expect(throws: error) { try FileLock("/nowhere/m.lock") }
  }
}
