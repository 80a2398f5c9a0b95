internal import ArgumentParser
internal import AttuneExperiments
internal import Foundation

/// `attune runs show`: one run.
struct RunsShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run: what it compares, its cells, failures and provenance.")

  @Argument(help: "The run: path of its folder, 'latest', or the start or the end of its folder's name.")
  var run: String

  @OptionGroup var options: RunsOptions

  @Flag(help: "Print JSON, with the whole resolved config by path.")
  var json = false

  func run() async throws {
    let details = try RunDetails(folder: try options.folder(of: run))
    try Console.output(json ? try RunFolder.json(details) : Self.text(details))
  }

  static func text(_ details: RunDetails) -> String {
    let summary = details.summary
    var text = "\(summary.name): \(summary.status.rawValue), \(summary.armsDone) of \(summary.armsTotal) arms"
    if summary.armsFailed > 0 { text += ", \(summary.armsFailed) failed" }
    text += "\nstarted \(RunsListCommand.time(summary.started)) UTC"
    if let seconds = summary.seconds { text += ", \(String(format: "%.1f", seconds)) s" }
    text += "\nfolder \(details.path)\n\n"
    for section in ["training", "inference", "learners", "scenarios", "streams"] {
      if let names = details.arms[section] { text += "\(section): \(names.joined(separator: ", "))\n" }
    }
    for path in ["data.source.kind", "data.source.path", "network.kind"] {
      if let value = details.settings[path] { text += "\(path): \(value)\n" }
    }
    text += "\n" + cells(details)
    if !details.failures.isEmpty { text += "\nfailures\n" }
    for failure in details.failures.prefix(20) {
      text += "  \(failure.place.joined(separator: " / ")), seed \(failure.seed): \(failure.reason)\n"
    }
    if details.failures.count > 20 { text += "  and \(details.failures.count - 20) others (--json has all)\n" }
    text += "\nprovenance\n"
    for (name, value) in details.provenance.sorted(by: { $0.key < $1.key }) { text += "  \(name): \(value)\n" }
    for (path, hash) in details.data.sorted(by: { $0.key < $1.key }) { text += "  data \(path): \(hash)\n" }
    return text
  }

  private static func cells(_ details: RunDetails) -> String {
    guard !details.cells.isEmpty else { return "no arm is done yet\n" }
    return PlainTable.lines(
      ["scenario", "training", "inference", "mean", "low", "high", "seeds", "against the baseline"],
      details.cells.map { cell in
        [
          cell.scenario, cell.training, cell.inference, PlainTable.figure(cell.mean), PlainTable.figure(cell.low),
          PlainTable.figure(cell.high), "\(cell.seeds)", cell.mean == nil ? "failed" : cell.verdict.map(words) ?? "–",
        ]
      }, right: [3, 4, 5, 6])
  }

  private static func words(_ verdict: String) -> String {
    verdict == "noDifferenceShown" ? "no difference shown" : verdict == "baseline" ? "is the baseline" : verdict
  }
}
