internal import AttuneCore
public import Foundation
internal import GRDB

/// A run as a list shows it.
public struct RunSummary: Codable, Sendable, Equatable {
  /// What names the run wherever its folder is.
  public var id: String
  /// Name of the experiment.
  public var name: String
  /// `experiment` or `online`.
  public var kind: String
  /// Name of the run's folder.
  public var folder: String
  /// What became of it; one that nobody works on any more is never running.
  public var status: RunStatus
  /// When it began.
  public var started: Date
  /// Seconds that its last call took; nil where it did not end.
  public var seconds: Double?
  /// Arms that are done, failed ones included.
  public var armsDone: Int
  /// Arms that failed.
  public var armsFailed: Int
  /// All arms.
  public var armsTotal: Int
  /// The cell with the best figure of those whose settings no labels chose; nil where none is finished.
  public var best: BestCell?
}

/// The cell of a run with the best figure.
public struct BestCell: Codable, Sendable, Equatable {
  /// Name of the training arm; empty in online experiments.
  public var training: String
  /// Name of the inference arm or the learner.
  public var inference: String
  /// Name of the scenario or the stream.
  public var scenario: String
  /// The figure, mean over the seeds.
  public var quality: Double
}

extension AttuneStore {
  /// The runs, the newest first.
  ///
  /// - Throws: `StoreError`.
  public func summaries() throws -> [RunSummary] {
    let found = try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT runs.*, progress.arms_done, progress.arms_failed FROM runs JOIN progress ON progress.run = runs.id
          ORDER BY started DESC, runs.folder DESC
          """
      ).map { row in
        RunSummary(
          id: row["id"], name: row["name"], kind: row["kind"], folder: row["folder"],
          status: RunStatus(rawValue: row["status"]) ?? .stopped,
          started: (try? Date(row["started"], strategy: .iso8601)) ?? .distantPast, seconds: row["seconds"],
          armsDone: row["arms_done"], armsFailed: row["arms_failed"], armsTotal: row["arms_total"],
          best: try Self.best(of: row["id"], database))
      }
    }
    return found.map { summary in
      var summary = summary
      // A killed process could not say that it ended.
      if summary.status == .running, let folder = RunFolder(existing: "\(runs)/\(summary.folder)") {
        summary.status = folder.status
      }
      return summary
    }
  }

  private static func best(of run: String, _ database: Database) throws -> BestCell? {
    let cells = try Row.fetchOne(
      database,
      sql: """
        SELECT training, inference, scenario, mean FROM cells
        WHERE run = ? AND oracle = 0 AND mean IS NOT NULL ORDER BY mean LIMIT 1
        """, arguments: [run])
    // Of a run that is not finished, the arms so far; which of them saw labels is not known yet.
    let arms = try Row.fetchOne(
      database,
      sql: """
        SELECT training, inference, scenario, avg(quality) AS mean FROM arms WHERE run = ? AND quality IS NOT NULL
        GROUP BY training, inference, scenario ORDER BY mean LIMIT 1
        """, arguments: [run])
    return (cells ?? arms).map {
      BestCell(training: $0["training"], inference: $0["inference"], scenario: $0["scenario"], quality: $0["mean"])
    }
  }

  /// The SHA-256 of all models that runs have trained or taken.
  ///
  /// - Throws: `StoreError`.
  public func modelHashes() throws -> Set<String> {
    try read {
      try Set(String.fetchAll($0, sql: "SELECT DISTINCT model_sha256 FROM trainings WHERE model_sha256 NOT NULL"))
    }
  }

  /// Takes out a run by the name of its folder.
  ///
  /// - Throws: `StoreError`.
  public func remove(folder: String) throws {
    try write { try $0.execute(sql: "DELETE FROM runs WHERE folder = ?", arguments: [folder]) }
  }

  /// The rows that a statement gives, each as its values by column; for a user's questions and for tests.
  ///
  /// - Throws: `StoreError` where the statement is none, or changes something.
  public func rows(_ sql: String) throws -> [[String: String]] {
    try read { database in
      try Row.fetchAll(database, sql: sql).map { row in
        Dictionary(
          row.map { ($0, $1.isNull ? "NULL" : String.fromDatabaseValue($1) ?? "\($1.storage.value ?? "")") },
          uniquingKeysWith: { first, _ in first })
      }
    }
  }
}

extension RunFolder {
  /// The folder at a path, where there is one.
  init?(existing path: String) {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    try? self.init(path)
  }

  /// The folder that holds this one.
  public var parent: String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    let last = path.split(separator: "/").last
    if last == "." || last == "..", let real = realpath(path, nil) {
      path = String(cString: real)
      free(real)
    }
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
