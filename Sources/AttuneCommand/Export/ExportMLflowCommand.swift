internal import ArgumentParser
internal import AttuneCore
internal import AttuneExperiments
internal import Crypto
internal import Foundation

/// `attune export mlflow`: a run on an MLflow tracking server.
struct ExportMLflowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mlflow", abstract: "Write a finished run to an MLflow tracking server, through its REST interface.",
    discussion: """
      One MLflow run stands for the whole, with report, config, results and models as files; below it one for each \
      training × inference × scenario × seed (stream × learner × seed), with settings as parameters, and quality, costs \
      and the figures of each batch as metrics. A run that is there already is not written again; an export that was \
      interrupted goes on. MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, are used where \
      they are set.
      """)

  @OptionGroup var source: FinishedRunOptions

  @Option(help: "The address of the server, such as http://localhost:5000; by default MLFLOW_TRACKING_URI.")
  var uri: String?

  @Option(help: "The MLflow experiment; by default the name of the run's experiment. It is made where there is none.")
  var experiment: String?

  @Flag(help: "Write no files beside the run.")
  var withoutArtifacts = false

  @Flag(help: "Print what was written as JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    guard let address = uri ?? environment["MLFLOW_TRACKING_URI"], !address.isEmpty else {
      throw ValidationError("give the address of the server with --uri, or set MLFLOW_TRACKING_URI")
    }
    let client = try MLflowClient(address, environment: environment), run = try source.load()
    let hash = SHA256.hash(data: Data(try InputFile.bytes(at: run.folder + "/results.json")))
    let digits = hash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let display = ProgressDisplay("runs to MLflow", isQuiet: quiet)
    Signals.listen()
    let export = MLflowExport(
      client: client, plan: try MLflowPlan(run), identity: [("attune.run", run.name), ("attune.results", digits)],
      files: withoutArtifacts ? [] : Self.files(of: run), progress: { display.show($0, of: $1) })
    do {
      try tell(try export.send(to: experiment ?? run.run.name), run.name, client.address)
    } catch is CancellationError {
      throw Stopped(description: "stopped; what was exported is kept, and the same command goes on")
    }
  }

  private func tell(_ outcome: MLflowExport.Outcome, _ name: String, _ address: String) throws {
    let page = "\(address)/#/experiments/\(outcome.experiment)/runs/\(outcome.run)"
    if json {
      let object: JSONObject = [
        "experiment_id": .string(outcome.experiment), "run_id": .string(outcome.run), "url": .string(page),
        "written": .number(JSONNumber(outcome.written)), "present": .number(JSONNumber(outcome.present)),
      ]
      try Console.output(JSONValue.object(object).text)
    } else {
      try Console.output(page)
    }
    guard !quiet else { return }
    if outcome.written == 0 {
      Console.note("\(name) is there already, with \(outcome.present) runs; nothing was written")
    } else {
      let before = outcome.present == 0 ? "" : "; \(outcome.present) were there"
      Console.note("\(name): \(outcome.written) runs written\(before)")
    }
  }

  /// The files of the run folder that go with it, by their paths in it.
  private static func files(of run: RunExport) -> [(path: String, file: String)] {
    let tables = ["results.csv", "domains.csv", "curves.csv"]
    let wanted = ["report.html", "config.yaml", "results.json", "provenance.json"] + tables
    let models = ((try? FileManager.default.contentsOfDirectory(atPath: run.folder + "/models")) ?? []).sorted()
    return (wanted + models.filter { $0.hasSuffix(".safetensors") }.map { "models/\($0)" })
      .map { ($0, "\(run.folder)/\($0)") }
      .filter { FileManager.default.fileExists(atPath: $0.1) }
  }
}
