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
    try Self.make(folder)
    let path = "\(folder)/\(Self.logName)"
    guard !Self.exists(path) else {
      throw MetricsFileError(
        path: path, problem: "there are the metrics of another run",
        advice: "give a folder of its own, or remove the file")
    }
    events = try EventFile(creatingIn: folder, time: time)
    log = try MetricsLog(creating: path)
  }

  /// The files of a run that goes on from a checkpoint: what they hold of later records is cut off, and a file that is
  /// not there begins here.
  ///
  /// - Parameters:
  ///   - folder: of the run; made where there is none.
  ///   - position: of the run at the checkpoint.
  ///   - time: when the run goes on, in seconds since 1970.
  /// - Throws: `MetricsFileError` where a file is damaged, or there are several event files; `FileError` where one cannot
  ///   be read or written.
  public init(continuing folder: String, after position: MetricPosition, time: Double) throws {
    try Self.make(folder)
    let path = "\(folder)/\(Self.logName)"
    events =
      try EventFile.files(in: folder).isEmpty
      ? EventFile(creatingIn: folder, time: time) : EventFile(continuingIn: folder, after: position)
    log = try Self.exists(path) ? MetricsLog(continuing: path, after: position) : MetricsLog(creating: path)
  }

  /// The files of a training that starts, or goes on, at a position.
  ///
  /// At step 0 what an earlier start of the same training left is replaced; `startsAnew` replaces what any training left.
  /// Without an identity nothing is: no two trainings are known to be the same then.
  ///
  /// - Parameters:
  ///   - identity: what tells the training from others, by name; kept in `training.json`.
  ///   - folder: made where there is none.
  ///   - position: of the training.
  ///   - startsAnew: whether the metrics of another training are replaced, too.
  ///   - time: now, in seconds since 1970.
  /// - Throws: `MetricsFileError` where the folder has the metrics of another training, or damaged ones; `FileError` where
  ///   it cannot be read or written.
  public convenience init(
    of identity: [String: String], in folder: String, at position: MetricPosition, startsAnew: Bool = false,
    time: Double
  ) throws {
    try Self.make(folder)
    let names = try (Self.exists("\(folder)/\(Self.logName)") ? [Self.logName] : []) + EventFile.files(in: folder)
    let isKnown = !identity.isEmpty, isNew = position.step == 0
    if !names.isEmpty, isKnown, !(startsAnew && isNew) {
      let owner = try MetricsOwner.read(in: folder)
      guard owner == identity else { throw MetricsOwner.mismatch(in: folder, names, of: owner, not: identity) }
    }
    if isNew, isKnown || startsAnew {
      // The old records before the new owner: a kill in between leaves none that would seem to be its own.
      for name in names { unlink("\(folder)/\(name)") }
    }
    if isKnown { try MetricsOwner.write(identity, in: folder) }
    if isNew {
      try self.init(creating: folder, time: time)
    } else {
      try self.init(continuing: folder, after: position, time: time)
    }
  }

  /// Makes the folder where there is none.
  ///
  /// - Throws: `FileError` where it cannot be made.
  static func make(_ folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw FileError(kind: .cannotCreate, path: folder, reason: "the folder cannot be made")
    }
  }

  private static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

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
