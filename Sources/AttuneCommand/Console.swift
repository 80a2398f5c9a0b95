internal import Foundation
internal import Synchronization

/// What goes to the terminal: data on stdout, all else on stderr.
enum Console {
  /// Writes data, with a line end.
  static func output(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  /// Writes a note about what happens.
  static func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Writes an error, one line per problem.
  static func error(_ text: String) {
    note("attune: error: \(text)")
  }

  /// Whether stderr is a terminal that can redraw a line.
  static var isInteractive: Bool {
    isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// Whether output on stdout is colored: NO_COLOR wins over CLICOLOR_FORCE, then a terminal decides.
  static var usesColor: Bool {
    let environment = ProcessInfo.processInfo.environment
    if let value = environment["NO_COLOR"], !value.isEmpty { return false }
    if let value = environment["CLICOLOR_FORCE"], !value.isEmpty, value != "0" { return true }
    return isatty(1) == 1 && environment["TERM"] != "dumb"
  }

  /// Columns of the terminal on stdout; 100 where it is none.
  static var width: Int {
    var size = winsize()
    return ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col >= 40 ? Int(size.ws_col) : 100
  }
}

/// Progress on stderr: one line that is redrawn on a terminal, else a line per 10 % or 30 seconds.
final class ProgressDisplay: Sendable {
  private struct State {
    var shownTenth = -1
    var shownAt = ContinuousClock.now
  }

  private let title: String
  private let isQuiet: Bool
  private let isInteractive = Console.isInteractive
  private let started = ContinuousClock.now
  private let state = Mutex(State())

  init(_ title: String, isQuiet: Bool) {
    self.title = title
    self.isQuiet = isQuiet
  }

  /// Shows that `done` of `total` pieces of work are done.
  func show(_ done: Int, of total: Int, _ detail: String = "") {
    guard !isQuiet, total > 0 else { return }
    let share = Double(done) / Double(total), seconds = (ContinuousClock.now - started) / .seconds(1)
    let left = done > 0 && done < total ? ", \(Self.text(seconds / share - seconds)) left" : ""
    let line = "\(title): \(done)/\(total) (\(Int(share * 100)) %), \(Self.text(seconds))\(left)"
    state.withLock { state in
      if isInteractive {
        let shown = "\(line)  \(detail)".prefix(Console.width - 1)
        FileHandle.standardError.write(Data("\r\u{1B}[2K\(shown)\(done == total ? "\n" : "")".utf8))
      } else if Int(share * 10) > state.shownTenth || ContinuousClock.now - state.shownAt > .seconds(30) {
        state.shownTenth = Int(share * 10)
        state.shownAt = ContinuousClock.now
        Console.note(line)
      }
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds < 60 ? "\(Int(seconds.rounded())) s" : "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
  }
}

/// Writes what C's stdout still holds.
func flush() {
  fflush(nil)
}
