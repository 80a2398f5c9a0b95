internal import AttuneInference

/// The rows of the tables of an experiment.
struct ExperimentRows {
  private let results: ExperimentResults
  private let trainings: [String: TrainingArmSummary]
  private let inferences: [String: InferenceArmSummary]
  private let scenarios: [String: ScenarioSummary]

  init(_ results: ExperimentResults) {
    self.results = results
    trainings = Dictionary(results.trainingArms.map { ($0.name, $0) }) { first, _ in first }
    inferences = Dictionary(results.inferenceArms.map { ($0.name, $0) }) { first, _ in first }
    scenarios = Dictionary(results.scenarios.map { ($0.name, $0) }) { first, _ in first }
  }

  private func start(_ training: String, _ inference: String, _ scenario: String) -> ExportRow {
    var row = ExportRow()
    row.add("training", .text(training))
    row.add("inference", .text(inference))
    row.add("scenario", .text(scenario))
    return row
  }

  /// The names of the further figures that the cells have, those that are known first.
  private var metrics: [String] { Self.ordered(Set(results.cells.flatMap { ($0.metrics ?? [:]).keys })) }

  static func ordered(_ found: Set<String>) -> [String] {
    let known = StreamMetric.allCases.map(\.rawValue)
    return known.filter(found.contains) + found.subtracting(known).sorted()
  }

  /// One row per cell.
  var cells: [ExportRow] {
    results.cells.map { cell in
      var row = start(cell.training, cell.inference, cell.scenario)
      row.add("metric", .text(results.metric.rawValue))
      row.add("quality", cell.quality)
      row.add("seeds", ExportValue(cell.perSeed.count { $0 != nil }))
      row.add("seeds_failed", ExportValue(results.seeds.count - cell.perSeed.count { $0 != nil }))
      row.add("baseline", .text(results.baseline))
      row.add("difference", cell.difference)
      row.add("verdict", .text(cell.verdict.rawValue))
      addProtocol(of: cell, to: &row)
      row.add("domain", cell.domainMean)
      row.add("adapted_share", ExportValue(cell.adaptedShare))
      for name in metrics { row.add(name, cell.metrics?[name]) }
      row.add("events", ExportValue(cell.events.reduce(0) { $0 + $1.log.events.count + $1.log.more }))
      row.add("failures", ExportValue(cell.failures.isEmpty ? nil : cell.failures.joined(separator: " | ")))
      return row
    }
  }

  /// What decides whether numbers can be compared.
  private func addProtocol(of cell: ResultCell, to row: inout ExportRow) {
    let arm = inferences[cell.inference], scenario = scenarios[cell.scenario], rules = scenario?.rules
    row.add("strategy", ExportValue(arm?.strategy))
    row.add("source_access", ExportValue(arm?.sourceAccess))
    row.add("uses_labels", ExportValue(arm?.usesLabels))
    row.add("is_oracle", ExportValue(arm?.isOracle))
    row.add("chosen_by", ExportValue(arm?.chosenBy))
    row.add("prediction", ExportValue(arm?.conventions?.prediction))
    row.add("steps", ExportValue(arm?.conventions?.steps))
    row.add("rows", ExportValue(scenario?.rows))
    row.add("batch_size", ExportValue(scenario?.batchSize))
    row.add("order", ExportValue(rules?.order))
    row.add("reset", ExportValue(rules?.reset.rawValue))
    row.add("label_delay", ExportValue(rules?.labelDelay))
    row.add("window", ExportValue(rules?.window))
    row.add("budget", ExportValue(rules?.budget))
  }

  /// One row per cell.
  var costs: [ExportRow] {
    results.cells.map { cell in
      var row = start(cell.training, cell.inference, cell.scenario)
      let training = trainings[cell.training], cost = cell.cost
      row.add("training_seconds", training?.seconds)
      row.add("training_flops", ExportValue(training?.flops))
      row.add("parameters", ExportValue(training?.parameters))
      row.add("preparation_seconds", .number(cost.preparationSeconds))
      row.add("preparation_flops", .number(cost.preparationFlops))
      row.add("flops_per_sample", .number(cost.flopsPerSample))
      row.add("model_bytes", ExportValue(cost.modelBytes))
      for (name, latency) in [("single", cost.single), ("batch", cost.batch)] {
        row.add("\(name)_rows", ExportValue(latency?.batchSize))
        row.add("\(name)_queries", ExportValue(latency?.queries))
        row.add("\(name)_p50_us", ExportValue(latency?.p50))
        row.add("\(name)_p99_us", ExportValue(latency?.p99))
      }
      return row
    }
  }

