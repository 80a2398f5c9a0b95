import AttuneCore
import Foundation
import Testing

@testable import AttuneTraining

@Suite struct EventFileTests {
  private func write(_ records: some Sequence<MetricRecord>, to file: EventFile) throws {
    for record in records { try file.append(record) }
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test func `the checksum is CRC-32C, masked as in records`() {
    #expect(CRC32C.checksum("123456789".utf8) == 0xE306_9283)
    // RFC 3720, appendix B.4: 32 bytes of zeros, of ones, and counting up.
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(Array(0..<32)) == 0x46DD_794E)
    #expect(CRC32C.checksum([]) == 0)
    // Rotated right by 15 bits and 0xA282EAD8 added, by hand.
    let value: UInt64 = 0xE306_9283
    let rotated = (value >> 15 | value << 17) & 0xFFFF_FFFF
    #expect(UInt64(CRC32C.masked("123456789".utf8)) == (rotated + 0xA282_EAD8) % (1 << 32))
  }

  @Test func `an event has the bytes of the format`() {
    // wall_time (1, double) 1.5; step (2, varint) 300; summary (5): value (1): tag (1) "a", simple_value (2, float) 0.5.
    let record = MetricRecord(step: 300, values: ["a": 0.5], time: 1.5)
    #expect(
      hexadecimal(EventFile.event(record))
        == "09" + "000000000000f83f" + "10ac02" + "2a0a" + "0a08" + "0a0161" + "15" + "0000003f")
  }

  @Test func `a record is length, checksum, event, checksum`() {
    let event = Array("123456789".utf8), record = EventFile.record(event)
    #expect(hexadecimal(Array(record.prefix(8))) == "0900000000000000")
    #expect(record.count == 8 + 4 + 9 + 4 && Array(record[12..<21]) == event)
    #expect(
      LittleEndian.number(UInt32.self, in: record[8...]) == CRC32C.masked(record.prefix(8))
        && LittleEndian.number(UInt32.self, in: record[21...]) == CRC32C.masked(event))
  }

  @Test func `a new file begins with the version and has TensorBoard's name`() throws {
    try withTemporaryFolder { folder in
      let file = try EventFile(creatingIn: folder, time: 1_763_735_155.75)
      let name = try #require(file.path.split(separator: "/").last)
      #expect(name.hasPrefix("events.out.tfevents.1763735155.") && name.hasSuffix(".\(getpid()).0"))
      let content = try bytes(of: file.path)
      #expect(content.count == 16 + 24)
      #expect(hexadecimal(Array(content[12..<21])) == "09" + "0000f09c1d48da41")
      #expect(Array(content[21..<36]) == [0x1A, 13] + Array("brain.Event:2".utf8))
    }
  }

  @Test func `a file goes on from every checkpoint to the same bytes, also after a torn record`() throws {
    try withTemporaryFolder { folder in
      let file = try EventFile(creatingIn: folder, time: 5)
      try write(sampleRecords, to: file)
      let expected = try bytes(of: file.path)
      for (position, count) in sampleCheckpoints {
        for torn in [0, 1, 11, 12, 20] {
          let rest = EventFile.record(EventFile.event(sampleRecords[0])).prefix(torn)
          try Data(expected + rest).write(to: URL(filePath: file.path))
          let resumed = try EventFile(continuingIn: folder, after: position)
          try write(sampleRecords[count...], to: resumed)
          #expect(try bytes(of: file.path) == expected, "\(position), \(torn)")
        }
      }
    }
  }

  @Test func `damage, a second file and no file are told`() throws {
    try withTemporaryFolder { folder in
      let position = MetricPosition(step: 9, epochs: 9)
      #expect(
        message { try EventFile(continuingIn: folder, after: position) }
          == "'\(folder)': there are 0 event files, and one can be gone on with; "
          + "keep the file of the run alone, or give a new folder")
      let file = try EventFile(creatingIn: folder, time: 5)
      #expect(
        message { try EventFile(creatingIn: folder, time: 6) }
          == "'\(file.path)': there is an event file of another run; give a folder of its own, or remove the file")
      try write(sampleRecords, to: file)
      let good = try bytes(of: file.path)
      for place in [3, 9, 30, 38] {
        var bad = good
        bad[place] ^= 1
        try Data(bad).write(to: URL(filePath: file.path))
        #expect(
          message { try EventFile(continuingIn: folder, after: position) }
            == "'\(file.path)': the record at byte 0 is damaged; remove the file to start a new one, or restore it")
        #expect(try bytes(of: file.path) == bad, "the file stays as it was")
      }
    }
  }

  @Test func `both files of a folder go on together`() throws {
    try withTemporaryFolder { parent in
      let folder = parent + "/logs/run"
      let metrics = try MetricsFolder(creating: folder, time: 5)
      for record in sampleRecords { try metrics.append(record) }
      #expect(message { try MetricsFolder(creating: folder, time: 5) }.contains("the metrics of another run"))
      let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { folder + "/" + $0 }
      #expect(files.count == 2)
      let expected = try files.map(bytes)
      let resumed = try MetricsFolder(continuing: folder, after: MetricPosition(step: 3, epochs: 0), time: 6)
      #expect(try zip(files.map(bytes), expected).allSatisfy { $0.count < $1.count })
      for record in sampleRecords[3...] { try resumed.append(record) }
      #expect(try files.map(bytes) == expected)
    }
  }

  /// A Python with TensorBoard, `ATTUNE_TENSORBOARD_PYTHON`.
  static let python = ProcessInfo.processInfo.environment["ATTUNE_TENSORBOARD_PYTHON"]

  @Test(.enabled(if: python != nil)) func `TensorBoard reads the scalars of an interrupted run`() throws {
    try withTemporaryFolder { folder in
      try write(sampleRecords, to: EventFile(creatingIn: folder, time: 5))
      try write(sampleRecords[3...], to: EventFile(continuingIn: folder, after: MetricPosition(step: 3, epochs: 0)))
      let process = Process(), output = Pipe()
      process.executableURL = URL(filePath: Self.python ?? "")
      process.arguments = [
        URL(filePath: #filePath).appending(path: "../../../References/read_event_file.py").standardized.path, folder,
      ]
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      #expect(
        text == #"{"epoch": [[3, 1.0], [6, 2.0]], "error/validation": [[3, 0.5], [6, 0.25]], "#
          + #""loss/batch": [[1, 2.0], [2, 1.5], [3, 1.0], [4, "inf"], [5, "nan"], [6, 0.5]], "#
          + #""loss/train": [[3, 1.5], [6, 0.75]]}"# + "\n")
    }
  }
}
