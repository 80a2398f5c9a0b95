internal import ArgumentParser
internal import AttuneExperiments
internal import Foundation

/// `attune runs list`: all runs of a folder.
struct RunsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the runs of a folder, the newest first.",
    discussion: """
      A run that nobody works on and that has no results is stopped: the command it was started with, with --output and \
      its folder, goes on.
      """)

  @OptionGroup var options: RunsOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let summaries = try options.store()?.summaries() ?? []
    guard !json else { return try Console.output(try RunFolder.json(summaries)) }
    guard !summaries.isEmpty else { return Console.note("there are no runs in \(options.runs)/") }
    try Console.output(
      PlainTable.lines(
        ["run", "name", "started (UTC)", "status", "arms", "failed", "seconds", "best cell"],
        summaries.map(Self.row), right: [4, 5, 6]))
  }

  private static func row(_ run: RunSummary) -> [String] {
    let best = run.best.map { best in
      let names = [best.training, best.inference, best.scenario].filter { !$0.isEmpty }.joined(separator: " / ")
      return "\(PlainTable.figure(best.quality)) \(names)"
    }
    return [
      shortName(run.folder), run.name, time(run.started), run.status.rawValue, "\(run.armsDone)/\(run.armsTotal)",
      "\(run.armsFailed)", run.seconds.map { String(format: "%.1f", $0) } ?? "–", best ?? "–",
    ]
  }

  /// The end of a folder's name that tells a run from others; the whole name of a folder that the user named.
  static func shortName(_ folder: String) -> String {
    guard let match = folder.wholeMatch(of: #/\d{8}T\d{6}Z-.*-([0-9a-f]{6})/#) else { return folder }
    return String(match.1)
  }

  static func time(_ date: Date) -> String {
    date.formatted(
      .iso8601.year().month().day().dateSeparator(.dash).time(includingFractionalSeconds: false).timeSeparator(.colon)
    )
    .replacing("T", with: " ").replacing("Z", with: "")
  }
}
