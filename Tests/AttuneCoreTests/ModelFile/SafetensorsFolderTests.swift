import AttuneCore
import Foundation
import Testing

/// What lies at a path: files, none, and things that are none.
@Suite struct SafetensorsFolderTests {
  private static let file = SafetensorsFile(tensors: ["a": SafetensorsFile.Tensor([1, 2, 3.5])])

  @Test func `a file is written whole and read again`() throws {
    try inTemporaryFolder { folder in
      let path = "\(folder)/model.safetensors"
      try Self.file.write(to: path)
      #expect(try SafetensorsFile(contentsOf: path).tensors == Self.file.tensors)
      try SafetensorsFile().write(to: path)
      #expect(try SafetensorsFile(contentsOf: path).tensors.isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["model.safetensors"])
    }
  }

  @Test func `a damaged file is reported with its path`() throws {
    try inTemporaryFolder { folder in
      let path = "\(folder)/model.safetensors"
      let bytes = try Self.file.serialized()
      try AtomicFile.write(Array(bytes.dropLast(4)), to: path)
      let error = #expect(throws: ModelFileError.self) { try SafetensorsFile(contentsOf: path) }
      #expect(
        error?.description == "\(path): the tensors take 24 bytes, but the file has 20 after its header; "
          + "if it is a safetensors file, it is damaged or cut short: fetch or save it again")
      let wrong = SafetensorsFile(tensors: ["__metadata__": SafetensorsFile.Tensor([1.0])])
      let unwritten = #expect(throws: ModelFileError.self) { try wrong.write(to: path) }
      #expect(unwritten?.path == path)
    }
  }

  @Test func `a missing file is not found`() throws {
    for path in ["/nonexistent/model.safetensors", "", "/dev/null/model.safetensors"] {
      let error = #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: path) }
      #expect(error?.kind == .notFound)
    }
    let error = #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: "/nonexistent/m") }
    #expect(
      error?.description
        == "cannot read '/nonexistent/m': No such file or directory; check the path and the current folder")
  }

  @Test func `folders, pipes, devices and link loops are refused without waiting`() throws {
    try inTemporaryFolder { folder in
      let pipe = "\(folder)/pipe", loop = "\(folder)/loop"
      #expect(mkfifo(pipe, 0o600) == 0)
      #expect(symlink(loop, loop) == 0)
      for (path, reason) in [
        (folder, "it is a folder"), (pipe, "it is a named pipe"), ("/dev/zero", "it is a device"),
        (loop, "Too many levels of symbolic links"),
      ] {
        let error = #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: path) }
        #expect(error == FileError(kind: .unreadable, path: path, reason: reason))
      }
      let text = FileError(kind: .unreadable, path: folder, reason: "it is a folder").description
      #expect(text == "cannot read '\(folder)': it is a folder; give a regular file that this user may read")
    }
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func `a file without permission is unreadable`() throws {
    try inTemporaryFolder { folder in
      let path = "\(folder)/model.safetensors"
      try Self.file.write(to: path)
      #expect(chmod(path, 0) == 0)
      let error = #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: path) }
      #expect(error == FileError(kind: .unreadable, path: path, reason: "Permission denied"))
    }
  }

  @Test func `a symbolic link to a file is read`() throws {
    try inTemporaryFolder { folder in
      try Self.file.write(to: "\(folder)/a")
      #expect(symlink("a", "\(folder)/b") == 0)
      #expect(try SafetensorsFile(contentsOf: "\(folder)/b").tensors == Self.file.tensors)
    }
  }

  @Test func `a sparse file of a terabyte is refused without reading it`() throws {
    try inTemporaryFolder { folder in
      let path = "\(folder)/huge"
      try AtomicFile.write(SafetensorsFixtures.file("{}"), to: path)
      #expect(truncate(path, 1 << 40) == 0)
      let error = #expect(throws: ModelFileError.self) { try SafetensorsFile(contentsOf: path) }
      #expect(error?.what == "the tensors take 0 bytes, but the file has 1099511627766 after its header")
    }
  }

  /// Runs where `ATTUNE_PYTHON` names a Python that has the package.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["ATTUNE_PYTHON"] != nil))
  func `the reference opens what we write`() throws {
    try inTemporaryFolder { folder in
      let path = "\(folder)/model.safetensors"
      var file = try SafetensorsFile(contentsOf: SafetensorsFixtures.path("dtypes.safetensors"))
      file.metadata["made by"] = "é\u{1}\""
      file.tensors["matrix"] = SafetensorsFile.Tensor(Matrix([[1, 2], [3, 4]]))
      try file.write(to: path)
      let process = Process(), output = Pipe()
      process.executableURL = URL(filePath: ProcessInfo.processInfo.environment["ATTUNE_PYTHON"] ?? "")
      process.arguments = [SafetensorsFixtures.tests.appending(path: "References/check_safetensors.py").path, path]
      process.standardOutput = output
      try process.run()
      let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let expected = file.names.map { name in
        let tensor = file.tensors[name]
        return "\(name) \(tensor?.dataType.rawValue ?? "") \(tensor?.shape ?? [])"
      }
      #expect(printed.split(separator: "\n").map(String.init) == expected)
    }
  }
}
