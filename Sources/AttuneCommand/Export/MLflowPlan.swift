internal import AttuneExperiments
internal import Foundation

/// The MLflow runs that a run becomes: one for the whole, and one for each cell and seed.
struct MLflowPlan {
  /// The tags that hold the parts of a child's identity.
  static let identityTags = [
    "attune.training", "attune.inference", "attune.scenario", "attune.stream", "attune.learner", "attune.seed",
  ]

  /// The run that stands for the whole.
  private(set) var parent: MLflowRun
  /// One run per cell and seed.
  private(set) var children: [MLflowRun]
  /// Start and end, in milliseconds since 1970.
  let start: Int, end: Int

  /// - Throws: `FileError`, `ConfigError` and `UnitFileError` where a file of the run folder cannot be read.
  init(_ export: RunExport) throws {
    let provenance = export.run.provenance, settings = try export.settings()
    start = Int(provenance.started.timeIntervalSince1970 * 1000)
    end = start + Int(max(0, provenance.seconds) * 1000)
    parent = MLflowRun(identity: [], name: export.name)
    for setting in settings where setting.arm == nil { parent.parameters.add(setting.path, setting.value ?? "null") }
    Self.tag(&parent, provenance)
    parent.add("seconds", provenance.seconds)
    switch export.run {
    case .experiment(let results):
      parent.tag("mlflow.note.content", results.description)
      parent.tag("attune.baseline", results.baseline)
      for cell in results.cells {
        let name = [cell.training, cell.inference, cell.scenario].map { $0.replacing("/", with: "_") }
        parent.add("\(results.metric.key)/\(name.joined(separator: "/"))", cell.quality?.mean)
      }
      children = try ExperimentChildren(export, results, settings).runs
    case .online(let results):
      parent.tag("mlflow.note.content", results.description)
      parent.tag("attune.baseline", results.baseline)
      for cell in results.cells {
        let metric = results.streams.first { $0.name == cell.stream }?.metric ?? .error
        let name = [cell.stream, cell.learner].map { $0.replacing("/", with: "_") }
        parent.add("\(metric.key)/\(name.joined(separator: "/"))", cell.quality?.mean)
      }
      children = try OnlineChildren(export, results, settings).runs
    }
    for place in children.indices { Self.tag(&children[place], provenance) }
  }

  private static func tag(_ run: inout MLflowRun, _ provenance: Provenance) {
    run.tag("mlflow.source.name", "attune")
    run.tag("mlflow.source.type", "LOCAL")
    run.tag("mlflow.source.git.commit", provenance.commit.map { String($0.prefix { $0 != "+" }) })
    run.tag("mlflow.user", ProcessInfo.processInfo.environment["USER"])
    run.tag("attune.commit", provenance.commit)
    run.tag("attune.version", provenance.version)
    run.tag("attune.processor", provenance.processor)
    run.tag("attune.config_sha256", provenance.configHash)
  }
}

extension QualityMetric {
  /// The name of the figure in MLflow.
  var key: String { self == .error ? "error" : "rmse" }
}
