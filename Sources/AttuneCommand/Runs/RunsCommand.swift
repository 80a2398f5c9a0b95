internal import ArgumentParser
internal import AttuneExperiments
internal import Foundation

/// `attune runs`: what has been run.
struct RunsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List, show, compare and remove runs.",
    discussion: """
      A RUN is the path of its folder, 'latest', or the start or the end of its folder's name.
      """,
    subcommands: [
      RunsListCommand.self, RunsShowCommand.self, RunsDiffCommand.self, RunsRemoveCommand.self, RunsCollectCommand.self,
    ])
}

/// Where the runs are, as several commands take it.
struct RunsOptions: ParsableArguments {
  @Option(help: "The folder that holds the run folders.", completion: .directory)
  var runs = "runs"

  /// The store of the folder, brought up to date with it. Where it cannot be used that is said, and the run folders are
  /// read in its place; nil where there is no such folder.
  func store() throws -> AttuneStore? {
    guard FileManager.default.fileExists(atPath: runs) else { return nil }
    do {
      let store = try AttuneStore(runs: runs)
      Self.report(try store.update())
      return store
    } catch let error as StoreError {
      Console.note("attune: \(error); the run folders are read in its place")
      let store = try AttuneStore.inMemory(runs: runs)
      Self.report(try store.update())
      return store
    }
  }

  /// The path of the folder of a run.
  func folder(of text: String) throws -> String { try RunReference(text, in: runs).folder() }

  private static func report(_ update: AttuneStore.Update) {
    for path in update.passedBy { Console.note("attune: \(path) holds no run that can be read; passed by") }
  }
}

/// A table of texts for the terminal, with a line of titles.
enum PlainTable {
  /// The lines, in columns as wide as their longest text; the columns in `right` end flush.
  static func lines(_ titles: [String], _ rows: [[String]], right: Set<Int> = []) -> String {
    let all = [titles] + rows
    let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.enumerated().map { column, text in
        let space = String(repeating: " ", count: widths[column] - text.count)
        return right.contains(column) ? space + text : text + space
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// A figure with four digits that count; a dash where there is none.
  static func figure(_ value: Double?) -> String { value.map { String(format: "%.4g", $0) } ?? "–" }
}
