import Foundation
import GRDB
import Synchronization
import Testing

@testable import AttuneExperiments

@Suite struct StoreTests {
  private typealias Small = SmallExperiment

  /// Calls `body` with an empty folder for runs.
  private func inRuns<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    try await Small.inFolder { folder in
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      return try await body(folder)
    }
  }

  private func number(_ store: AttuneStore, _ sql: String) throws -> Int {
    try store.read { try Int.fetchOne($0, sql: sql) ?? -1 }
  }

  @Test func `a run is entered while it runs as a rebuild enters it from its folder`() async throws {
    try await inRuns { runs in
      let (results, notices) = try await StoreFixture.run(StoreFixture.rich(), in: runs, "a")
      #expect(notices == [])
      let live = try StoreFixture.dump(try AttuneStore(runs: runs))
      for (table, rows) in live where !["domains", "events"].contains(table) { #expect(!rows.isEmpty, "\(table)") }
      #expect(try AttuneStore.rebuild(runs: runs) == AttuneStore.Update(entered: 1))
      let store = try AttuneStore(runs: runs)
      let rebuilt = try StoreFixture.dump(store)
      for (table, rows) in live { #expect(rebuilt[table] == rows, "\(table)") }
      try store.check()
      #expect(try FileManager.default.contentsOfDirectory(atPath: runs).filter { $0.contains(".new") } == [])
      // 1 training × 3 arms × 2 scenarios × 2 seeds, and those of the arm that fails; a failed training has no arms.
      #expect(try number(store, "SELECT count(*) FROM arms") == 16)
      #expect(try number(store, "SELECT count(*) FROM arms WHERE failure IS NULL") == 12)
      #expect(try number(store, "SELECT count(*) FROM trainings WHERE failure LIKE 'training diverged%'") == 2)
      #expect(try number(store, "SELECT count(*) FROM results") == results.cells.count)
      let tent = try #require(results.cell(training: "sgd", inference: "tent", scenario: "noise"))
      try store.read { database in
        let found = try Row.fetchOne(
          database,
          sql: "SELECT * FROM results WHERE training = 'sgd' AND inference = 'tent' AND scenario = 'noise'")
        let row = try #require(found)
        #expect(row["mean"] == tent.quality?.mean && row["low"] == tent.quality?.low)
        #expect(row["high"] == tent.quality?.high && row["difference"] == tent.difference?.mean)
        #expect(row["verdict"] == tent.verdict.rawValue && row["flops_per_sample"] == tent.cost.flopsPerSample)
        #expect(row["single_p50"] == tent.cost.single?.p50 && row["batch_p50"] == tent.cost.batch?.p50)
        #expect(row["oracle"] == 0)
      }
      let trace = try store.read {
        try Double.fetchAll(
          $0,
          sql: """
            SELECT value FROM batches JOIN arms ON arms.id = batches.arm
            WHERE inference = 'tent' AND scenario = 'noise' AND seed = 3 AND metric = 'quality' ORDER BY batch
            """)
      }
      #expect(trace.count == tent.trace.count)
      let settings = try store.rows("SELECT value FROM settings WHERE path = 'training[0].optimizer.learningRate'")
      #expect(settings.count == 1 && settings[0]["value"].flatMap(Double.init) == 0.05)
    }
  }

  @Test func `an online experiment is entered likewise`() async throws {
    try await inRuns { runs in
      let experiment = try OnlineExperiment.load(
        stream: "task: regression, source: {kind: gaussian-linear, rows: 600, weights: [1, 2]}",
        learners: "{learner: recursive-least-squares}", seeds: "[0, 1]")
      try await StoreFixture.run(experiment, in: runs, "online")
      let store = try AttuneStore(runs: runs), live = try StoreFixture.dump(store)
      _ = try AttuneStore.rebuild(runs: runs)
      let rebuilt = try StoreFixture.dump(try AttuneStore(runs: runs))
      for (table, rows) in live { #expect(rebuilt[table] == rows, "\(table)") }
      for table in ["arms", "batches", "metrics", "cells", "latencies"] {
        #expect(live[table]?.isEmpty == false, "\(table)")
      }
      let summary = try #require(try store.summaries().first)
      #expect(summary.kind == "online" && summary.status == .finished)
      #expect(summary.armsDone == summary.armsTotal && summary.armsTotal == experiment.armCount)
      #expect(summary.best?.training == "" && summary.best?.scenario == "s")
    }
  }

  @Test func `a figure that is no number is NULL`() async throws {
    try await inRuns { runs in
      try await StoreFixture.run(Small.load(training: [Small.sgd], inference: [Small.none]), in: runs, "a")
      let store = try AttuneStore(runs: runs)
      let run = try #require(try store.summaries().first).id
      let arm = ArmOutcome(
        inference: "odd", scenario: "clean", quality: .nan, trace: [0.5, .nan, .infinity], rows: 3,
        operationsPerSample: .nan, preparation: nil, failure: nil, metrics: ["nll": .nan])
      try store.write { try StoreRows(database: $0, run: run).enter(arm, training: "sgd", seed: .max) }
      let found = try store.rows("SELECT quality, flops_per_sample, seed FROM arms WHERE inference = 'odd'")
      #expect(found == [["quality": "NULL", "flops_per_sample": "NULL", "seed": "-1"]])
      #expect(try number(store, "SELECT count(*) FROM batches JOIN arms ON arms.id = arm WHERE inference = 'odd'") == 3)
      #expect(try number(store, "SELECT count(*) FROM batches WHERE value IS NULL") == 1)
      #expect(try number(store, "SELECT count(*) FROM metrics WHERE value IS NULL") == 1)
    }
  }

  @Test func `many open a store that is not there at the same time, and lose no row`() async throws {
    try await inRuns { runs in
      await withTaskGroup(of: Void.self) { group in
        for writer in 0..<8 {
          group.addTask {
            do {
              let store = try AttuneStore(runs: runs)
              for number in 0..<50 {
                try store.write { database in
                  try database.execute(
                    sql: """
                      INSERT INTO runs (id, name, kind, folder, status, started, arms_total, config_hash, version)
                      VALUES (?, 'x', 'online', ?, 'running', '', 0, '', '')
                      """, arguments: ["\(writer)-\(number)", "\(writer)-\(number)"])
                }
              }
            } catch { Issue.record(error) }
          }
        }
      }
      let store = try AttuneStore(runs: runs)
      #expect(try number(store, "SELECT count(*) FROM runs") == 400)
      try store.check()
      #expect(try store.rows("PRAGMA journal_mode").first?.values.first == "wal")
      #expect(try store.rows("PRAGMA synchronous").first?.values.first == "1")
    }
  }

  @Test func `a folder that was moved, copied or removed is found as it is`() async throws {
    try await inRuns { runs in
      let experiment = try Small.load(training: [Small.sgd], inference: [Small.none], scenarios: [Small.clean])
      try await StoreFixture.run(experiment, in: runs, "a")
      let store = try AttuneStore(runs: runs), id = try #require(try store.summaries().first).id
      let files = FileManager.default
      try files.moveItem(atPath: runs + "/a", toPath: runs + "/b")
      #expect(try store.update() == AttuneStore.Update(entered: 1))
      #expect(try store.summaries().map(\.folder) == ["b"] && store.summaries()[0].id == id)
      try files.copyItem(atPath: runs + "/b", toPath: runs + "/c")
      #expect(try store.update() == AttuneStore.Update(entered: 1))
      #expect(Set(try store.summaries().map(\.id)) == [id, id + "-2"])
      try files.removeItem(atPath: runs + "/b")
      #expect(try store.update() == AttuneStore.Update(removed: 1))
      #expect(try store.summaries().map(\.folder) == ["c"])
      #expect(try store.update() == AttuneStore.Update())
      #expect(try number(store, "SELECT count(*) FROM arms") == 2)
      try files.createDirectory(atPath: runs + "/broken", withIntermediateDirectories: false)
      try "name: broken".write(toFile: runs + "/broken/config.yaml", atomically: true, encoding: .utf8)
      #expect(try store.update().passedBy == [runs + "/broken"])
    }
  }

  @Test func `a store that cannot be used stops no run, and is said with what to do`() async throws {
    try await inRuns { runs in
      let experiment = try Small.load(training: [Small.sgd], inference: [Small.none], scenarios: [Small.clean])
      let path = runs + "/" + AttuneStore.fileName, rebuild = "'attune store rebuild --runs \(runs)'"
      try "no database at all, but a text of some length".write(toFile: path, atomically: true, encoding: .utf8)
      let foreign = try await StoreFixture.run(experiment, in: runs, "foreign").notices
      let words = "\(path) is no store of Attune's; move it away, then \(rebuild) makes one from the run folders"
      #expect(foreign.first == "\(words); the run goes on, and \(runs)/foreign holds everything")
      #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("no database"), "it is left alone")
      #expect(throws: StoreError(path: path, problem: .foreign)) { try AttuneStore(runs: runs) }
      try FileManager.default.removeItem(atPath: path)

      let queue = try DatabaseQueue(path: path)
      try await queue.write { try $0.execute(sql: "CREATE TABLE mine (x)") }
      #expect(throws: StoreError(path: path, problem: .foreign)) { try AttuneStore(runs: runs) }
      try queue.close()
      try FileManager.default.removeItem(atPath: path)

      let store = try AttuneStore(runs: runs)
      try store.write { try $0.execute(sql: "PRAGMA user_version = 7") }
      try store.close()
      let newer = try await StoreFixture.run(experiment, in: runs, "newer").notices
      #expect(newer.first?.hasPrefix("the store \(path) has schema version 7, known is 1; use a newer Attune") == true)
      #expect(try AttuneStore.rebuild(runs: runs).entered == 2)
      #expect(try AttuneStore(runs: runs).summaries().map(\.armsDone) == [2, 2])
    }
  }

  @Test func `a store that was damaged or removed in mid-run has the whole run at its end`() async throws {
    try await inRuns { runs in
      let experiment = try Small.load(training: [Small.sgd, Small.adam], scenarios: [Small.clean])
      let path = runs + "/" + AttuneStore.fileName
      let removed = try await StoreFixture.run(experiment, in: runs, "removed") { event in
        if case .progress(let progress) = event, progress.done == 2 {
          for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
        }
      }
      #expect(removed.notices == ["the store \(path) has the whole run now"])
      var store = try AttuneStore(runs: runs)
      #expect(try store.summaries().map(\.armsDone) == [16])
      try store.close()
      // The pages of the tables are overwritten, the header is not.
      let file = try FileHandle(forUpdating: URL(filePath: path))
      try file.seek(toOffset: 4096)
      try file.write(contentsOf: Data(repeating: 0x5A, count: 4096 * 12))
      try file.close()
      let damaged = try await StoreFixture.run(experiment, in: runs, "damaged")
      #expect(damaged.results.cells.allSatisfy { $0.failures.isEmpty })
      #expect(
        damaged.notices.first?.contains("the store \(path) is damaged; 'attune store rebuild") == true,
        "\(damaged.notices)")
      #expect(try AttuneStore.rebuild(runs: runs).entered == 2)
      store = try AttuneStore(runs: runs)
      #expect(try store.summaries().map(\.armsDone) == [16, 16])
      try store.check()
    }
  }

  @Test func `a store that is locked or full is passed by, and caught up with at the end`() async throws {
    try await inRuns { runs in
      let experiment = try Small.load(training: [Small.sgd], inference: [Small.none], scenarios: [Small.clean])
      try await StoreFixture.run(experiment, in: runs, "a")
      let path = runs + "/" + AttuneStore.fileName, folder = try RunFolder(runs + "/a")
      let facts = try #require(RunFacts(folder))
      let unit = try #require(folder.storedUnits(of: facts).experiment.first)
      let notices = Mutex<[String]>([])
      let recorder = RunRecorder(store: path, folder: folder, patience: 0.05) { text in
        notices.withLock { $0.append(text) }
      }
      recorder.begin()
      let other = try DatabaseQueue(path: path)
      try await other.writeWithoutTransaction { database in
        try database.execute(sql: "BEGIN IMMEDIATE")
        recorder.arm(unit.arms[0], training: "other", seed: 1)
        recorder.arm(unit.arms[0], training: "other", seed: 2)
        try database.execute(sql: "ROLLBACK")
      }
      let told = notices.withLock { $0 }
      #expect(told.count == 1 && told[0].hasPrefix("the store \(path) is locked: "), "\(told)")
      recorder.end(.finished)
      #expect(notices.withLock { $0 }.last == "the store \(path) has the whole run now")
      #expect(try AttuneStore(runs: runs).summaries().map(\.armsDone) == [2])

      let store = try AttuneStore(runs: runs), run = try #require(try store.summaries().first).id
      try await store.queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1") }
      let error = #expect(throws: StoreError.self) {
        var long = unit.arms[0]
        long.trace = Array(repeating: 0.5, count: 20_000)
        try store.write { try StoreRows(database: $0, run: run).enter(long, training: "long", seed: 1) }
      }
      #expect(error?.problem == .full)
      #expect(
        error?.description.contains("limit of file sizes is met; free some space, then 'attune store rebuild") == true)
      try store.check()
      #expect(try store.summaries().map(\.armsDone) == [2], "nothing of a failed transaction stays")
    }
  }

  @Test func `a rebuild waits for no run that is at work, and says so`() async throws {
    try await inRuns { runs in
      let experiment = try Small.load(training: [Small.sgd], inference: [Small.none], scenarios: [Small.clean])
      try await StoreFixture.run(experiment, in: runs, "a")
      let lock = try RunLock(RunFolder(runs + "/a"))
      let store = try AttuneStore(runs: runs)
      try store.update()
      #expect(try store.summaries().map(\.status) == [.running])
      #expect(throws: RunFolderBusy(path: runs + "/a", owner: Int(getpid()))) { try AttuneStore.rebuild(runs: runs) }
      #expect(throws: RunFolderBusy(path: runs + "/a", owner: Int(getpid()))) { try RunRemoval.remove(runs + "/a") }
      withExtendedLifetime(lock) {}
    }
  }

  @Test func `a run that nobody works on is never running`() async throws {
    try await inRuns { runs in
      let experiment = try Small.load(training: [Small.sgd], scenarios: [Small.clean])
      let stopped = await Task {
        try await StoreFixture.run(experiment, in: runs, "a") { event in
          if case .progress(let progress) = event, progress.done == 2 { withUnsafeCurrentTask { $0?.cancel() } }
        }
      }.result
      #expect(throws: CancellationError.self) { _ = try stopped.get() }
      let store = try AttuneStore(runs: runs)
      #expect(try store.summaries().map(\.status) == [.stopped])
      // As a kill leaves it.
      try store.write { try $0.execute(sql: "UPDATE runs SET status = 'running'") }
      #expect(try store.summaries().map(\.status) == [.stopped])
      try store.update()
      #expect(try store.rows("SELECT status FROM runs") == [["status": "stopped"]])
      let summary = try #require(try store.summaries().first)
      #expect((2..<8).contains(summary.armsDone) && summary.armsTotal == 8 && summary.best != nil)
      try await StoreFixture.run(experiment, in: runs, "a")
      #expect(try store.summaries().map(\.status) == [.finished] && store.summaries()[0].id == summary.id)
      #expect(try store.summaries().map(\.armsDone) == [8])
    }
  }

  @Test func `file systems of other machines are known by their mounts`() {
    let mounts = """
      21 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
      30 21 0:30 / /home rw - nfs4 server:/home rw
      31 30 0:31 / /home/me/my\\040disk rw master:1 - btrfs /dev/sdb rw
      32 21 0:32 / /data rw - ext4 /dev/sdc rw
      33 32 0:33 / /data rw - cifs //server/data rw
      """
    let expected = [
      "/": nil, "/homework": nil, "/home": "nfs4", "/home/me/runs": "nfs4", "/home/me/my disk/runs": nil,
      "/data/x": "cifs",
    ]
    for (path, kind) in expected { #expect(NetworkFileSystem.name(at: path, mounts: mounts) == kind, "\(path)") }
    #expect(NetworkFileSystem.name(at: "/dev/shm") == nil && NetworkFileSystem.name(at: "/no/such/path") == nil)
  }

  @Test func `the errors of the store say what to do`() {
    func text(_ problem: StoreError.Problem) -> String {
      StoreError(path: "my runs/a.sqlite", problem: problem).description
    }
    #expect(
      text(.locked)
        == "the store my runs/a.sqlite is locked: another process has been writing for 30 s; try again, or find it with "
        + "'fuser my runs/a.sqlite'")
    #expect(
      text(.readOnly)
        == "the store my runs/a.sqlite may not be written; change its permissions and those of its folder")
    #expect(
      text(.damaged)
        == "the store my runs/a.sqlite is damaged; 'attune store rebuild --runs 'my runs'' makes it anew from the run "
        + "folders")
    #expect(text(.other("x")).hasPrefix("the store my runs/a.sqlite failed: x; "))
    #expect(text(.unopened).contains("cannot be opened"))
  }
}
