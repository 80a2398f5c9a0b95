internal import Synchronization

/// A wish to stop that long work looks for between steps: of the whole process, or of the task that the work runs in.
public enum Cancellation {
  private static let requested = Atomic<Bool>(false)

  /// Asks all runs of the process to stop after the step they are in.
  public static func request() { requested.store(true, ordering: .relaxed) }

  /// Whether a stop was asked for.
  public static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Throws `CancellationError` once a stop was asked for, or the current task was cancelled.
  public static func check() throws {
    if isRequested || Task.isCancelled { throw CancellationError() }
  }
}
