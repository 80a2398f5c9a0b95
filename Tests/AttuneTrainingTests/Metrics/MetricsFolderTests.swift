import AttuneCore
import Foundation
import Testing

@testable import AttuneTraining

@Suite struct MetricsFolderTests {
  private let identity = ["seed": "0", "arm.epochs": "4"]
  private let start = MetricPosition(step: 0, epochs: 0)

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func lines(_ folder: String) throws -> [Substring] {
    String(decoding: try bytes(of: folder + "/metrics.jsonl"), as: UTF8.self).split(separator: "\n")
  }

  private func log(
    _ records: some Sequence<MetricRecord>, in folder: String, of identity: [String: String],
    at position: MetricPosition = MetricPosition(step: 0, epochs: 0), startsAnew: Bool = false, time: Double = 5
  ) throws {
    let metrics = try MetricsFolder(of: identity, in: folder, at: position, startsAnew: startsAnew, time: time)
    for record in records { try metrics.append(record) }
  }

  @Test func `the same training starts its metrics anew`() throws {
    try withTemporaryFolder { folder in
      try log(sampleRecords, in: folder, of: identity)
      let before = try names(folder)
      try log(sampleRecords.prefix(2), in: folder, of: identity, time: 77)
      let after = try names(folder)
      #expect(after.count == 3 && before.count == 3 && after != before, "\(before), \(after)")
      #expect(try lines(folder).count == 2)
    }
  }

  @Test func `another training does not, unless it is told to`() throws {
    try withTemporaryFolder { folder in
      try log(sampleRecords, in: folder, of: identity)
      let before = try names(folder), content = try before.map { try bytes(of: folder + "/" + $0) }
      let other = ["seed": "1", "arm.epochs": "5", "contents of the rows": "b"]
      for position in [start, MetricPosition(step: 3, epochs: 0)] {
        #expect(
          message { try log([], in: folder, of: other, at: position) }
            == "'\(folder)': metrics.jsonl and \(before[0]) are of another training: seed was 0, is 1, arm.epochs was 4, "
            + "is 5, contents of the rows was not set, is b; give a folder of its own, remove both files, or start anew "
            + "(--fresh)")
      }
      #expect(try names(folder).map { try bytes(of: folder + "/" + $0) } == content, "the files stay as they were")
      try log(sampleRecords.prefix(1), in: folder, of: other, startsAnew: true)
      #expect(try lines(folder).count == 1)
      #expect(message { try log([], in: folder, of: identity) }.contains("seed was 1, is 0"))
    }
  }

  @Test func `metrics whose training is not noted are kept, and so are those of a training without identity`() throws {
    try withTemporaryFolder { folder in
      try log(sampleRecords, in: folder, of: [:])
      #expect(try names(folder).count == 2)
      #expect(message { try log([], in: folder, of: [:]) }.contains("the metrics of another run"))
      #expect(message { try log([], in: folder, of: identity) }.contains("whose is not noted in training.json"))
      try Data("{".utf8).write(to: URL(filePath: folder + "/training.json"))
      #expect(message { try log([], in: folder, of: identity) }.contains("whose is not noted in training.json"))
      #expect(try lines(folder).count == sampleRecords.count)
    }
  }

  @Test(arguments: ["no folder", "no files", "no events", "no lines"])
  func `metrics that are not there begin at the checkpoint`(missing: String) throws {
    try withTemporaryFolder { parent in
      let folder = parent + "/log"
      if missing != "no folder" {
        try log(sampleRecords, in: folder, of: identity)
        for name in try names(folder) {
          let isEvents = name.hasPrefix("events"), isLines = name == "metrics.jsonl"
          let goes = missing == "no files" || missing == "no events" && isEvents || missing == "no lines" && isLines
          if goes { try FileManager.default.removeItem(atPath: folder + "/" + name) }
        }
      }
      try log(sampleRecords[4...], in: folder, of: identity, at: MetricPosition(step: 3, epochs: 1), time: 9)
      #expect(try names(folder).count == 3)
      #expect(try lines(folder).count == (missing == "no events" ? sampleRecords.count : sampleRecords.count - 4))
    }
  }

  @Test func `two trainings do not write into one folder at a time`() throws {
    try withTemporaryFolder { folder in
      let event = TrainingEvent.started(TrainingPosition(), epochs: 1, stepsPerEpoch: 1)
      let first = MetricsRecorder(folder: folder, quality: "q", identity: identity)
      try first.note(event)
      let second = MetricsRecorder(folder: folder, quality: "q", identity: identity)
      #expect(throws: FileBusy.self) { try second.note(event) }
      withExtendedLifetime(first) {}
    }
  }
}
