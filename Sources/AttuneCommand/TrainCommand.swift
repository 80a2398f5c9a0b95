internal import ArgumentParser
internal import AttuneCore
internal import AttuneData
internal import AttuneExperiments
internal import AttuneTraining
internal import Foundation

/// `attune train`: one model.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train the model of one training arm and write it to a file.",
    discussion: """
      Trains on the training part of the config's data and prints the quality on the test part. The state of the \
      training is kept beside the output, in OUTPUT.checkpoint, until the model is written: a training that was \
      stopped or killed goes on when the same command is given again, and ends with the same bits.
      """)

  @OptionGroup var config: ConfigOptions

  @Option(name: .shortAndLong, help: "The model file to write (safetensors).", completion: .file())
  var output: String

  @Option(help: "Name of the training arm; needed where the config has several.")
  var arm: String?

  @Option(help: "The seed; by default the first of the config.")
  var seed: UInt64?

  @Option(help: "Seconds between two checkpoints; 0 writes one after every step.")
  var checkpointEvery = 30.0

  @Flag(help: "Start anew, and pass by a checkpoint and the metrics of a training.")
  var fresh = false

  @Option(
    help: """
      A folder for metrics.jsonl and a TensorBoard event file, of this training alone; a training that goes on, goes \
      on there, and one that starts again replaces them.
      """, completion: .directory)
  var logDir: String?

  @Option(help: "Steps between two records within an epoch; 0 records the ends of epochs only.")
  var logEvery = 0

  @Flag(help: "Print the outcome as JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  private struct Outcome: Encodable {
    var arm: String, seed: UInt64, metric: String, quality: Double?, seconds: Double, operations: Int
    var modelBytes: Int, output: String, epochs: [EpochRecord], stoppedEarly: Bool, bestEpoch: Int?
  }

  func validate() throws {
    guard checkpointEvery >= 0, checkpointEvery.isFinite else {
      throw ValidationError("--checkpoint-every takes a number of at least 0, found \(checkpointEvery)")
    }
    guard logEvery >= 0 else { throw ValidationError("--log-every takes a number of steps, found \(logEvery)") }
    guard logEvery == 0 || logDir != nil else { throw ValidationError("--log-every needs --log-dir beside it") }
  }

  func run() throws {
    let experiment = try config.load()
    let arm = try chosenArm(experiment)
    let seed = seed ?? experiment.seeds[0]
    try OutputFile.check(output)
    let lock = try FileLock(output + ".lock", removesFile: true)
    defer { withExtendedLifetime(lock) {} }
    // A training on this output that was killed while it wrote.
    AtomicFile.removeLeftovers(beside: output)
    Signals.listen()
    guard StreamedData.isAsked(for: experiment.data) else {
      let data = try ExperimentData(experiment.data, folder: config.folder) { Console.note("\($0)") }
      let (rows, test) = try data.split(seed: seed)
      return try train(arm, of: experiment, seed: seed, on: rows, test)
    }
    if arm.solver != nil { throw ModelTraining.solverRefusal }
    let (rows, test) = try streamed(experiment).split(seed: seed)
    try train(arm, of: experiment, seed: seed, on: rows, test)
  }

  /// The rows of a file that is streamed, with progress while it is read.
  private func streamed(_ experiment: ExperimentConfiguration) throws -> StreamedData {
    var displays: [String: ProgressDisplay] = [:]
    let folder = URL(fileURLWithPath: output).deletingLastPathComponent().path
    do {
      return try StreamedData(
        experiment.data, folder: config.folder, scratchFolder: folder, note: { Console.note("\($0)") }
      ) { path, done, total in
        let display = displays[path] ?? ProgressDisplay("read \(path), MB", isQuiet: quiet)
        displays[path] = display
        display.show(done / 1_000_000, of: max(1, total / 1_000_000))
        try Cancellation.check()
      }
    } catch is CancellationError {
      throw Stopped(description: "stopped while the data were read; the same command starts anew")
    }
  }

  private func train<Rows: TableRows>(
    _ arm: TrainingArmConfiguration, of experiment: ExperimentConfiguration, seed: UInt64, on rows: Rows, _ test: Rows
  ) throws {
    let metric: QualityMetric = experiment.data.task == .classification ? .error : .rootMeanSquaredError
    let display = TrainingDisplay("train \(arm.name)", isQuiet: quiet) {
      "\(metric.title) \(metric == .error ? "\(($0 * 1000).rounded() / 10) %" : TrainingLine.short($0))"
    }
    let checkpoint = output + ".checkpoint"
    let plan = CheckpointPlan(path: checkpoint, interval: checkpointEvery, startsAnew: fresh)
    if logDir != nil, arm.solver != nil {
      throw ValidationError("--log-dir: the arm '\(arm.name)' is solved in closed form, without steps to record")
    }
    let training = ModelTraining(arm, in: experiment)
    let identity = arm.solver == nil ? try training.identity(of: rows, seed: seed) : [:]
    let recorder = logDir.map {
      MetricsRecorder(
        folder: $0, interval: logEvery, quality: "\(metric.title.lowercased())/validation", identity: identity,
        startsAnew: fresh)
    }
    var watch = LossWatch()
    let (model, report) = try stoppable(arm) {
      try training.train(on: rows, seed: seed, checkpoints: plan, identity: identity) { event in
        display.show(event)
        watch.note(event)
        try recorder?.note(event)
        try Cancellation.check()
      }
    }
    display.finish()
    if let warning = watch.warning(report, restoresBest: arm.earlyStopping?.restoreBest ?? false) {
      Console.note("attune: warning: \(warning)")
    }
    let bytes = try model.write(to: output)
    // Only now: killed before, the same command goes on from the checkpoint to the same model.
    unlink(checkpoint)
    AtomicFile.removeLeftovers(beside: output)
    let quality = try model.quality(on: test)
    let outcome = Outcome(
      arm: arm.name, seed: seed, metric: metric.rawValue, quality: quality.flatMap { $0.isFinite ? $0 : nil },
      seconds: report.seconds, operations: report.operations, modelBytes: bytes, output: output, epochs: report.epochs,
      stoppedEarly: report.stoppedEarly, bestEpoch: report.bestEpoch)
    if json { return try Console.output(RunFolder.json(outcome)) }
    let shown =
      quality.map { metric == .error ? "\(($0 * 1000).rounded() / 10) %" : String(format: "%.6g", $0) } ?? "none"
    try Console.output(
      "\(arm.name), seed \(seed): test \(metric.title) \(shown) on \(test.count) rows\(ending(report)); model: \(output)"
    )
  }

  /// Why a training ended before its last epoch; empty where it did not.
  private func ending(_ report: TrainingReport) -> String {
    guard report.stoppedEarly, let best = report.bestEpoch else { return "" }
    return "; stopped early after epoch \(report.epochs.count), best was epoch \(best)"
  }

  private func stoppable<Result>(_ arm: TrainingArmConfiguration, _ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch is CancellationError {
      let isKept = access(output + ".checkpoint", F_OK) == 0 && arm.solver == nil
      throw Stopped(
        description: "stopped; no model was written yet, and the same command "
          + (isKept ? "goes on from \(output).checkpoint" : "starts anew"))
    }
  }

  private func chosenArm(_ experiment: ExperimentConfiguration) throws -> TrainingArmConfiguration {
    let names = experiment.training.map(\.name)
    guard let name = arm else {
      guard experiment.training.count == 1 else {
        throw ConfigValueError("the config has several training arms; choose one", key: "--arm", known: names)
      }
      return experiment.training[0]
    }
    guard let found = experiment.training.first(where: { $0.name == name }) else {
      throw ConfigValueError("no training arm has this name", key: "--arm", given: name, known: names)
    }
    return found
  }
}
