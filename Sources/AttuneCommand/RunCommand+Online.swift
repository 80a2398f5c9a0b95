internal import AttuneExperiments
internal import Foundation

extension RunCommand {
  /// Runs an online experiment.
  func run(_ experiment: OnlineExperimentConfiguration) async throws {
    guard !dryRun else {
      try experiment.checkStreams(configFolder: config.folder)
      return try Console.output(ConfigWriter.yaml(from: experiment) + Self.plan(experiment))
    }
    Signals.listen()
    let folder = try output.map { try RunFolder($0) } ?? RunFolder.create(name: experiment.name, in: "runs")
    if !quiet { Console.note("\(experiment.name): \(Self.size(experiment)); run folder \(folder.path)") }
    let display = ProgressDisplay("streams, in hundredths", isQuiet: quiet)
    var runner = OnlineRunner(experiment, configFolder: config.folder, folder: folder)
    runner.store = storePath(beside: folder)
    let results = try await kept(in: folder) { [runner] in
      try await runner.run(jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount) { event in
        switch event {
        case .progress(let done, let total, let name): display.show(done, of: total, name)
        case .notice(let text): Console.note("attune: \(text)")
        }
      }
    }
    try Console.output(
      json
        ? try RunFolder.json(results)
        : OnlineTerminalTable.render(results, color: Console.usesColor, width: Console.width))
    for cell in results.cells {
      for failure in cell.failures {
        Console.note("learner '\(cell.learner)' failed on stream '\(cell.stream)', \(failure)")
      }
    }
    if !quiet { Console.note("report: \(folder.path)/report.html") }
    try Self.checkFailures(results.cells.count { !$0.failures.isEmpty }, of: results.cells.count)
  }

  private static func size(_ experiment: OnlineExperimentConfiguration) -> String {
    [
      counted(experiment.learners.count, "learner"), counted(experiment.streams.count, "stream"),
      counted(experiment.seeds.count, "seed"),
    ].joined(separator: " × ")
  }

  /// The plan as YAML comments after the config.
  private static func plan(_ experiment: OnlineExperimentConfiguration) -> String {
    let lines = experiment.streams.map { stream in
      "# plan: stream '\(stream.name)': " + experiment.arms(on: stream).map(\.name).joined(separator: ", ")
    }
    return lines.joined(separator: "\n")
  }
}
