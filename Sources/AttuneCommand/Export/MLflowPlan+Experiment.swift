internal import AttuneExperiments
internal import AttuneInference

/// The runs of the cells of an experiment.
struct ExperimentChildren {
  let runs: [MLflowRun]

  init(_ export: RunExport, _ results: ExperimentResults, _ settings: [RunSetting]) throws {
    let units = try export.units()
    runs = results.cells.flatMap { cell in
      results.seeds.enumerated().map { place, seed in
        let unit = units.first { $0.training == cell.training && $0.seed == seed }
        return Self.run(cell, seed, place, unit, results, settings)
      }
    }
  }

  private static func run(
    _ cell: ResultCell, _ seed: UInt64, _ place: Int, _ unit: UnitOutcome?, _ results: ExperimentResults,
    _ settings: [RunSetting]
  ) -> MLflowRun {
    let identity = [cell.training, cell.inference, cell.scenario, "", "", "\(seed)"]
    var run = MLflowRun(
      identity: identity, name: "\(cell.training) · \(cell.inference) · \(cell.scenario) · seed \(seed)")
    for (tag, value) in zip(MLflowPlan.identityTags, identity) { run.tag(tag, value) }
    run.parameters.add("seed", "\(seed)")
    for (section, arm, name) in [
      ("training", cell.training, "training"), ("inference", cell.inference, "inference"),
      ("scenarios", cell.scenario, "scenario"),
    ] {
      for setting in settings where setting.section == section && setting.arm == arm {
        run.parameters.add(setting.key.isEmpty ? name : "\(name).\(setting.key)", setting.value ?? "null")
      }
    }
    for setting in settings where setting.section == "network" {
      run.parameters.add(setting.path, setting.value ?? "null")
    }
    let arm = unit?.arms.first { $0.inference == cell.inference && $0.scenario == cell.scenario }
    let quality = cell.perSeed.indices.contains(place) ? cell.perSeed[place] : nil
    run.hasFailed = quality == nil
    run.tag("attune.failure", unit?.failure ?? arm?.failure)
    addMetrics(&run, cell, unit, arm, quality, results)
    addProtocol(&run, cell, results)
    return run
  }

  private static func addMetrics(
    _ run: inout MLflowRun, _ cell: ResultCell, _ unit: UnitOutcome?, _ arm: ArmOutcome?, _ quality: Double?,
    _ results: ExperimentResults
  ) {
    let key = results.metric.key
    run.add(key, quality)
    for (name, value) in (arm?.metrics ?? [:]).sorted(by: { $0.key < $1.key }) { run.add(name, value) }
    for domain in arm?.domains ?? [] { run.add("\(key)/domain/\(domain.name)", domain.quality) }
    run.add("adapted_share", arm?.adaptedShare)
    run.add("training_seconds", unit?.cost?.seconds)
    run.add("training_flops", unit?.cost.map { Double($0.operations) })
    run.add("epochs", unit?.cost?.epochs.map { Double($0) })
    run.add("preparation_seconds", arm?.preparation?.seconds)
    run.add("preparation_flops", arm?.preparation.map { Double($0.operations) })
    if quality != nil {
      run.add("flops_per_sample", arm?.operationsPerSample)
      run.add("model_bytes", Double(cell.cost.modelBytes))
      // Latencies are measured once a cell, with the first model that serves.
      for (name, latency) in [("single", cell.cost.single), ("batch", cell.cost.batch)] {
        run.add("\(name)_p50_us", latency?.p50)
        run.add("\(name)_p99_us", latency?.p99)
      }
    }
    for (step, value) in (arm?.trace ?? []).enumerated() { run.add("batch_\(key)", value, step: step) }
    for (step, value) in (arm?.coverage ?? []).enumerated() { run.add("batch_coverage", value, step: step) }
  }

  private static func addProtocol(_ run: inout MLflowRun, _ cell: ResultCell, _ results: ExperimentResults) {
    run.tag("attune.verdict", cell.verdict.rawValue)
    let arm = results.inferenceArms.first { $0.name == cell.inference }
    run.tag("attune.strategy", arm?.strategy)
    run.tag("attune.source_access", arm?.sourceAccess)
    run.tag("attune.uses_labels", arm.map { "\($0.usesLabels)" })
    run.tag("attune.oracle", arm.map { "\($0.isOracle)" })
    run.tag("attune.chosen_by", arm?.chosenBy)
    run.tag("attune.prediction", arm?.conventions?.prediction)
    let rules = results.scenarios.first { $0.name == cell.scenario }?.rules
    run.tag("attune.order", rules?.order)
    run.tag("attune.reset", rules?.reset.rawValue)
    run.tag("attune.label_delay", rules.map { $0.labelDelay.map { "\($0)" } ?? "never" })
    run.tag("attune.window", rules?.window.map { "\($0)" })
    run.tag("attune.budget", rules?.budget.map { "\($0)" })
  }
}
