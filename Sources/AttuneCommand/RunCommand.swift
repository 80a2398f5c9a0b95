internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments
internal import Foundation

/// `attune run`: a whole experiment.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run an experiment: training arms × inference arms × scenarios × seeds.",
    discussion: """
      Prints a table and writes report.html, results.csv, results.json, the resolved config and the models to a run \
      folder. A run that was stopped goes on when the same command is given with --output and its folder.
      """)

  @OptionGroup var config: ConfigOptions

  @Option(help: "Folder of the run; by default a new one below runs/.", completion: .directory)
  var output: String?

  @Option(help: "Units (training arm × seed) that run at the same time; by default one per processor core.")
  var jobs: Int?

  @Flag(help: "Print the resolved config and the plan, and run nothing.")
  var dryRun = false

  @Flag(help: "Print results.json instead of the table.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1, found \(jobs)") }
  }

  func run() async throws {
    let experiment = try config.load()
    guard !dryRun else {
      Console.output(try ConfigWriter.yaml(from: experiment) + Self.plan(experiment))
      return
    }
    guard !experiment.inference.isEmpty, !experiment.scenarios.isEmpty else {
      throw ConfigValueError(
        "a run needs at least one; 'attune train' trains without",
        key: experiment.inference.isEmpty ? "inference" : "scenarios")
    }
    Signals.listen()
    let folder = try output.map { try RunFolder($0) } ?? RunFolder.create(name: experiment.name, in: "runs")
    if !quiet { Console.note("\(experiment.name): \(Self.size(experiment)); run folder \(folder.path)") }
    let units = ProgressDisplay("train and adapt", isQuiet: quiet)
    let latencies = ProgressDisplay("measure latency", isQuiet: quiet)
    let results = try await ExperimentRunner(experiment, configFolder: config.folder, folder: folder).run(
      jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount
    ) { event in
      switch event {
      case .unit(let done, let total, let name): units.show(done, of: total, name)
      case .latency(let done, let total): latencies.show(done, of: total)
      }
    }
    Console.output(
      json
        ? try RunFolder.json(results)
        : TerminalTable.render(results, color: Console.usesColor, width: Console.width))
    if !quiet { Console.note("report: \(folder.path)/report.html") }
    let failed = results.cells.filter { !$0.failures.isEmpty }
    guard failed.isEmpty else {
      Console.error("\(failed.count) of \(results.cells.count) cells have failures; see the report")
      throw ExitCode(failed.count == results.cells.count ? Failure.runFailed : Failure.someArmsFailed)
    }
  }

  private static func size(_ experiment: ExperimentConfiguration) -> String {
    "\(experiment.training.count) training arms × \(experiment.inference.count) inference arms × "
      + "\(experiment.scenarios.count) scenarios × \(experiment.seeds.count) seeds"
  }

  /// The plan as YAML comments after the config.
  private static func plan(_ experiment: ExperimentConfiguration) -> String {
    let trainings = experiment.training.count * experiment.seeds.count
    let students = experiment.inference.count { $0.student != nil } * trainings
    let arms = trainings * experiment.inference.count * experiment.scenarios.count
    return "# plan: \(size(experiment)): \(trainings) trainings, \(students) students, \(arms) streams"
  }
}
