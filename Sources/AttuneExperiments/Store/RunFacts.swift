internal import AttuneCore
internal import Foundation

/// What a run folder says of its run from the start on.
struct RunFacts {
  /// What names the run wherever its folder is.
  let id: String
  let name: String
  let isOnline: Bool
  let provenance: Provenance
  /// The resolved config by path.
  let settings: [(path: String, value: String)]
  /// Arms of the whole run.
  let arms: Int
  let metric: String?

  /// Reads config and provenance of a run folder; nil where there are none that can be read.
  init?(_ folder: RunFolder) {
    guard let text = folder.read("config.yaml"), let provenance = folder.storedProvenance,
      let root = try? ConfigParser.parse(text: text, file: "config.yaml").mapping,
      let settings = try? ConfigDifference.settings(text)
    else { return nil }
    self.provenance = provenance
    self.settings = settings.map { (path: $0.0, value: $0.1) }
    name = root["name"]?.scalar?.text ?? URL(fileURLWithPath: folder.path).lastPathComponent
    isOnline = root["streams"] != nil
    // Runs of earlier versions have no name of their own: what they began with tells them apart.
    id =
      provenance.run
      ?? String(
        Provenance.sha256(Data("\(provenance.configHash) \(provenance.started.timeIntervalSince1970)".utf8)).prefix(12))
    if isOnline {
      guard case .online(let experiment) = try? RunConfiguration.load(bytes: Array(text.utf8), file: "config.yaml")
      else { return nil }
      (arms, metric) = (experiment.armCount, nil)
    } else {
      arms = ["training", "inference", "scenarios", "seeds"].reduce(1) { $0 * (root[$1]?.sequence?.count ?? 1) }
      let task = root["data"]?.mapping?["task"]?.scalar?.text
      metric = (task == "regression" ? QualityMetric.rootMeanSquaredError : .error).rawValue
    }
  }
}
