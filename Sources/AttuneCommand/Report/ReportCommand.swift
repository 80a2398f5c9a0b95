internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments
internal import Foundation

/// `attune report`: the report of a run anew, a comparison of several, or a server that shows them.
struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write the report of a run anew, compare runs, or serve reports on this machine.",
    discussion: """
      One RUN: writes its report.html anew from results.json. Several: one page that compares them with the first. A RUN is \
      the path of a run folder, 'latest', or the start or the end of a folder's name in --runs.

      With --serve a page lists the runs, shows their reports, and follows runs in progress; it answers this machine \
      only, until Ctrl-C.
      """)

  @Argument(help: "The runs.")
  var run: [String] = []

  @Option(
    name: .shortAndLong,
    help: """
      The file to write, '-' for standard output; by default report.html in the run's folder, and comparison.html here for \
      several runs.
      """, completion: .file(extensions: ["html"]))
  var output: String?

  @Option(help: "Folder in which runs are looked up by name.", completion: .directory)
  var runs = "runs"

  @Flag(help: "Serve the reports of the runs on 127.0.0.1.")
  var serve = false

  @Option(help: "Port of the server; 0 for any that is free.")
  var port: UInt16 = 8640

  func validate() throws {
    if serve {
      if run.count > 1 { throw ValidationError("--serve takes one RUN at most, found \(run.count)") }
      if output != nil { throw ValidationError("--serve writes no file; remove --output") }
    } else if run.isEmpty {
      throw ValidationError("name a RUN, several to compare them, or --serve")
    }
  }

  func run() async throws {
    guard !serve else { return try await ReportServer(runs: runs, run: run.first, port: port).run() }
    let folders = try run.map { try RunReference($0, in: runs).folder() }
    if folders.count == 1 {
      let path = output ?? "\(folders[0])/report.html"
      return try write(page(of: folders[0]), to: path)
    }
    let compared = try folders.map { try ComparedRun(folder: $0) }
    try write(ComparisonReport.render(compared), to: output ?? "comparison.html")
  }

  private func page(of folder: String) throws -> String {
    try FinishedRun(folder: folder).page
  }

  private func write(_ page: String, to path: String) throws {
    guard path != "-" else { return try Console.output(page) }
    try OutputFile.check(path)
    try AtomicFile.write(Array(page.utf8), to: path)
    Console.note("report: \(path)")
  }
}
