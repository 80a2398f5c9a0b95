internal import AttuneExperiments
internal import Foundation
internal import Synchronization

/// SIGINT, SIGTERM and SIGUSR1: the first asks the run to stop after the step it is in, a second stops at once.
enum Signals {
  private static let received = Atomic<Int32>(0)
  private static let numbers = [SIGINT, SIGTERM, SIGUSR1]
  /// What the first signal writes to stderr.
  private static let notice = Array(
    "\(Console.isInteractive ? "\n" : "")attune: stopping after the step in progress; once more stops at once\n".utf8)

  /// 130 and 143 after SIGINT and SIGTERM; 75, "run again to go on", after SIGUSR1.
  static var exitCode: Int32 {
    let signal = received.load(ordering: .relaxed)
    return signal == 0 || signal == SIGUSR1 ? 75 : 128 + signal
  }

  /// Starts to listen: no signal after this call is lost, as would be one that a dispatch source has not yet registered.
  static func listen() {
    // A handler may not make what it uses.
    _ = (notice, Cancellation.isRequested, exitCode)
    for number in numbers { signal(number) { Signals.handle($0) } }
  }

  /// Runs in the midst of whatever the thread was doing: nothing here may allocate or wait.
  private static func handle(_ number: Int32) {
    if Cancellation.isRequested { _exit(128 + number) }
    received.store(number, ordering: .relaxed)
    Cancellation.request()
    notice.withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
