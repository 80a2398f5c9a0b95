internal import Foundation
internal import GRDB

/// The index of the run folders of a folder: a SQLite file that users may query, `attune.sqlite`.
///
/// The run folders are the truth: whatever happens to the store, `rebuild` makes it anew from them.
public final class AttuneStore: Sendable {
  /// Name of the file in the folder that holds the run folders.
  public static let fileName = "attune.sqlite"
  /// Path of the file; ":memory:" for one that is kept in memory.
  public let path: String
  /// The folder that holds the run folders.
  public let runs: String
  let queue: DatabaseQueue
  /// The number of the file when it was opened.
  let inode: ino_t

  /// Opens the store of a folder of run folders, and makes it where there is none.
  ///
  /// - Parameters:
  ///   - runs: the folder of run folders.
  ///   - patience: seconds to wait for other processes.
  /// - Throws: `StoreError`.
  public convenience init(runs: String, patience: Double = AttuneStore.defaultPatience) throws {
    try self.init(path: runs + "/" + Self.fileName, runs: runs, patience: patience)
  }

  /// Seconds that a writer waits for others.
  public static let defaultPatience = 30.0

  init(path: String, runs: String, patience: Double = AttuneStore.defaultPatience) throws {
    (self.path, self.runs) = (path, runs)
    queue = try Self.translating(path) {
      var configuration = Configuration()
      configuration.busyMode = .timeout(patience)
      configuration.foreignKeysEnabled = true
      configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA synchronous = NORMAL")
      }
      return try DatabaseQueue(path: path, configuration: configuration)
    }
    var status = stat()
    inode = stat(path, &status) == 0 ? status.st_ino : 0
    try Self.translating(path) { try queue.writeWithoutTransaction(migrate) }
  }

  /// Lets go of the file.
  ///
  /// - Throws: `StoreError`.
  func close() throws { try Self.translating(path) { try queue.close() } }

  /// A store in memory, which nobody else sees: for where there is none that can be used.
  ///
  /// - Throws: `StoreError`.
  public static func inMemory(runs: String) throws -> AttuneStore { try AttuneStore(path: ":memory:", runs: runs) }

  /// Runs statements in a transaction that holds the write lock from its start.
  ///
  /// - Throws: `StoreError`; what `body` throws.
  func write<Result: Sendable>(_ body: (Database) throws -> Result) throws -> Result {
    try Self.translating(path) {
      try queue.writeWithoutTransaction { database in
        var result: Result?
        try database.inTransaction(.immediate) {
          result = try body(database)
          return .commit
        }
        guard let result else { throw StoreError(path: path, problem: .other("a transaction gave nothing")) }
        return result
      }
    }
  }

  /// Reads.
  ///
  /// - Throws: `StoreError`; what `body` throws.
  func read<Result: Sendable>(_ body: (Database) throws -> Result) throws -> Result {
    try Self.translating(path) { try queue.read(body) }
  }

  /// Throws where SQLite finds the file damaged.
  ///
  /// - Throws: `StoreError`.
  public func check() throws {
    let found = try read { try String.fetchAll($0, sql: "PRAGMA integrity_check(3)") }
    guard found == ["ok"] else { throw StoreError(path: path, problem: .damaged) }
    let orphans = try read { try Row.fetchOne($0, sql: "PRAGMA foreign_key_check") != nil }
    if orphans { throw StoreError(path: path, problem: .damaged) }
  }

  /// Makes or upgrades the schema under an exclusive lock, so that several processes may start together.
  private func migrate(_ database: Database) throws {
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard version != StoreSchema.version else { return }
    guard version < StoreSchema.version else {
      throw StoreError(path: path, problem: try isOurs(database) ? .newer(version: version) : .foreign)
    }
    // Only outside a transaction, and kept in the file.
    if path != ":memory:" { try database.execute(sql: "PRAGMA journal_mode = WAL") }
    try database.inTransaction(.exclusive) {
      let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
      guard try version > 0 ? isOurs(database) : tables == 0 else { throw StoreError(path: path, problem: .foreign) }
      for statements in StoreSchema.migrations[min(version, StoreSchema.version)...] {
        try database.execute(sql: statements)
      }
      try database.execute(sql: "PRAGMA application_id = \(StoreSchema.application)")
      try database.execute(sql: "PRAGMA user_version = \(StoreSchema.version)")
      return .commit
    }
  }

  private func isOurs(_ database: Database) throws -> Bool {
    try Int.fetchOne(database, sql: "PRAGMA application_id") == StoreSchema.application
  }

  private static func translating<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw StoreError(error, path: path)
    }
  }

  /// Removes the files of the store of a folder, its log included.
  static func remove(runs: String) {
    for suffix in ["", "-wal", "-shm"] { unlink("\(runs)/\(fileName)\(suffix)") }
  }

  /// Why the store may not be safe where it is, and what to do; nil where it is.
  public static func warning(runs: String) -> String? {
    NetworkFileSystem.name(at: runs).map {
      "\(runs) is on a file system of other machines (\($0)): processes of one machine only may use its store "
        + "\(fileName) at a time; put the run folders on a local disk, or run with --no-store"
    }
  }
}
