internal import Foundation

/// How far a download is, as one line.
struct DownloadLine {
  let name: String
  /// Bytes that were there before.
  let first: Int
  /// Bytes of the whole; nil where the server does not tell.
  let total: Int?

  /// The line for `size` bytes after some seconds. The time left is told after two seconds.
  func text(_ size: Int, seconds: Double) -> String {
    let rate = seconds > 0 ? Double(size - first) / seconds : 0
    let speed = rate >= 1 ? ", \(ByteCount.text(Int(rate)))/s" : ""
    guard let total else { return "\(name): \(ByteCount.text(size))\(speed)" }
    let share = total == 0 ? 100 : size * 100 / total
    let line = "\(name): \(ByteCount.text(size)) of \(ByteCount.text(total)) (\(share) %)\(speed)"
    guard size < total, rate >= 1, seconds >= 2 else { return line }
    return line + ", about \(ProgressLine.duration(Double(total - size) / rate)) left"
  }
}

/// Progress of downloads on stderr: one line that is redrawn on a terminal, else a line per 10 % or 30 seconds,
/// and one at the end.
final class DownloadDisplay {
  private let isQuiet: Bool
  private let isInteractive = Console.isInteractive
  private var line: DownloadLine?
  private var started = ContinuousClock.now
  private var shownAt = ContinuousClock.now
  private var shownTenth = 0

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
  }

  /// A transfer begins, of which `size` bytes are there.
  func begin(_ name: String, at size: Int, of total: Int?) {
    line = DownloadLine(name: name, first: size, total: total)
    started = .now
    shownAt = .now
    shownTenth = tenth(size)
    if !isQuiet, size > 0 { Console.note("\(name): going on after \(ByteCount.text(size))") }
  }

  /// So many bytes of it are there.
  func show(_ size: Int) {
    guard !isQuiet, let line else { return }
    let now = ContinuousClock.now, seconds = (now - started) / .seconds(1)
    if isInteractive {
      guard now - shownAt > .milliseconds(100) || size == line.total else { return }
      Console.draw("\r\u{1B}[2K\(line.text(size, seconds: seconds).prefix(Console.width - 1))")
    } else {
      // A download of a second or less is one line.
      let isDue = tenth(size) > shownTenth && now - shownAt > .seconds(1)
      guard isDue || now - shownAt > .seconds(30) || size == line.total else { return }
      Console.note(line.text(size, seconds: seconds))
    }
    (shownAt, shownTenth) = (now, tenth(size))
  }

  /// The transfer is over: what follows begins on a line of its own.
  func end() {
    if isInteractive, !isQuiet, line != nil { Console.draw("\n") }
    line = nil
  }

  private func tenth(_ size: Int) -> Int { line?.total.map { $0 == 0 ? 10 : size * 10 / $0 } ?? 0 }
}
