internal import ArgumentParser
internal import AttuneCore
internal import AttuneData
internal import AttuneExperiments
internal import AttuneTraining

/// `attune train`: one model.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train the model of one training arm and write it to a file.",
    discussion: "Trains on the training part of the config's data and prints the quality on the test part.")

  @OptionGroup var config: ConfigOptions

  @Option(name: .shortAndLong, help: "The model file to write (safetensors).", completion: .file())
  var output: String

  @Option(help: "Name of the training arm; needed where the config has several.")
  var arm: String?

  @Option(help: "The seed; by default the first of the config.")
  var seed: UInt64?

  @Flag(help: "Print the outcome as JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  private struct Outcome: Encodable {
    var arm: String, seed: UInt64, metric: String, quality: Double?, seconds: Double, operations: Int
    var modelBytes: Int, output: String
  }

  func run() throws {
    let experiment = try config.load()
    let arm = try chosenArm(experiment)
    let seed = seed ?? experiment.seeds[0]
    try OutputFile.check(output)
    Signals.listen()
    let data = try ExperimentData(experiment.data, folder: config.folder)
    let (train, test) = try data.split(seed: seed)
    let progress = ProgressDisplay("train \(arm.name)", isQuiet: quiet)
    let (model, report) = try stoppable {
      try ModelTraining(arm, in: experiment).train(on: train, seed: seed) { epoch, loss in
        progress.show(epoch, of: arm.epochs, "loss \(loss)")
        try Cancellation.check()
      }
    }
    let bytes = try model.write(to: output)
    let quality = try model.quality(on: test)
    let metric: QualityMetric = experiment.data.task == .classification ? .error : .rootMeanSquaredError
    let outcome = Outcome(
      arm: arm.name, seed: seed, metric: metric.rawValue, quality: quality, seconds: report.seconds,
      operations: report.operations, modelBytes: bytes, output: output)
    if json { return try Console.output(RunFolder.json(outcome)) }
    let shown = quality.map { metric == .error ? "\(($0 * 1000).rounded() / 10) %" : "\($0)" } ?? "none"
    try Console.output(
      "\(arm.name), seed \(seed): test \(metric.title) \(shown) on \(test.count) rows; model: \(output)")
  }

  private func stoppable<Result>(_ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch is CancellationError {
      throw Stopped(description: "stopped; no model was written, and the same command starts anew")
    }
  }

  private func chosenArm(_ experiment: ExperimentConfiguration) throws -> TrainingArmConfiguration {
    let names = experiment.training.map(\.name)
    guard let name = arm else {
      guard experiment.training.count == 1 else {
        throw ValidationError(
          "the config has several training arms; choose one with --arm: \(names.joined(separator: ", "))")
      }
      return experiment.training[0]
    }
    guard let found = experiment.training.first(where: { $0.name == name }) else {
      throw ValidationError("no training arm is called '\(name)'; the config has: \(names.joined(separator: ", "))")
    }
    return found
  }
}
