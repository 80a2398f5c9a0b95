internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments
internal import AttuneInference
internal import Foundation

/// `attune run`: a whole experiment.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run an experiment: training arms × inference arms × scenarios × seeds.",
    discussion: """
      A file with 'streams' is an online experiment: learners × streams, each row predicted, scored, then learned.

      Prints a table and writes report.html, results.csv, results.json, the resolved config and the models to a run \
      folder. A run that was stopped goes on when the same command is given with --output and its folder.
      """)

  @OptionGroup var config: ConfigOptions

  @Option(
    name: .customLong("sweep"), parsing: .singleValue,
    help: """
      Multiply arms by values of a setting, as path=values; repeatable. Values: 1e-4,1e-3 or choice(…), range(0,10,2); \
      at random interval(0,1), loguniform(1e-5,1e-1), intrange(1,5), with sweep.samples=20.
      """)
  var sweeps: [String] = []

  @Option(help: "Folder of the run; by default a new one below runs/.", completion: .directory)
  var output: String?

  @Option(help: "Trainings and arms that run at the same time; by default one per processor core.")
  var jobs: Int?

  @Option(
    help: """
      Instead of the config's inference arms: all registered strategies ('all'), or those named, separated by commas, \
      with their defaults.
      """)
  var strategies: String?

  @Flag(help: "Print the resolved config and the plan, and run nothing.")
  var dryRun = false

  @Flag(
    inversion: .prefixedNo, help: "Take models that were trained before from cache/trainings beside the run folder.")
  var cache = true

  @Flag(inversion: .prefixedNo, help: "Enter the run in the store attune.sqlite beside the run folder.")
  var store = true

  @Flag(help: "Print results.json instead of the table.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1, found \(jobs)") }
  }

  func run() async throws {
    switch try config.loadRun(strategies: strategies, sweeps: sweeps) {
    case .experiment(let experiment): try await run(experiment)
    case .online(let experiment): try await run(experiment)
    }
  }

  private func run(_ experiment: ExperimentConfiguration) async throws {
    try PlanCheck.checkSections(of: experiment)
    guard !dryRun else {
      let check = try PlanCheck(experiment, configFolder: config.folder) { Console.note("\($0)") }
      try check.checkScenarios()
      let estimate = try check.estimate(jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount)
      let lines =
        [Self.plan(experiment)] + Self.arms(experiment) + (try check.expectedFailures().map(Self.line))
        + Self.labelsThatNeverCome(experiment) + estimate.text.split(separator: "\n").map { "# plan: \($0)" }
      try Console.output(ConfigWriter.yaml(from: experiment) + lines.joined(separator: "\n"))
      return
    }
    Signals.listen()
    let folder = try output.map { try RunFolder($0) } ?? RunFolder.create(name: experiment.name, in: "runs")
    let results = try await kept(in: folder) { try await self.results(of: experiment, in: folder) }
    try Console.output(
      json
        ? try RunFolder.json(results)
        : TerminalTable.render(results, color: Console.usesColor, width: Console.width))
    Self.reasons(FailureReason.all(in: results)).forEach(Console.note)
    if !quiet { Console.note("report: \(folder.path)/report.html") }
    try Self.checkFailures(results.cells.count { !$0.failures.isEmpty }, of: results.cells.count)
  }

  /// The arms by their names.
  private static func arms(_ experiment: ExperimentConfiguration) -> [String] {
    [
      ("training", experiment.training.map(\.name)), ("inference", experiment.inference.map(\.name)),
      ("scenarios", experiment.scenarios.map(\.name)),
    ].map { "# plan: \($0): " + $1.joined(separator: ", ") }
  }

  /// Arms that learn from late labels, in scenarios where none come.
  private static func labelsThatNeverCome(_ experiment: ExperimentConfiguration) -> [String] {
    let arms = experiment.inference.filter { $0.strategy.entry.usesLabels }.map(\.name)
    let scenarios = experiment.scenarios.filter { $0.labelDelay == nil }.map(\.name)
    guard !arms.isEmpty, !scenarios.isEmpty else { return [] }
    return [
      "# plan: without late labels, in \(scenarios.joined(separator: ", ")), these answer as they start: "
        + arms.joined(separator: ", ")
    ]
  }

  /// What a run gives; where it is stopped, the error says how to go on.
  func kept<Results>(in folder: RunFolder, _ run: () async throws -> Results) async throws -> Results {
    do {
      return try await run()
    } catch is CancellationError {
      let words =
        config.words + sweeps.flatMap { ["--sweep", $0] } + (strategies.map { ["--strategies", $0] } ?? [])
      let command = "attune run \(Self.quoted(words)) --output \(Self.quoted([folder.path]))"
      throw Stopped(description: "stopped; what is finished is kept, go on with: \(command)")
    } catch {
      if output == nil { folder.removeIfEmpty() }
      throw error
    }
  }

  /// Ends the command with an error where cells have failures.
  static func checkFailures(_ failed: Int, of cells: Int) throws {
    guard failed > 0 else { return }
    Console.error("\(failed) of \(cells) cells have failures; see the report")
    throw ExitCode(failed == cells ? Failure.runFailed : Failure.someArmsFailed)
  }

  private func results(of experiment: ExperimentConfiguration, in folder: RunFolder) async throws -> ExperimentResults {
    if !quiet { Console.note("\(experiment.name): \(Self.size(experiment)); run folder \(folder.path)") }
    let arms = ProgressDisplay("train and adapt", isQuiet: quiet)
    let latencies = ProgressDisplay("measure latency", isQuiet: quiet)
    var runner = ExperimentRunner(experiment, configFolder: config.folder, folder: folder)
    if cache { runner.trainings = TrainingCache(runs: folder.parent) }
    runner.store = storePath(beside: folder)
    return try await runner.run(jobs: jobs ?? ProcessInfo.processInfo.activeProcessorCount) { event in
      switch event {
      case .unit: break
      case .progress(let progress): arms.show(progress)
      case .reused(let count): if !quiet { Console.note("trainings reused: \(count)") }
      case .latency(let done, let total): latencies.show(done, of: total)
      case .notice(let text): Console.note("attune: \(text)")
      }
    }
  }

  /// The path of the store that the run is entered in; nil where it is not.
  func storePath(beside folder: RunFolder) -> String? {
    store ? "\(folder.parent)/\(AttuneStore.fileName)" : nil
  }

  /// Why cells failed: at most five reasons, a line each.
  private static func reasons(_ all: [FailureReason]) -> [String] {
    let shown = all.prefix(5).map { reason in
      guard let training = reason.training else {
        return "failed \(reason.count == 1 ? "once" : "\(reason.count) times"): \(reason.text)"
      }
      let seeds = reason.seeds.map(String.init).joined(separator: ", ")
      return "training arm '\(training)' failed with seed\(reason.seeds.count == 1 ? "" : "s") \(seeds): \(reason.text)"
    }
    return all.count > shown.count ? shown + ["and \(counted(all.count - shown.count, "other reason"))"] : shown
  }

  /// An arm that cannot run, as a line of the plan.
  private static func line(_ failure: PlanCheck.ExpectedFailure) -> String {
    let reason = failure.reason.split(whereSeparator: \.isNewline).joined(separator: " ")
    return "# will fail: training arm '\(failure.training)', inference arm '\(failure.inference)': \(reason)"
  }

  /// Words as a shell reads them back.
  static func quoted(_ words: [String]) -> String {
    words.map { word in
      let isPlain = !word.isEmpty && word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=+,:".contains($0) }
      return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }

  private static func size(_ experiment: ExperimentConfiguration) -> String {
    [
      counted(experiment.training.count, "training arm"), counted(experiment.inference.count, "inference arm"),
      counted(experiment.scenarios.count, "scenario"), counted(experiment.seeds.count, "seed"),
    ].joined(separator: " × ")
  }

  static func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// The plan as YAML comments after the config.
  private static func plan(_ experiment: ExperimentConfiguration) -> String {
    let trainings = experiment.training.count * experiment.seeds.count
    let students = experiment.inference.count { $0.student != nil } * trainings
    let arms = trainings * experiment.inference.count * experiment.scenarios.count
    return "# plan: \(size(experiment)): "
      + [counted(trainings, "training"), counted(students, "student"), counted(arms, "stream")].joined(separator: ", ")
  }
}
