internal import Foundation
internal import Synchronization

/// How far a piece of work is, as one line.
struct ProgressLine {
  private let title: String
  private var first: (done: Int, seconds: Double)?

  init(_ title: String) {
    self.title = title
  }

  /// The line for `done` of `total` pieces of work after some seconds.
  ///
  /// The time left is told once a tenth of the work was done here and two seconds passed; what an earlier run had done
  /// took no time now, and says nothing about the speed.
  mutating func text(_ done: Int, of total: Int, seconds: Double) -> String {
    let start = first ?? (done, seconds)
    first = start
    let line = "\(title): \(done)/\(total) (\(done * 100 / max(1, total)) %), \(Self.duration(seconds))"
    let doneHere = done - start.done, spent = seconds - start.seconds
    guard done < total, doneHere * 10 >= total - start.done, doneHere > 0, spent >= 2 else { return line }
    return line + ", about \(Self.duration(spent / Double(doneHere) * Double(total - done))) left"
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}

/// Progress on stderr: one line that is redrawn on a terminal, else a line per 10 % or 30 seconds.
final class ProgressDisplay: Sendable {
  private struct State {
    var line: ProgressLine
    var started: ContinuousClock.Instant?
    var shownTenth = -1
    var shownAt = ContinuousClock.now
  }

  private let isQuiet: Bool
  private let isInteractive = Console.isInteractive
  private let state: Mutex<State>

  init(_ title: String, isQuiet: Bool) {
    self.isQuiet = isQuiet
    state = Mutex(State(line: ProgressLine(title)))
  }

  /// Shows that `done` of `total` pieces of work are done. The clock starts with the first call.
  func show(_ done: Int, of total: Int, _ detail: String = "") {
    guard !isQuiet, total > 0 else { return }
    state.withLock { state in
      let now = ContinuousClock.now, started = state.started ?? now
      state.started = started
      let line = state.line.text(done, of: total, seconds: (now - started) / .seconds(1))
      if isInteractive {
        let shown = (detail.isEmpty ? line : "\(line)  \(detail)").prefix(Console.width - 1)
        Console.draw("\r\u{1B}[2K\(shown)\(done == total ? "\n" : "")")
      } else if done * 10 / total > state.shownTenth || now - state.shownAt > .seconds(30) {
        state.shownTenth = done * 10 / total
        state.shownAt = now
        Console.note(line)
      }
    }
  }
}
