import AttuneCore
import Foundation
import Testing

@testable import AttuneTraining

@Suite struct MetricsLogTests {
  private func write(_ records: some Sequence<MetricRecord>, to log: MetricsLog) throws {
    for record in records { try log.append(record) }
  }

  @Test func `a line has sorted keys, and null for what is not finite`() {
    let values = ["b": 0.1, "a/x": 1e-20, "c": .nan, "d": -.infinity, "e": 3]
    #expect(
      MetricsLog.line(
        MetricRecord(step: 7, epoch: 2, values: values, time: 1_763_735_155.25, samplesPerSecond: 80.5))
        == #"{"clock":{"samples_per_second":80.5,"time":1763735155.25},"epoch":2,"#
        + #""metrics":{"a/x":1e-20,"b":0.1,"c":null,"d":null,"e":3.0},"step":7}"#)
    #expect(
      MetricsLog.line(MetricRecord(step: 0, values: [:], time: 0)) == #"{"clock":{"time":0.0},"metrics":{},"step":0}"#)
  }

  @Test func `every line is in the file when it was appended`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/metrics.jsonl", log = try MetricsLog(creating: path)
      for (index, record) in sampleRecords.enumerated() {
        try log.append(record)
        let lines = String(decoding: try bytes(of: path), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == index + 1 && lines[index] == MetricsLog.line(record))
      }
    }
  }

  @Test func `a log goes on from every checkpoint to the same bytes, also after a torn line`() throws {
    try withTemporaryFolder { folder in
      let whole = folder + "/whole.jsonl"
      try write(sampleRecords, to: MetricsLog(creating: whole))
      let expected = try bytes(of: whole)
      for (position, count) in sampleCheckpoints {
        for torn in ["", #"{"metrics":{"loss"#] {
          let path = "\(folder)/\(position.step)-\(position.epochs)-\(torn.count).jsonl"
          try Data(expected + torn.utf8).write(to: URL(filePath: path))
          let log = try MetricsLog(continuing: path, after: position)
          #expect(try bytes(of: path).count { $0 == UInt8(ascii: "\n") } == count)
          try write(sampleRecords[count...], to: log)
          #expect(try bytes(of: path) == expected)
        }
      }
    }
  }

  @Test func `a log is not written over, and a line that is no record is named`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/metrics.jsonl"
      try write(sampleRecords.prefix(1), to: MetricsLog(creating: path))
      #expect(message { try MetricsLog(creating: path) }.contains("File exists"))
      let good = try bytes(of: path)
      for bad in ["{}\n", "nonsense\n", "\n", #"{"step":1.5}"# + "\n"] {
        try Data(good + bad.utf8).write(to: URL(filePath: path))
        #expect(
          message { try MetricsLog(continuing: path, after: MetricPosition(step: 9, epochs: 9)) }
            == "'\(path)': line 2 is no record with a step; remove the file to start a new log, or restore it")
        #expect(try bytes(of: path) == good + bad.utf8, "the file stays as it was")
      }
      #expect(throws: FileError.self) {
        try MetricsLog(continuing: folder + "/none", after: MetricPosition(step: 1, epochs: 0))
      }
    }
  }
}
