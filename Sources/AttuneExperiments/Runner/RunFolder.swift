internal import AttuneCore
internal import Foundation

/// The folder of a run: resolved config, models, finished units, results, report.
public struct RunFolder: Sendable {
  /// Path of the folder.
  public let path: String

  /// A new folder `runs/<UTC time>-<name>-<6 hex digits>` below `parent`; never one that exists.
  ///
  /// - Throws: `FileError` where it cannot be made.
  public static func create(name: String, in parent: String) throws -> RunFolder {
    let time = Date().formatted(
      .verbatim(
        "\(year: .defaultDigits)\(month: .twoDigits)\(day: .twoDigits)T\(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased))\(minute: .twoDigits)\(second: .twoDigits)Z",
        timeZone: .gmt, calendar: Calendar(identifier: .gregorian)))
    try makeFolder(parent)
    for _ in 0..<100 {
      let suffix = String(UInt32.random(in: 0..<0x100_0000), radix: 16)
      let tag = String(repeating: "0", count: 6 - suffix.count) + suffix
      let path = "\(parent)/\(time)-\(name)-\(tag)"
      // mkdir fails where the folder exists: two processes never share one.
      if mkdir(path, 0o777) == 0 { return try RunFolder(path) }
      guard errno == EEXIST else { break }
    }
    throw FileError(kind: .cannotCreate, path: parent, reason: String(cString: strerror(errno)))
  }

  /// The folder at a path, made where it does not exist.
  public init(_ path: String) throws {
    self.path = path
    try Self.makeFolder(path)
    try Self.makeFolder(path + "/models")
    try Self.makeFolder(path + "/units")
  }

  private static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileError(kind: .cannotCreate, path: path, reason: error.localizedDescription)
    }
  }

  /// Path of the model file of a unit; a student's carries the name of its inference arm.
  public func modelPath(training: String, seed: UInt64, student: String? = nil) -> String {
    let unit = Self.fileName("\(training)-seed\(seed)") + (student.map { "-" + Self.fileName($0) } ?? "")
    return "\(path)/models/\(unit).safetensors"
  }

  /// A finished unit from before; nil where there is none.
  func unit(training: String, seed: UInt64) -> UnitOutcome? {
    guard let data = FileManager.default.contents(atPath: unitPath(training, seed)) else { return nil }
    return try? JSONDecoder().decode(UnitOutcome.self, from: data)
  }

  /// Keeps a finished unit; the file is written whole.
  func save(_ unit: UnitOutcome) throws {
    try write(try Self.json(unit), to: "units/" + Self.fileName("\(unit.training)-seed\(unit.seed)") + ".json")
  }

  private func unitPath(_ training: String, _ seed: UInt64) -> String {
    path + "/units/" + Self.fileName("\(training)-seed\(seed)") + ".json"
  }

  /// Writes a file of the folder whole, under a name relative to it.
  public func write(_ text: String, to name: String) throws {
    try AtomicFile.write(Array(text.utf8), to: path + "/" + name)
  }

  /// The text of a file of the folder; nil where there is none.
  func read(_ name: String) -> String? {
    FileManager.default.contents(atPath: path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Points `latest` beside the folder at it; a run is no worse without that link.
  func linkLatest() {
    let folder = URL(fileURLWithPath: path)
    let link = folder.deletingLastPathComponent().appendingPathComponent("latest").path
    let temporary = link + ".\(getpid())"
    guard symlink(folder.lastPathComponent, temporary) == 0 else { return }
    if rename(temporary, link) != 0 { unlink(temporary) }
  }

  /// JSON with sorted keys, so that equal values are equal files.
  public static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }

  /// A name as a file name: what is not a letter, a digit, `-`, `_`, `.` or `+` is written as its code.
  static func fileName(_ name: String) -> String {
    name.unicodeScalars.map { scalar in
      let plain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
      return plain || "-_+".unicodeScalars.contains(scalar) ? String(scalar) : "%\(String(scalar.value, radix: 16))"
    }.joined()
  }
}
