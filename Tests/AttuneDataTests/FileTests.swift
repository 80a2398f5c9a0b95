import AttuneCore
import Foundation
import Testing

@testable import AttuneData

@Suite struct FileTests {
  private func kind(_ body: () throws -> some Any) -> FileError.Kind? {
    do { _ = try body() } catch { return (error as? FileError)?.kind }
    return nil
  }

  @Test(arguments: [0, 1, 100_000]) func `all bytes of a file are read`(count: Int) throws {
    try withTemporaryFolder { folder in
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
      try AtomicFile.write(bytes, to: folder + "/a")
      #expect(try InputFile.bytes(at: folder + "/a") == bytes)
    }
  }

  @Test func `a missing input is told apart from one that is no file`() throws {
    #expect(
      message { try InputFile.bytes(at: "/no/such/file") }
        == "cannot read '/no/such/file': No such file or directory; check the path and the current folder")
    #expect(kind { try InputFile.bytes(at: "/etc/passwd/x") } == .notFound)
    #expect(kind { try InputFile.bytes(at: "") } == .notFound)
    #expect(kind { try InputFile.bytes(at: "/etc/passwd\0.csv") } == .notFound)
    #expect(
      message { try InputFile.bytes(at: "/dev/zero") }
        == "cannot read '/dev/zero': it is a device; give a regular file that this user may read")
    #expect(kind { try InputFile.bytes(at: "/tmp") } == .unreadable)
    try withTemporaryFolder { folder in
      #expect(mkfifo(folder + "/pipe", 0o600) == 0)
      #expect(kind { try InputFile.bytes(at: folder + "/pipe") } == .unreadable)
    }
  }

  @Test func `missing input, input that is no file, bad data and output without a place are four errors`() throws {
    func load(_ path: String) throws -> Table {
      try CSVTableLoader.load(path: path, target: nil, task: .regression)
    }
    #expect(kind { try load("/no/such.csv") } == .notFound)
    #expect(kind { try NPY.read(path: "/no/such.npy") } == .notFound)
    #expect(kind { try load("/tmp") } == .unreadable)
    #expect(kind { try NPY.write(Matrix([[1]]), to: "/no/such/folder/m.npy") } == .cannotCreate)
    try withTemporaryFolder { folder in
      try AtomicFile.write([], to: folder + "/empty.csv")
      #expect(throws: DataError.self) { try load(folder + "/empty.csv") }
    }
  }
}
