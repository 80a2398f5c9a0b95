internal import AttuneCore
internal import Foundation

/// A run as a command line names it: the path of its folder, `latest`, or the start or the end of its folder's name.
public struct RunReference: Sendable, Equatable {
  /// The text on the command line.
  public let text: String
  /// The folder that holds the run folders.
  public let runs: String

  /// A reference.
  ///
  /// - Parameters:
  ///   - text: as on the command line.
  ///   - runs: where names are looked up.
  public init(_ text: String, in runs: String = "runs") {
    self.text = text
    self.runs = runs
  }

  /// The path of the run's folder, without following a link.
  ///
  /// - Throws: `RunReferenceError` where no folder fits, or several do.
  public func folder() throws -> String {
    if Self.isRun(text) { return text }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? []).sorted()
    let known = names.filter { Self.isRun("\(runs)/\($0)") }
    if known.contains(text) { return "\(runs)/\(text)" }
    let fitting = known.filter { !text.isEmpty && $0 != "latest" && ($0.hasPrefix(text) || $0.hasSuffix(text)) }
    guard let name = fitting.first, fitting.count == 1 else {
      throw RunReferenceError(text: text, runs: runs, fitting: fitting, known: known.filter { $0 != "latest" })
    }
    return "\(runs)/\(name)"
  }

  /// Whether a folder holds a run: its resolved config is there from the start on.
  private static func isRun(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path + "/config.yaml")
  }
}

/// A reference that fits no run, or several.
public struct RunReferenceError: Error, Equatable, CustomStringConvertible {
  /// The text on the command line.
  public let text: String
  /// Where runs were looked for.
  public let runs: String
  /// The runs that it could mean; empty where there is none.
  public let fitting: [String]
  /// All runs there, by name.
  public let known: [String]

  /// What was looked for and what there is.
  public var description: String {
    guard fitting.isEmpty else {
      return "'\(text)' could be \(fitting.count) runs: \(Self.list(fitting)); give more of the name"
    }
    let start =
      "there is no run '\(text)': no folder of this path holds a config.yaml, and no run in \(runs)/ has "
      + "this name, or starts or ends with it"
    return known.isEmpty
      ? start + "; there are no runs there" : start + "; the newest there: \(Self.list(known.suffix(5).reversed()))"
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) others" : "")
  }
}