  /// One row per cell and seed; figures besides the quality come from the units.
  func seeds(_ units: [UnitOutcome]) -> [ExportRow] {
    let index = UnitIndex(units), names = metrics
    return results.cells.flatMap { cell in
      results.seeds.enumerated().map { place, seed in
        var row = start(cell.training, cell.inference, cell.scenario)
        let unit = index.unit(cell.training, seed), arm = index.arm(cell.training, seed, cell.inference, cell.scenario)
        row.add("seed", ExportValue(seed))
        row.add("metric", .text(results.metric.rawValue))
        row.add("quality", ExportValue(cell.perSeed.indices.contains(place) ? cell.perSeed[place] : nil))
        for name in names { row.add(name, ExportValue(arm?.metrics?[name])) }
        row.add("adapted_share", ExportValue(arm?.adaptedShare))
        row.add("rows", ExportValue(arm?.rows))
        row.add("training_seconds", ExportValue(unit?.cost?.seconds))
        row.add("training_flops", ExportValue(unit?.cost?.operations))
        row.add("epochs", ExportValue(unit?.cost?.epochs))
        row.add("best_epoch", ExportValue(unit?.cost?.bestEpoch))
        row.add("preparation_seconds", ExportValue(arm?.preparation?.seconds))
        row.add("preparation_flops", ExportValue(arm?.preparation?.operations))
        row.add("flops_per_sample", ExportValue(arm.flatMap { $0.failure == nil ? $0.operationsPerSample : nil }))
        row.add("failure", ExportValue(unit?.failure ?? arm?.failure))
        return row
      }
    }
  }

  /// One row per cell, seed and batch.
  func batches(_ units: [UnitOutcome]) -> [ExportRow] {
    let index = UnitIndex(units)
    return results.cells.flatMap { cell in
      results.seeds.flatMap { seed -> [ExportRow] in
        let arm = index.arm(cell.training, seed, cell.inference, cell.scenario)
        return (arm?.trace ?? []).enumerated().map { batch, quality in
          var row = start(cell.training, cell.inference, cell.scenario)
          row.add("seed", ExportValue(seed))
          row.add("batch", ExportValue(batch))
          row.add("first_row", ExportValue(batch * (scenarios[cell.scenario]?.batchSize ?? 0)))
          row.add("metric", .text(results.metric.rawValue))
          row.add("quality", .number(quality))
          if let coverage = arm?.coverage {
            row.add("coverage", ExportValue(coverage.indices.contains(batch) ? coverage[batch] : nil))
          }
          return row
        }
      }
    }
  }

  /// One row per event.
  var events: [ExportRow] {
    results.cells.flatMap { cell in
      EventRows.rows(cell.events, start: start(cell.training, cell.inference, cell.scenario))
    }
  }
}

/// Units by their names, so that large runs are looked up in constant time.
private struct UnitIndex {
  private struct Key: Hashable { var training: String, seed: UInt64, inference = "", scenario = "" }
  private var units: [Key: UnitOutcome] = [:]
  private var arms: [Key: ArmOutcome] = [:]

  init(_ all: [UnitOutcome]) {
    for unit in all {
      units[Key(training: unit.training, seed: unit.seed)] = unit
      for arm in unit.arms {
        arms[Key(training: unit.training, seed: unit.seed, inference: arm.inference, scenario: arm.scenario)] = arm
      }
    }
  }

  func unit(_ training: String, _ seed: UInt64) -> UnitOutcome? { units[Key(training: training, seed: seed)] }

  func arm(_ training: String, _ seed: UInt64, _ inference: String, _ scenario: String) -> ArmOutcome? {
    arms[Key(training: training, seed: seed, inference: inference, scenario: scenario)]
  }
}

/// Rows of events, which experiments of both kinds have.
enum EventRows {
  static let columns = ["training", "inference", "scenario", "seed", "row", "batch", "kind", "message"]
  static let onlineColumns = ["stream", "learner", "seed", "row", "batch", "kind", "message"]

  static func rows(_ events: [SeedEvents], start: ExportRow) -> [ExportRow] {
    events.flatMap { told in
      told.log.events.map { event in
        var row = start
        row.add("seed", ExportValue(told.seed))
        row.add("row", ExportValue(event.row))
        row.add("batch", ExportValue(event.batch))
        row.add("kind", .text(event.kind.rawValue))
        row.add("message", .text(event.message))
        return row
      }
    }
  }
}
