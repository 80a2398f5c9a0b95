internal import AttuneCore
internal import Foundation
internal import GRDB

extension AttuneStore {
  /// What a rebuild or an update found.
  public struct Update: Sendable, Equatable {
    /// Runs that were entered.
    public var entered = 0
    /// Runs whose folders are gone, and that were removed.
    public var removed = 0
    /// Folders that look like runs and could not be read, with the reason.
    public var passedBy: [String] = []
  }

  /// Makes the store of a folder anew from the run folders in it.
  ///
  /// The new store is made beside the old one and takes its place when it is whole.
  ///
  /// - Parameter runs: the folder of run folders.
  /// - Returns: what was entered.
  /// - Throws: `StoreError`; `RunFolderBusy` where a run of this folder is at work, whose rows would be lost.
  public static func rebuild(runs: String) throws -> Update {
    if let busy = folders(in: runs).first(where: { RunLock.isHeld($0) }) {
      throw RunFolderBusy(path: busy.path, owner: RunLock.owner(of: busy))
    }
    let path = runs + "/" + fileName, temporary = path + ".new"
    for suffix in ["", "-wal", "-shm"] { unlink(temporary + suffix) }
    defer { for suffix in ["", "-wal", "-shm"] { unlink(temporary + suffix) } }
    let update: Update
    do {
      let store = try AttuneStore(path: temporary, runs: runs)
      update = try store.update()
      // SQLite then writes its log into the file, so that one rename replaces the store.
      try store.close()
    } catch let error as StoreError {
      throw StoreError(path: path, problem: error.problem)
    }
    remove(runs: runs)
    guard rename(temporary, path) == 0 else {
      throw FileError(kind: .cannotCreate, path: path, reason: String(cString: strerror(errno)))
    }
    return update
  }

  /// Enters the run folders that the store does not know or knows elsewhere, and takes out those that are gone.
  ///
  /// - Throws: `StoreError`.
  @discardableResult
  public func update() throws -> Update {
    var update = Update(), seen: Set<String> = []
    let known = try read { database in
      try Row.fetchAll(database, sql: "SELECT id, folder, status FROM runs").map {
        Known(id: $0["id"], folder: $0["folder"], status: $0["status"])
      }
    }
    let byFolder = Dictionary(known.map { ($0.folder, $0) }, uniquingKeysWith: { first, _ in first })
    for folder in Self.folders(in: runs) {
      let name = folder.name
      seen.insert(name)
      // A run at work enters itself; of one that ended otherwise than the store says, the folder is right.
      if let found = byFolder[name], Self.agrees(found.status, folder.status) { continue }
      if try enter(folder, status: folder.status) != nil {
        update.entered += 1
      } else {
        update.passedBy.append(folder.path)
      }
    }
    let gone = known.filter { !seen.contains($0.folder) }.map(\.folder)
    if !gone.isEmpty {
      try write { database in
        for folder in gone {
          try database.execute(sql: "DELETE FROM runs WHERE folder = ?", arguments: [folder])
          update.removed += database.changesCount
        }
      }
    }
    return update
  }

  /// Whether the store says the same as a folder, which does not tell a run that failed from one that was stopped.
  private static func agrees(_ stored: String, _ folder: RunStatus) -> Bool {
    stored == folder.rawValue || stored == RunStatus.failed.rawValue && folder == .stopped
  }

  private struct Known: Sendable {
    let id: String, folder: String, status: String
  }

  /// Enters a run with all that its folder holds, in place of what was known of it, in one transaction.
  ///
  /// - Returns: what names the run; nil where the folder holds no run that can be read.
  /// - Throws: `StoreError`.
  func enter(_ folder: RunFolder, status: RunStatus) throws -> String? {
    guard let facts = RunFacts(folder) else { return nil }
    let name = folder.name, units = folder.storedUnits(of: facts)
    let results = status == .finished ? try? FinishedRun(folder: folder.path) : nil
    return try write { database in
      let rows = StoreRows(database: database, run: try freeName(facts.id, for: name, database))
      try rows.enter(facts, folder: name, status: status)
      for unit in units.experiment {
        try rows.enter(unit.record, arm: unit.training, seed: unit.seed)
        for arm in unit.arms { try rows.enter(arm, training: unit.training, seed: unit.seed) }
      }
      for unit in units.online {
        for arm in unit.arms { try rows.enter(arm, stream: unit.stream, rows: unit.rows, seed: unit.seed) }
      }
      if let results { try rows.enter(results) }
      return rows.run
    }
  }

  /// The name of a run, or the next one where a copy of its folder has it.
  private func freeName(_ id: String, for folder: String, _ database: Database) throws -> String {
    var name = id, number = 1
    while let other = try String.fetchOne(database, sql: "SELECT folder FROM runs WHERE id = ?", arguments: [name]),
      other != folder, FileManager.default.fileExists(atPath: "\(runs)/\(other)/config.yaml")
    {
      number += 1
      name = "\(id)-\(number)"
    }
    return name
  }

  /// The run folders in a folder, by name.
  static func folders(in runs: String) -> [RunFolder] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? []
    return names.sorted().filter { name in
      var status = stat()
      // `latest` is a link to one of the others.
      return lstat("\(runs)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        && FileManager.default.fileExists(atPath: "\(runs)/\(name)/config.yaml")
    }.compactMap { try? RunFolder("\(runs)/\($0)") }
  }
}

extension RunFolder {
  /// What the folder says became of its run.
  var status: RunStatus {
    if RunLock.isHeld(self) { return .running }
    return FileManager.default.fileExists(atPath: path + "/results.json") ? .finished : .stopped
  }

  /// The name of the folder without those above it.
  var name: String { URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent }

  /// The units of a run that the folder keeps, whole ones and those of which some arms are finished.
  func storedUnits(of facts: RunFacts) -> (experiment: [UnitOutcome], online: [OnlineUnitOutcome]) {
    guard let identity = facts.provenance.identity else { return ([], []) }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path + "/units")) ?? []).sorted()
    var experiment: [UnitOutcome] = [], online: [OnlineUnitOutcome] = []
    for name in names where name.hasSuffix(".json") {
      guard let data = FileManager.default.contents(atPath: "\(path)/units/\(name)") else { continue }
      if facts.isOnline {
        if let unit = StoredUnit<OnlineUnitOutcome>.believed(data, run: identity) { online.append(unit) }
      } else if let unit = StoredUnit<UnitOutcome>.believed(data, run: identity) {
        experiment.append(unit)
      }
    }
    for name in names where name.hasSuffix(".arms.jsonl") {
      let file = "\(path)/units/\(name)"
      guard let contents = ArmLog.contents(of: file, run: identity, refused: { _ in }) else { continue }
      let of = contents.unit
      guard !experiment.contains(where: { $0.training == of.training && $0.seed == of.seed }) else { continue }
      experiment.append(
        UnitOutcome(training: of.training, seed: of.seed, contents.record, arms: contents.arms))
    }
    return (experiment, online)
  }
}

extension StoredUnit {
  /// The outcome in a file's bytes; nil where it is damaged or of another run.
  fileprivate static func believed(_ data: Data, run: String) -> Outcome? {
    guard let stored = try? JSONDecoder().decode(StoredUnit<Outcome>.self, from: data), stored.isIntact,
      stored.run == run
    else { return nil }
    return stored.outcome
  }
}
