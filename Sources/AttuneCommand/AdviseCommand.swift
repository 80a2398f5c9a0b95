internal import ArgumentParser
internal import AttuneExperiments

/// `attune advise`: which combination of arms to serve with.
struct AdviseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advise", abstract: "Say which training and inference arm of a run to serve with.",
    discussion: """
      Answers from the measured table of a finished run. Of the combinations within all limits, those not shown to be worse \
      than the best are equal, and the one of least total cost (training, preparation and all predictions) is taken.

      Ends with exit code 1 where nothing fits, and names what comes nearest.
      """)

  @Argument(
    help: ArgumentHelp("Path of a run folder, 'latest', or the start or end of its name.", valueName: "run"),
    completion: .directory)
  var reference: String

  @Option(help: "Folder that holds the run folders.", completion: .directory)
  var runs = "runs"

  @Option(help: "Number of predictions that the training is paid by: 1e6, 1_000_000, 1M.")
  var predictions: String

  @Option(
    name: .customLong("latency-p99"),
    help: "99 % of the calls must be faster, measured with the stream's batch: 800us, 2ms, 1s.")
  var latency: String?

  @Flag(help: "Take the latency of calls with one row instead of the stream's batch.")
  var singleRow = false

  @Option(help: "Most bytes of model and state: 512kB, 8MB, 8MiB, 1GB.")
  var memory: String?

  @Option(help: "Most seconds of training and preparation.")
  var trainingSeconds: Double?

  @Flag(help: "Leave out arms that learn from late labels.")
  var noLabels = false

  @Option(help: "Most that may be needed of the training data when serving: none, statistics or samples.")
  var sourceAccess: String?

  @Option(help: "Worst error or RMSE: 0.05, 5%.")
  var quality: String?

  @Option(help: "Scenario that quality and cost are taken from, again for several; by default the mean over all.")
  var scenario: [String] = []

  @Option(help: "What the total cost is counted in: flops or seconds.")
  var cost = "flops"

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws { _ = try (limits(), unit()) }

  func run() throws {
    let folder = try RunReference(reference, in: runs).folder()
    let advice: Advice
    switch try FinishedRun(folder: folder) {
    case .online(let results): throw AdviceError.online(name: results.name)
    case .experiment(let results):
      advice = try Advice(results, limits(), over: scenario.isEmpty ? nil : scenario, unit: unit())
    }
    try Console.output(json ? RunFolder.json(advice) : advice.text)
    if advice.choice == nil { throw ExitCode(Failure.runFailed) }
  }

  private func limits() throws -> AdviceLimits {
    var limits = AdviceLimits(
      predictions: try Self.parse(predictions, "--predictions", "a count such as 1e6, 1_000_000 or 1M", Quantity.count))
    limits.latency = try latency.map {
      try Self.parse($0, "--latency-p99", "a time with its unit, such as 800us, 2ms or 1s", Quantity.microseconds)
    }
    limits.memory = try memory.map {
      try Self.parse($0, "--memory", "bytes with their unit, such as 512kB, 8MB or 8MiB", Quantity.bytes)
    }
    limits.quality = try quality.map {
      try Self.parse($0, "--quality", "an error or RMSE such as 0.05 or 5%", Quantity.quality)
    }
    if let trainingSeconds, !(trainingSeconds > 0 && trainingSeconds.isFinite) {
      throw ValidationError("--training-seconds must be a number above 0, found \(trainingSeconds)")
    }
    if let sourceAccess, !["none", "statistics", "samples"].contains(sourceAccess) {
      throw ValidationError("--source-access must be none, statistics or samples, found '\(sourceAccess)'")
    }
    (limits.singleRow, limits.trainingSeconds, limits.noLabels) = (singleRow, trainingSeconds, noLabels)
    limits.sourceAccess = sourceAccess
    return limits
  }

  private func unit() throws -> CostUnit {
    guard let unit = CostUnit(rawValue: cost) else {
      throw ValidationError("--cost must be flops or seconds, found '\(cost)'")
    }
    return unit
  }

  private static func parse(
    _ text: String, _ option: String, _ expected: String, _ parse: (String) -> Double?
  ) throws -> Double {
    guard let value = parse(text) else { throw ValidationError("\(option) must be \(expected), found '\(text)'") }
    return value
  }
}
