internal import AttuneCore
internal import Foundation

/// The metrics of one training run in a folder of its own: `metrics.jsonl` and an event file for TensorBoard.
///
/// An interrupted run that goes on from a checkpoint leaves the same records as one that was not interrupted, but for
/// times and speeds.
public final class MetricsFolder: Sendable {
  /// The name of the JSON lines.
  public static let logName = "metrics.jsonl"
  private let log: MetricsLog
  private let events: EventFile

  /// The files of a new run; makes the folder where there is none.
  ///
  /// - Parameters:
  ///   - folder: without the metrics of another run.
  ///   - time: the start of the run in seconds since 1970.
  /// - Throws: `MetricsFileError` where the folder has metrics; `FileError` where it cannot be written.
  public init(creating folder: String, time: Double) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw FileError(kind: .cannotCreate, path: folder, reason: "the folder cannot be made")
    }
    let path = "\(folder)/\(Self.logName)"
    guard !FileManager.default.fileExists(atPath: path) else {
      throw MetricsFileError(
        path: path, problem: "there are the metrics of another run",
        advice: "give a folder of its own, or remove the file")
    }
    events = try EventFile(creatingIn: folder, time: time)
    log = try MetricsLog(creating: path)
  }

  /// The files of a run that goes on from a checkpoint: what they hold of later records is cut off.
  ///
  /// - Throws: `MetricsFileError` where a file is missing or damaged; `FileError` where one cannot be read or written.
  public init(continuing folder: String, after position: MetricPosition) throws {
    events = try EventFile(continuingIn: folder, after: position)
    log = try MetricsLog(continuing: "\(folder)/\(Self.logName)", after: position)
  }

  /// Adds a record to both files.
  ///
  /// - Throws: `FileError` where the disk fails or is full.
  public func append(_ record: MetricRecord) throws {
    try log.append(record)
    try events.append(record)
  }

  /// Waits until all records are on the disk.
  ///
  /// - Throws: `FileError` where the disk fails.
  public func synchronize() throws {
    try log.synchronize()
    try events.synchronize()
  }
}
