internal import AttuneCore
internal import Foundation

/// What goes to the terminal: data on stdout, all else on stderr.
enum Console {
  /// Writes data, with a line end where it has none.
  ///
  /// - Throws: `FileError` where it cannot be written: the disk that takes stdout is full, or stdout is closed.
  static func output(_ text: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((text.hasSuffix("\n") ? text : text + "\n").utf8))
    } catch {
      throw FileError(kind: .inputOutput, path: "standard output", reason: Self.reason(of: error))
    }
  }

  /// Writes a note about what happens; one that cannot be written stops nothing.
  static func note(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
  }

  /// Writes to stderr without a line end.
  static func draw(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// The system's words for an error of Foundation.
  private static func reason(of error: any Error) -> String {
    let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    return cause.map { String(cString: strerror(Int32($0.code))) } ?? "\(error)"
  }

  /// Writes an error, one line per problem.
  static func error(_ text: String) {
    note("\(isInteractive ? "\r\u{1B}[2K" : "")attune: error: \(text)")
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

/// Writes what C's stdout still holds.
func flush() {
  fflush(nil)
}
