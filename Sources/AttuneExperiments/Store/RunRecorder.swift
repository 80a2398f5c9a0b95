internal import Foundation
internal import GRDB
internal import Synchronization

/// Enters a run in the store while it runs: each finished arm is a transaction.
///
/// A store that cannot be written stops no run: it is said once, and at the end the run folder is entered as a whole.
final class RunRecorder: Sendable {
  private struct State {
    var store: AttuneStore?
    var run: String?
    /// Whether something could not be entered.
    var isBehind = false
  }

  private let path: String
  private let folder: RunFolder
  private let patience: Double
  private let notice: @Sendable (String) -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - store: path of the store.
  ///   - folder: the folder of the run.
  ///   - patience: seconds to wait for other processes.
  ///   - notice: told where the store cannot be written, and what to do.
  init(
    store path: String, folder: RunFolder, patience: Double = AttuneStore.defaultPatience,
    notice: @escaping @Sendable (String) -> Void
  ) {
    (self.path, self.folder, self.patience, self.notice) = (path, folder, patience, notice)
  }

  private var runs: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }

  /// Enters the run with all that its folder holds of it already.
  func begin() {
    if let warning = AttuneStore.warning(runs: runs) { notice(warning) }
    state.withLock { state in attempt(&state) { try open(&$0, status: .running) } }
  }

  /// Enters a training.
  func training(_ record: TrainingRecord, arm: String, seed: UInt64) {
    write { try $0.enter(record, arm: arm, seed: seed) }
  }

  /// Enters an arm.
  func arm(_ outcome: ArmOutcome, training: String, seed: UInt64) {
    write { try $0.enter(outcome, training: training, seed: seed) }
  }

  /// Enters a stream of an online experiment.
  func onlineUnit(_ unit: OnlineUnitOutcome) {
    write { rows in
      for arm in unit.arms { try rows.enter(arm, stream: unit.stream, rows: unit.rows, seed: unit.seed) }
    }
  }

  /// Notes what became of the run, and its results.
  func end(_ status: RunStatus) {
    state.withLock { state in
      // A file that was removed or replaced meanwhile took everything with it.
      if !state.isBehind, let store = state.store, store.isCurrent {
        attempt(&state) { state in
          guard let run = state.run else { return }
          let results = status == .finished ? try? FinishedRun(folder: folder.path) : nil
          try store.write { database in
            let rows = StoreRows(database: database, run: run)
            try rows.set(status, seconds: results?.provenance.seconds)
            if let results { try rows.enter(results) }
          }
        }
        if !state.isBehind { return }
      }
      (state.store, state.isBehind) = (nil, false)
      attempt(&state) { try open(&$0, status: status) }
      if !state.isBehind { notice("the store \(path) has the whole run now") }
    }
  }

  private func open(_ state: inout State, status: RunStatus) throws {
    let store = try AttuneStore(path: path, runs: runs, patience: patience)
    state.run = try store.enter(folder, status: status)
    state.store = store
  }

  private func write(_ body: (StoreRows) throws -> Void) {
    state.withLock { state in
      guard !state.isBehind, let store = state.store, let run = state.run else { return }
      attempt(&state) { _ in try store.write { try body(StoreRows(database: $0, run: run)) } }
    }
  }

  private func attempt(_ state: inout State, _ body: (inout State) throws -> Void) {
    do {
      try body(&state)
    } catch {
      state.isBehind = true
      notice("\(error); the run goes on, and \(folder.path) holds everything")
    }
  }
}

extension AttuneStore {
  /// Whether the file at the path is still the one that was opened.
  var isCurrent: Bool {
    guard path != ":memory:" else { return true }
    var status = stat()
    return stat(path, &status) == 0 && status.st_ino == inode
  }
}
