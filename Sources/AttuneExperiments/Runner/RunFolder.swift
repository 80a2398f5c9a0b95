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
  ///
  /// - Throws: `FileError` where it cannot be made.
  public init(_ path: String) throws {
    self.path = path
    try Self.makeFolder(path)
  }

  /// Makes the folders of models and units.
  func makeSubfolders() throws {
    try Self.makeFolder(path + "/models")
    try Self.makeFolder(path + "/units")
  }

  /// Removes the folder if a run that could not start left nothing in it but its lock.
  public func removeIfEmpty() {
    guard read("config.yaml") == nil else { return }
    unlink(path + "/.attune-lock")
    for name in ["/models", "/units", ""] { rmdir(path + name) }
  }

  /// Whether the folder holds anything, but no run: its files would be at risk.
  var holdsOtherFiles: Bool {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let ours = names.filter { $0 == "models" || $0 == "units" || $0.hasPrefix(".attune-") }
    return !names.contains("config.yaml") && ours.count < names.count
  }

  /// Makes a folder and those above it; one that exists is left as it is.
  private static func makeFolder(_ path: String) throws {
    if mkdir(path, 0o777) == 0 { return }
    var code = errno
    if code == ENOENT, let slash = path.dropLast().lastIndex(of: "/"), slash > path.startIndex {
      try makeFolder(String(path[..<slash]))
      if mkdir(path, 0o777) == 0 { return }
      code = errno
    }
    var status = stat()
    if code == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
    throw FileError(kind: .cannotCreate, path: path, reason: String(cString: strerror(code)))
  }

  /// Path of the model file of a unit; a student's carries the name of its inference arm.
  public func modelPath(training: String, seed: UInt64, student: String? = nil) -> String {
    let unit = Self.fileName("\(training)-seed\(seed)") + (student.map { "-" + Self.fileName($0) } ?? "")
    return "\(path)/models/\(unit).safetensors"
  }

  /// Path of the checkpoint of a unit whose training is not finished.
  func checkpointPath(training: String, seed: UInt64) -> String {
    path + "/units/" + Self.fileName("\(training)-seed\(seed)") + ".checkpoint"
  }

  func unitPath(_ training: String, _ seed: UInt64) -> String {
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

  /// Points `latest` beside a folder that `create` named at it; a run is no worse without that link.
  func linkLatest() {
    let folder = URL(fileURLWithPath: path)
    guard folder.lastPathComponent.prefixMatch(of: /\d{8}T\d{6}Z-/) != nil else { return }
    let link = folder.deletingLastPathComponent().appendingPathComponent("latest").path
    var status = stat()
    // A file or folder of this name is somebody's: only a link is replaced.
    if lstat(link, &status) == 0, status.st_mode & S_IFMT != S_IFLNK { return }
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
