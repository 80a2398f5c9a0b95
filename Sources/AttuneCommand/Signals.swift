internal import AttuneExperiments
internal import Dispatch
internal import Foundation
internal import Synchronization

/// SIGINT, SIGTERM and SIGUSR1: the first asks the run to stop after the step it is in, a second stops at once.
enum Signals {
  private static let received = Atomic<Int32>(0)
  private static let numbers = [SIGINT, SIGTERM, SIGUSR1]
  // Dispatch sources are thread-safe, but not declared Sendable. Made once and kept for the life of the process.
  private nonisolated(unsafe) static let sources = numbers.map(makeSource)

  /// 130 and 143 after SIGINT and SIGTERM; 75, "run again to go on", after SIGUSR1.
  static var exitCode: Int32 {
    let signal = received.load(ordering: .relaxed)
    return signal == 0 || signal == SIGUSR1 ? 75 : 128 + signal
  }

  /// Starts to listen.
  static func listen() {
    for (number, source) in zip(numbers, sources) {
      signal(number, SIG_IGN)
      source.resume()
    }
  }

  private static func makeSource(_ number: Int32) -> any DispatchSourceSignal {
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler {
      if Cancellation.isRequested { _exit(128 + number) }
      received.store(number, ordering: .relaxed)
      Cancellation.request()
      Console.note(
        "\(Console.isInteractive ? "\n" : "")attune: stopping after the step in progress; once more stops at once")
    }
    return source
  }
}
