internal import AttuneCore
internal import AttuneExperiments
internal import Foundation

/// Sends a run to an MLflow server, what is not there yet.
///
/// A run there is found by its tags: the folder's name and the hash of results.json. One that has ended is complete; one
/// that still runs is of an export that was interrupted, and gets everything again, which changes nothing that it has.
struct MLflowExport {
  /// What became of it.
  struct Outcome: Equatable {
    var experiment: String
    var run: String
    /// Runs that were written, and those that were there.
    var written = 0, present = 0
  }

  private struct Found {
    var id: String
    var hasEnded: Bool
    var artifacts: String
  }

  /// The most metrics, parameters and tags that one call takes, and the most of all together.
  private static let mostMetrics = 1000, mostParameters = 100, mostTogether = 1000

  let client: MLflowClient
  let plan: MLflowPlan
  /// Tags that tell the runs of this export from all others.
  let identity: [(key: String, value: String)]
  /// Files of the run, by their paths beside the MLflow run.
  let files: [(path: String, file: String)]
  let progress: (Int, Int) -> Void

  func send(to experiment: String) throws -> Outcome {
    let number = try experimentNumber(experiment)
    let found = try existing(in: number), total = plan.children.count + 1
    let parent = try found[[]] ?? create(plan.parent, in: number, tags: [])
    var outcome = Outcome(experiment: number, run: parent.id)
    if parent.hasEnded {
      outcome.present += 1
    } else {
      try log(plan.parent, as: parent.id)
      try upload(for: parent)
    }
    for (place, child) in plan.children.enumerated() {
      try Cancellation.check()
      progress(place, total)
      let there = found[child.identity]
      guard there?.hasEnded != true else {
        outcome.present += 1
        continue
      }
      let tags = [("mlflow.parentRunId", parent.id)]
      let run = try there ?? create(child, in: number, tags: tags)
      try log(child, as: run.id)
      try end(run.id, hasFailed: child.hasFailed)
      outcome.written += 1
    }
    if !parent.hasEnded {
      // Last, so that a parent that has ended says that all is there.
      try end(parent.id, hasFailed: false)
      outcome.written += 1
    }
    progress(total, total)
    return outcome
  }

  /// The number of the experiment, which is made where there is none of this name.
  private func experimentNumber(_ name: String) throws -> String {
    func find() throws -> String? {
      try client.get("experiments/get-by-name", ["experiment_name": name])?["experiment"]?.asObject?["experiment_id"]?
        .asString
    }
    if let number = try find() { return number }
    do {
      let made = try client.post("experiments/create", ["name": .string(name)], isRepeatable: false)
      if let number = made["experiment_id"]?.asString { return number }
    } catch let error as MLflowError {
      // Another process made it just now.
      guard case .refused(_, "RESOURCE_ALREADY_EXISTS") = error.kind else { throw error }
      if let number = try find() { return number }
    }
    throw MLflowError.other(client.address, call: "experiments/create")
  }

  /// The runs of earlier exports, by the identities of the plan; that of the parent is empty.
  private func existing(in experiment: String) throws -> [[String]: Found] {
    let filter = identity.map { "tags.`\($0.key)` = '\($0.value.replacing("'", with: "\\'"))'" }
    var found: [[String]: Found] = [:], page: String?
    repeat {
      var body: JSONObject = [
        "experiment_ids": .array([.string(experiment)]), "filter": .string(filter.joined(separator: " AND ")),
        "max_results": .number(JSONNumber(1000)),
      ]
      if let page { body["page_token"] = .string(page) }
      let answer = try client.post("runs/search", body)
      for run in answer["runs"]?.asArray ?? [] {
        guard let information = Self.information(run) else { continue }
        let tags = Self.tags(run)
        let parts = MLflowPlan.identityTags.map { tags[$0] ?? "" }
        found[parts.allSatisfy(\.isEmpty) ? [] : parts] = information
      }
      page = answer["next_page_token"]?.asString
    } while page?.isEmpty == false
    return found
  }

  private static func tags(_ run: JSONValue) -> [String: String] {
    let pairs = (run.asObject?["data"]?.asObject?["tags"]?.asArray ?? []).compactMap { tag -> (String, String)? in
      guard let tag = tag.asObject, let key = tag["key"]?.asString else { return nil }
      return (key, tag["value"]?.asString ?? "")
    }
    return Dictionary(pairs) { first, _ in first }
  }

  private static func information(_ run: JSONValue) -> Found? {
    guard let info = run.asObject?["info"]?.asObject, let id = info["run_id"]?.asString else { return nil }
    return Found(
      id: id, hasEnded: ["FINISHED", "FAILED"].contains(info["status"]?.asString),
      artifacts: info["artifact_uri"]?.asString ?? "")
  }

  private func create(_ run: MLflowRun, in experiment: String, tags: [(String, String)]) throws -> Found {
    let all = identity.map { ($0.key, $0.value) } + tags + run.tags.map { ($0.key, $0.value) }
    let answer = try client.post(
      "runs/create",
      [
        "experiment_id": .string(experiment), "run_name": .string(run.name),
        "start_time": .number(JSONNumber(plan.start)), "tags": .array(all.map(Self.pair)),
      ], isRepeatable: false)
    guard let run = answer["run"], let found = Self.information(run) else {
      throw MLflowError.other(client.address, call: "runs/create")
    }
    return found
  }

  private static func pair(_ key: String, _ value: String) -> JSONValue {
    .object(["key": .string(key), "value": .string(value)])
  }

  /// Writes parameters and metrics, in as many calls as the limits of a call make.
  private func log(_ run: MLflowRun, as id: String) throws {
    var parameters = run.parameters.values[...], metrics = run.metrics[...]
    while !parameters.isEmpty || !metrics.isEmpty {
      let some = parameters.prefix(Self.mostParameters)
      let others = metrics.prefix(min(Self.mostMetrics, Self.mostTogether - some.count))
      _ = try client.post(
        "runs/log-batch",
        [
          "run_id": .string(id), "params": .array(some.map { Self.pair($0.key, $0.value) }),
          "metrics": .array(others.map { $0.json(timestamp: plan.start) }),
        ])
      parameters = parameters.dropFirst(some.count)
      metrics = metrics.dropFirst(others.count)
    }
  }

  private func end(_ id: String, hasFailed: Bool) throws {
    _ = try client.post(
      "runs/update",
      [
        "run_id": .string(id), "status": .string(hasFailed ? "FAILED" : "FINISHED"),
        "end_time": .number(JSONNumber(plan.end)),
      ])
  }

  private func upload(for run: Found) throws {
    guard !files.isEmpty else { return }
    // mlflow-artifacts:/1/<run>/artifacts, or with the name of a server: mlflow-artifacts://host/1/…
    let scheme = "mlflow-artifacts:"
    guard run.artifacts.hasPrefix(scheme) else {
      throw MLflowError.withoutArtifacts(client.address, location: run.artifacts)
    }
    var location = run.artifacts.dropFirst(scheme.count)
    if location.hasPrefix("//") { location = location.dropFirst(2).drop { $0 != "/" } }
    let folder = location.drop { $0 == "/" }
    for (path, file) in files {
      try client.upload(try InputFile.bytes(at: file), to: "\(folder)/\(path)")
    }
  }
}
