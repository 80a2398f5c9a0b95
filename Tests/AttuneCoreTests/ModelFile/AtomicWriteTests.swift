import AttuneCore
import Foundation
import Testing

@Suite struct AtomicWriteTests {
  private func contents(_ path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map { Array($0) } }
  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test(arguments: [0, 1, 3_000_000]) func `all bytes arrive and nothing else is left`(count: Int) throws {
    try inTemporaryFolder { folder in
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try AtomicFile.write([9], to: "\(folder)/f")
      try AtomicFile.write(bytes, to: "\(folder)/f")
      #expect(contents("\(folder)/f") == bytes)
      #expect(try names(folder) == ["f"])
    }
  }

  @Test func `an existing file keeps its permissions and a link stays a link`() throws {
    try inTemporaryFolder { folder in
      try AtomicFile.write([1], to: "\(folder)/f")
      #expect(chmod("\(folder)/f", 0o640) == 0)
      #expect(symlink("f", "\(folder)/link") == 0)
      try AtomicFile.write([2], to: "\(folder)/link")
      #expect(contents("\(folder)/f") == [2])
      var status = stat()
      #expect(lstat("\(folder)/f", &status) == 0 && status.st_mode & 0o777 == 0o640)
      #expect(lstat("\(folder)/link", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    }
  }

  @Test func `the temporary file of a killed process is in nobody's way`() throws {
    try inTemporaryFolder { folder in
      // The numbers count up in one process, so one of these is the next.
      for number in 1...5000 { close(creat("\(folder)/.attune-\(getpid())-\(number).tmp", 0o600)) }
      try AtomicFile.write([7], to: "\(folder)/f")
      #expect(contents("\(folder)/f") == [7])
    }
  }

  @Test func `a failed write leaves what was there and no temporary file`() throws {
    try inTemporaryFolder { folder in
      let inside = "\(folder)/g"
      try FileManager.default.createDirectory(atPath: inside, withIntermediateDirectories: false)
      let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: inside) }
      #expect(error == FileError(kind: .cannotCreate, path: inside, reason: "it is a folder, not a file"))
      // The name is too long for the rename at the end, after the temporary file was written.
      let long = "\(folder)/" + String(repeating: "x", count: 256)
      let late = #expect(throws: FileError.self) { try AtomicFile.write([1], to: long) }
      #expect(late == FileError(kind: .cannotCreate, path: long, reason: "File name too long"))
      #expect(try names(folder) == ["g"])
    }
  }

  @Test func `devices and missing folders are refused`() throws {
    let device = #expect(throws: FileError.self) { try AtomicFile.write([1], to: "/dev/null") }
    #expect(
      device?.description == "cannot write '/dev/null': it is a device, not a file; "
        + "give a file name in an existing folder that this user may write to")
    let missing = #expect(throws: FileError.self) { try AtomicFile.write([1], to: "/nonexistent/f") }
    #expect(missing?.kind == .cannotCreate)
    #expect(missing?.reason == "in the folder /nonexistent: No such file or directory")
    for path in ["", "/nonexistent/a\0b"] {
      let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: path) }
      #expect(error?.reason == "the path is empty or contains a NUL")
    }
  }

  @Test func `many writers of one file leave one whole file`() throws {
    try inTemporaryFolder { folder in
      DispatchQueue.concurrentPerform(iterations: 16) { writer in
        #expect(throws: Never.self) {
          try AtomicFile.write([UInt8](repeating: UInt8(writer), count: 100_000), to: "\(folder)/f")
        }
      }
      let bytes = try #require(contents("\(folder)/f"))
      #expect(bytes.count == 100_000 && Set(bytes).count == 1)
      #expect(try names(folder) == ["f"])
    }
  }
}
