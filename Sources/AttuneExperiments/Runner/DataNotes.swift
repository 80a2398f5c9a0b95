internal import AttuneData
internal import Synchronization

/// Tells of files of which rows were left out, once for each file, however often it is loaded.
final class DataNotes: Sendable {
  private let told = Mutex<Set<String>>([])
  private let note: @Sendable (SkippedRows) -> Void

  init(_ note: @escaping @Sendable (SkippedRows) -> Void) {
    self.note = note
  }

  func add(_ skipped: SkippedRows) {
    guard told.withLock({ $0.insert(skipped.path).inserted }) else { return }
    note(skipped)
  }
}
