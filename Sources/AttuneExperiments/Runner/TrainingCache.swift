internal import AttuneCore
internal import Foundation

/// Models that were trained before, by what they were trained from: one folder for all runs beside it.
///
/// A training is kept as `<hash>/model.safetensors` and `<hash>/report.json`. It is believed only where the report
/// names the same facts and the model's SHA-256 is the one in the report. The cache never fails a run: what cannot be
/// read or written is said, and the training is done.
public struct TrainingCache: Sendable {
  /// Path of the folder.
  public let path: String

  /// The cache of the run folders in a folder: `cache/trainings` below it.
  public init(runs folder: String) { path = folder + "/cache/trainings" }

  /// What a model depends on.
  struct Key: Equatable {
    let facts: [String: String]
    /// SHA-256 of the facts.
    let hash: String

    init(_ facts: [String: String]) {
      self.facts = facts
      let lines = facts.sorted { $0.key < $1.key }.map {
        "\($0.key.utf8.count) \($0.key)=\($0.value.utf8.count) \($0.value)"
      }
      hash = Provenance.sha256(Data(lines.joined(separator: "\n").utf8))
    }
  }

  /// What `report.json` holds.
  struct Report: Codable {
    var facts: [String: String]
    var record: TrainingRecord
  }

  private static let modelName = "model.safetensors", reportName = "report.json"

  /// Puts a model that was trained before at a path; nil where there is none that can be believed.
  ///
  /// - Throws: `FileError` where the model cannot be put at the path.
  func take(_ key: Key, to target: String, notice: (String) -> Void) throws -> TrainingRecord? {
    let folder = "\(path)/\(key.hash)", model = "\(folder)/\(Self.modelName)"
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(Self.reportName)") else { return nil }
    guard let report = try? JSONDecoder().decode(Report.self, from: data), report.facts == key.facts,
      let hash = report.record.modelHash, (try? Provenance.sha256(file: model)) == hash
    else {
      notice("\(folder) is damaged and passed by: the model is trained anew")
      return nil
    }
    try Self.place(model, at: target)
    // Between the check and the link the folder could have been replaced.
    guard (try? Provenance.sha256(file: target)) == hash else { return nil }
    var record = report.record
    record.isReused = true
    return record
  }

  /// Keeps a training; one that is there already stays, unless it is damaged.
  func keep(_ record: TrainingRecord, model: String, as key: Key, notice: (String) -> Void) {
    do {
      try Self.makeFolders(path)
      let folder = "\(path)/\(key.hash)", temporary = try Self.temporaryFolder(in: path)
      defer { try? FileManager.default.removeItem(atPath: temporary) }
      try Self.place(model, at: "\(temporary)/\(Self.modelName)")
      let report = try RunFolder.json(Report(facts: key.facts, record: record))
      try AtomicFile.write(Array(report.utf8), to: "\(temporary)/\(Self.reportName)")
      if rename(temporary, folder) == 0 { return }
      guard errno == ENOTEMPTY || errno == EEXIST else { throw Self.failure(folder) }
      // Somebody was first; what is there is replaced only where nobody could use it.
      guard !holds(key) else { return }
      let away = try Self.temporaryFolder(in: path)
      defer { try? FileManager.default.removeItem(atPath: away) }
      guard rename(folder, away + "/damaged") == 0, rename(temporary, folder) == 0 else { return }
    } catch {
      notice("the training is not kept for other runs: \(error)")
    }
  }

  /// Whether the training is there whole.
  private func holds(_ key: Key) -> Bool {
    let folder = "\(path)/\(key.hash)"
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(Self.reportName)"),
      let report = try? JSONDecoder().decode(Report.self, from: data), report.facts == key.facts
    else { return false }
    return (try? Provenance.sha256(file: "\(folder)/\(Self.modelName)")) == report.record.modelHash
  }

  /// Puts a file at a path too: the same bytes on the disk where the file system can, else a copy.
  private static func place(_ source: String, at target: String) throws {
    let folder = target.lastIndex(of: "/").map { String(target[..<$0]) } ?? "."
    let temporary = "\(folder)/.attune-\(getpid())-\(UInt32.random(in: 0...(.max))).tmp"
    guard link(source, temporary) == 0 else {
      return try AtomicFile.write(try InputFile.bytes(at: source), to: target)
    }
    // Where both names are those of one file already, nothing is renamed and the temporary one stays.
    defer { unlink(temporary) }
    guard rename(temporary, target) == 0 else { throw failure(target) }
  }

  private static func temporaryFolder(in path: String) throws -> String {
    for _ in 0..<100 {
      let name = "\(path)/.attune-\(getpid())-\(UInt32.random(in: 0...(.max))).tmp"
      if mkdir(name, 0o777) == 0 { return name }
      guard errno == EEXIST else { break }
    }
    throw failure(path)
  }

  private static func makeFolders(_ path: String) throws { _ = try RunFolder(path) }

  private static func failure(_ path: String) -> FileError {
    FileError(kind: .cannotCreate, path: path, reason: String(cString: strerror(errno)))
  }
}

extension TrainingCache {
  /// A training that is kept.
  public struct Entry: Sendable, Equatable {
    /// Path of its folder.
    public let path: String
    /// SHA-256 of its model; nil where the report cannot be read.
    public let modelHash: String?
    /// Bytes on the disk that go with it: none of a model that a run folder shares.
    public let bytes: Int
  }

  /// The trainings that are kept, by their hashes.
  public var entries: [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.wholeMatch(of: #/[0-9a-f]{64}/#) != nil }.sorted().map { name in
      let folder = "\(path)/\(name)"
      let report = FileManager.default.contents(atPath: "\(folder)/\(Self.reportName)").flatMap {
        try? JSONDecoder().decode(Report.self, from: $0)
      }
      return Entry(path: folder, modelHash: report?.record.modelHash, bytes: DiskUse.bytes(at: folder))
    }
  }
}

/// What a removal gives back.
enum DiskUse {
  /// Bytes of a file, or of all files below a folder, that have no other name elsewhere.
  static func bytes(at path: String) -> Int {
    var status = stat()
    guard lstat(path, &status) == 0 else { return 0 }
    guard status.st_mode & S_IFMT == S_IFDIR else { return status.st_nlink > 1 ? 0 : Int(status.st_size) }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.reduce(0) { $0 + bytes(at: "\(path)/\($1)") }
  }
}
