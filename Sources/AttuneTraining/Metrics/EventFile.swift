internal import AttuneCore
internal import Foundation

/// The metrics of a training run as TensorBoard reads them: scalars in an event file.
///
/// A record is `length (8 bytes) · masked CRC-32C of these bytes · event · masked CRC-32C of the event`, numbers with the
/// lowest byte first. The first event names the format, `brain.Event:2`; each other one has a time, a step and, sorted by
/// tag, the values of one `MetricRecord` as `simple_value`: the short form, which TensorBoard's page and its Python reader
/// both read; records at the end of an epoch have the tag `epoch` too. Values are Float here; NaN and infinities stay what they are.
///
/// - Source: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto and
///   tensorflow/core/lib/io/record_writer.h of TensorFlow 2.
public final class EventFile: Sendable {
  /// Where the file is.
  public var path: String { file.path }
  private let file: AppendedFile

  /// A new file in a folder, named as TensorBoard expects it: `events.out.tfevents.<seconds>.<host>.<process>.0`.
  ///
  /// - Parameters:
  ///   - folder: an existing folder of the run, without an event file: two of them in one folder confuse TensorBoard.
  ///   - time: the start of the run in seconds since 1970.
  /// - Throws: `MetricsFileError` where the folder has an event file; `FileError` where it cannot be written.
  public init(creatingIn folder: String, time: Double) throws {
    if let other = try Self.files(in: folder).first {
      throw MetricsFileError(
        path: "\(folder)/\(other)", problem: "there is an event file of another run",
        advice: "give a folder of its own, or remove the file")
    }
    let process = ProcessInfo.processInfo.processIdentifier
    file = try AppendedFile(
      creating: "\(folder)/\(Self.prefix)\(Int(time)).\(Self.host).\(process).0")
    var version = ProtobufMessage()
    version.add(1, time)
    version.add(3, "brain.Event:2".utf8)
    try file.append(Self.record(version.bytes))
  }

  /// The event file of a folder, which goes on where a checkpoint was taken: records after it, and a last record
  /// without its end, are cut off.
  ///
  /// - Parameters:
  ///   - folder: of an interrupted run.
  ///   - position: of the run at the checkpoint.
  /// - Throws: `MetricsFileError` where the folder does not have one event file, or a whole record is damaged;
  ///   `FileError` where it cannot be read or written.
  public init(continuingIn folder: String, after position: MetricPosition) throws {
    let names = try Self.files(in: folder)
    guard names.count == 1 else {
      throw MetricsFileError(
        path: folder, problem: "there are \(names.count) event files, and one can be gone on with",
        advice: "keep the file of the run alone, or give a new folder")
    }
    let path = "\(folder)/\(names[0])"
    file = try AppendedFile(
      continuing: path, after: try Self.length(of: try InputFile.bytes(at: path), upTo: position, path))
  }

  /// Waits until all records are on the disk.
  ///
  /// - Throws: `FileError` where the disk fails.
  public func synchronize() throws { try file.synchronize() }

  /// Adds a record.
  ///
  /// - Throws: `FileError` where the disk fails or is full.
  public func append(_ record: MetricRecord) throws {
    try file.append(Self.record(Self.event(record)))
  }

  static func event(_ record: MetricRecord) -> [UInt8] {
    var summary = ProtobufMessage(), event = ProtobufMessage(), values = record.values
    values[epochTag] = record.epoch.map { Double($0) }
    values[MetricRecord.speedName] = record.samplesPerSecond
    for (tag, number) in values.sorted(by: { $0.key < $1.key }) {
      var value = ProtobufMessage()
      value.add(1, tag.utf8)
      value.add(2, Float(number))
      summary.add(1, value.bytes)
    }
    event.add(1, record.time)
    event.add(2, record.step)
    event.add(5, summary.bytes)
    return event.bytes
  }

  static func record(_ event: [UInt8]) -> [UInt8] {
    let length = LittleEndian.bytes(UInt64(event.count))
    return length + LittleEndian.bytes(CRC32C.masked(length)) + event + LittleEndian.bytes(CRC32C.masked(event))
  }

  /// The bytes of the records before the first one after a position.
  private static func length(
    of bytes: [UInt8], upTo position: MetricPosition, _ path: String
  ) throws(MetricsFileError) -> Int {
    var start = 0
    while start < bytes.count {
      let rest = bytes[start...]
      guard let length = LittleEndian.number(UInt64.self, in: rest),
        let check = LittleEndian.number(UInt32.self, in: rest.dropFirst(8))
      else { break }
      guard check == CRC32C.masked(rest.prefix(8)) else { throw damaged(path, start) }
      guard length <= UInt64(max(0, rest.count - 16)) else { break }
      let event = rest.dropFirst(12).prefix(Int(length))
      guard LittleEndian.number(UInt32.self, in: rest.dropFirst(12 + Int(length))) == CRC32C.masked(event),
        let (step, epoch) = moment(of: event)
      else { throw damaged(path, start) }
      guard position.includes(step: step, epoch: epoch) else { break }
      start += 16 + Int(length)
    }
    return start
  }

  /// The step of an event, and the epoch that ended with it; nil where the bytes are no event.
  private static func moment(of event: ArraySlice<UInt8>) -> (step: Int, epoch: Int?)? {
    guard let fields = ProtobufMessage.fields(in: event) else { return nil }
    var step = 0, epoch: Int?
    for case .integer(2, let number) in fields { step = Int(truncatingIfNeeded: number) }
    for case .bytes(5, let summary) in fields {
      guard let values = ProtobufMessage.fields(in: summary) else { return nil }
      for case .bytes(1, let value) in values {
        guard let parts = ProtobufMessage.fields(in: value) else { return nil }
        guard parts.contains(.bytes(1, ArraySlice(epochTag.utf8))) else { continue }
        for case .float(2, let number) in parts where number >= 0 && number < 0x1p53 { epoch = Int(number) }
      }
    }
    return (step, epoch)
  }

  private static func damaged(_ path: String, _ offset: Int) -> MetricsFileError {
    MetricsFileError(
      path: path, problem: "the record at byte \(offset) is damaged",
      advice: "remove the file to start a new one, or restore it")
  }

  private static let epochTag = "epoch"
  private static let prefix = "events.out.tfevents."

  /// The names of the event files of a folder.
  static func files(in folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(prefix) }.sorted()
    } catch {
      throw FileError(kind: .notFound, path: folder, reason: "there is no such folder, or it may not be read")
    }
  }

  private static var host: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
