internal import AttuneExperiments
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

  /// The line for the progress of a run, whose pieces of work count by what they cost.
  func text(_ progress: WorkProgress, seconds: Double) -> String {
    let percent = Int(progress.share * 100)
    let line = "\(title): \(progress.done)/\(progress.total) arms (\(percent) %), \(Self.duration(seconds))"
    guard progress.done < progress.total, seconds >= 2, let left = progress.secondsLeft else { return line }
    return line + ", about \(Self.duration(left)) left"
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
    guard total > 0 else { return }
    show(tenth: done * 10 / total, isEnd: done == total, detail) { $0.text(done, of: total, seconds: $1) }
  }

  /// Shows how far a run is.
  func show(_ progress: WorkProgress) {
    guard progress.total > 0 else { return }
    show(tenth: Int(progress.share * 10), isEnd: progress.done == progress.total, progress.name) {
      $0.text(progress, seconds: $1)
    }
  }

  private func show(tenth: Int, isEnd: Bool, _ detail: String, _ text: (inout ProgressLine, Double) -> String) {
    guard !isQuiet else { return }
    state.withLock { state in
      let now = ContinuousClock.now, started = state.started ?? now
      state.started = started
      let line = text(&state.line, (now - started) / .seconds(1))
      if isInteractive {
        let shown = (detail.isEmpty ? line : "\(line)  \(detail)").prefix(Console.width - 1)
        Console.draw("\r\u{1B}[2K\(shown)\(isEnd ? "\n" : "")")
      } else if tenth > state.shownTenth || now - state.shownAt > .seconds(30) {
        state.shownTenth = tenth
        state.shownAt = now
        Console.note(line)
      }
    }
  }
}
