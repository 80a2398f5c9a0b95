internal import AttuneCore

/// The metrics of a training run as JSON lines: one object for each record, in the file as soon as it is appended.
///
/// ```
/// {"clock":{"samples_per_second":8000.0,"time":1763735155.25},"epoch":2,"metrics":{"loss/train":0.25},"step":120}
/// ```
///
/// Keys are sorted; `epoch` stands in records at the end of an epoch only. `clock` has what the clock says
/// and is the one field in which two runs of one seed differ. A value that is not finite is `null`: JSON has no word for it, and a
/// string among numbers would change the type of a column.
public final class MetricsLog: Sendable {
  private let file: AppendedFile

  /// A new log.
  ///
  /// - Throws: `FileError` where there is something at the path already, or it cannot be written.
  public init(creating path: String) throws {
    file = try AppendedFile(creating: path)
  }

  /// A log that goes on where a checkpoint was taken: records after it, and a last line without its end, are cut
  /// off.
  ///
  /// - Parameters:
  ///   - path: of a log that an interrupted run left.
  ///   - position: of the run at the checkpoint.
  /// - Throws: `FileError` where the log cannot be read or written; `MetricsFileError` where a whole line is no record.
  public init(continuing path: String, after position: MetricPosition) throws {
    let bytes = try InputFile.bytes(at: path)
    file = try AppendedFile(continuing: path, after: try Self.length(of: bytes, upTo: position, path))
  }

  /// Waits until all records are on the disk.
  ///
  /// - Throws: `FileError` where the disk fails.
  public func synchronize() throws { try file.synchronize() }

  /// Adds a record.
  ///
  /// - Throws: `FileError` where the disk fails or is full.
  public func append(_ record: MetricRecord) throws {
    try file.append(Array((Self.line(record) + "\n").utf8))
  }

  /// A record as a line, without its end.
  static func line(_ record: MetricRecord) -> String {
    var metrics = JSONObject(), object = JSONObject(), clock = JSONObject()
    clock[MetricRecord.speedName] = record.samplesPerSecond.map(number)
    clock["time"] = number(record.time)
    object["clock"] = .object(clock)
    for (name, value) in record.values.sorted(by: { $0.key < $1.key }) { metrics[name] = number(value) }
    object["epoch"] = record.epoch.map { .number(JSONNumber($0)) }
    object["metrics"] = .object(metrics)
    object["step"] = .number(JSONNumber(record.step))
    return JSONValue.object(object).text
  }

  private static func number(_ value: Double) -> JSONValue {
    value.isFinite ? .number(JSONNumber(value)) : .null
  }

  /// The bytes of the lines before the first one after a position.
  private static func length(
    of bytes: [UInt8], upTo position: MetricPosition, _ path: String
  ) throws(MetricsFileError) -> Int {
    var start = 0, number = 1
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      guard let record = try? StrictJSON.parse(Array(bytes[start..<end])).asObject, let step = record["step"]?.asInt
      else {
        throw MetricsFileError(
          path: path, problem: "line \(number) is no record with a step",
          advice: "remove the file to start a new log, or restore it")
      }
      guard position.includes(step: step, epoch: record["epoch"]?.asInt) else { return start }
      (start, number) = (end + 1, number + 1)
    }
    return start
  }
}
