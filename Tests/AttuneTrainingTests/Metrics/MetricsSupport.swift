import Foundation

@testable import AttuneTraining

/// A folder that is removed afterwards.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "attune-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

func bytes(of path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

/// What an error says; empty where there is none.
func message(_ body: () throws -> Any) -> String {
  do {
    _ = try body()
    return ""
  } catch {
    return "\(error)"
  }
}

/// Records of a run of two epochs of three steps, all at one time.
let sampleRecords: [MetricRecord] = [
  MetricRecord(step: 1, values: ["loss/batch": 2], time: 5),
  MetricRecord(step: 2, values: ["loss/batch": 1.5], time: 5),
  MetricRecord(step: 3, values: ["loss/batch": 1], time: 5),
  MetricRecord(step: 3, epoch: 1, values: ["loss/train": 1.5, "error/validation": 0.5], time: 5),
  MetricRecord(step: 4, values: ["loss/batch": .infinity], time: 5),
  MetricRecord(step: 5, values: ["loss/batch": .nan], time: 5),
  MetricRecord(step: 6, values: ["loss/batch": 0.5], time: 5),
  MetricRecord(step: 6, epoch: 2, values: ["loss/train": 0.75, "error/validation": 0.25], time: 5),
]

/// Where a run may have been at a checkpoint, and how many of the records came before it.
let sampleCheckpoints: [(position: MetricPosition, records: Int)] = [
  (MetricPosition(step: 0, epochs: 0), 0), (MetricPosition(step: 2, epochs: 0), 2),
  (MetricPosition(step: 3, epochs: 0), 3), (MetricPosition(step: 3, epochs: 1), 4),
  (MetricPosition(step: 5, epochs: 1), 6), (MetricPosition(step: 6, epochs: 1), 7),
  (MetricPosition(step: 6, epochs: 2), 8), (MetricPosition(step: 9, epochs: 3), 8),
]
