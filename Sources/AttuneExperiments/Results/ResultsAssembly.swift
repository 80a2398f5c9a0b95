internal import AttuneCore
internal import AttuneInference

/// Puts the outcomes of all units together: estimates over seeds, paired differences, costs.
struct ResultsAssembly {
  let experiment: ExperimentConfiguration
  let latencies: [LatencyKey: LatencySummary]
  private let statistics: SeedStatistics
  private let units: [String: [UnitOutcome]]  // by training arm, in the order of the seeds

  init(_ experiment: ExperimentConfiguration, units: [UnitOutcome], latencies: [LatencyKey: LatencySummary]) {
    self.experiment = experiment
    self.latencies = latencies
    statistics = SeedStatistics(experiment.statistics)
    let bySeed = Dictionary(uniqueKeysWithValues: experiment.seeds.enumerated().map { ($1, $0) })
    self.units = Dictionary(grouping: units, by: \.training).mapValues { units in
      units.sorted { bySeed[$0.seed, default: 0] < bySeed[$1.seed, default: 0] }
    }
  }

  func results(_ provenance: Provenance) -> ExperimentResults {
    var results = ExperimentResults(
      name: experiment.name, description: experiment.description,
      metric: experiment.data.task == .classification ? .error : .rootMeanSquaredError, seeds: experiment.seeds,
      baseline: experiment.baselineName ?? "", trainingArms: experiment.training.map(trainingSummary),
      inferenceArms: experiment.inference.map { arm in
        var summary = InferenceArmSummary(
          name: arm.name, strategy: arm.strategy.name, summary: arm.summary, sourceAccess: arm.sourceAccess.rawValue,
          usesLabels: arm.strategy.entry.usesLabels, conventions: arm.strategy.strategy.conventions,
          chosenBy: arm.choice?.criterion.rawValue)
        summary.intervals = arm.intervals
        return summary
      },
      scenarios: experiment.scenarios.map { scenario in
        ScenarioSummary(
          name: scenario.name, summary: scenario.summary, rows: rows(of: scenario), batchSize: scenario.batchSize,
          rules: StreamRules(scenario, keepsTime: experiment.data.keepsTime))
      },
      cells: experiment.training.flatMap { training in
        experiment.inference.flatMap { inference in
          experiment.scenarios.map { cell(training.name, inference.name, $0) }
        }
      }, provenance: provenance)
    results.compare(by: experiment.statistics)
    results.expected = expected()
    return results
  }

  /// The outcomes of an arm, in the order of the seeds; nil where there is none.
  func outcomes(_ training: String, _ inference: String, _ scenario: String) -> [ArmOutcome?] {
    experiment.seeds.map { seed in
      units[training]?.first { $0.seed == seed }?.arms.first { $0.inference == inference && $0.scenario == scenario }
    }
  }

  private func trainingSummary(_ arm: TrainingArmConfiguration) -> TrainingArmSummary {
    let trained = units[arm.name, default: []].filter { $0.cost != nil }
    let costs = trained.compactMap(\.cost)
    let operations = costs.map { Double($0.operations) }
    return TrainingArmSummary(
      name: arm.name, summary: arm.summary,
      seconds: Estimate(costs.map(\.seconds)) ?? Estimate(mean: 0, low: 0, high: 0),
      flops: operations.isEmpty ? 0 : operations.reduce(0, +) / Double(operations.count),
      modelBytes: costs.first?.modelBytes ?? 0, parameters: costs.first?.parameters ?? 0,
      epochs: trained.compactMap { unit in
        guard let cost = unit.cost, let epochs = cost.epochs else { return nil }
        return SeedEpochs(seed: unit.seed, epochs: epochs, bestEpoch: cost.bestEpoch)
      })
  }

  private func rows(of scenario: ScenarioConfiguration) -> Int {
    units.values.joined().compactMap { $0.arms.first { $0.scenario == scenario.name }?.rows }.max() ?? 0
  }

  private func cell(_ training: String, _ inference: String, _ scenario: ScenarioConfiguration) -> ResultCell {
    let found = outcomes(training, inference, scenario.name)
    let trainingFailures = units[training, default: []].compactMap { unit in
      unit.failure.map { "seed \(unit.seed): \(ResultCell.trainingFailure)\($0)" }
    }
    let failures = zip(experiment.seeds, found).compactMap { seed, arm in
      arm?.failure.map { "seed \(seed): \($0)" }
    }
    let events = zip(experiment.seeds, found).compactMap { seed, arm in
      arm?.events.map { SeedEvents(seed: seed, log: $0) }
    }
    let choices = zip(experiment.seeds, found).compactMap { seed, arm in
      arm?.choice.map { SeedChoice(seed: seed, choice: $0) }
    }
    var cell = ResultCell(
      training: training, inference: inference, scenario: scenario.name,
      quality: statistics.estimate(found.compactMap { $0?.quality }), perSeed: found.map { $0?.quality },
      difference: nil, verdict: inference == experiment.baselineName ? .baseline : .noDifferenceShown,
      trace: Self.meanTrace(found.compactMap { $0?.trace }.filter { !$0.isEmpty }),
      cost: cost(training, inference, scenario, found), failures: trainingFailures + failures, events: events,
      domains: domains(found, of: scenario), domainMean: domainMean(found),
      adaptedShare: ReportData.mean(found.compactMap { $0?.adaptedShare }),
      choices: choices.isEmpty ? nil : choices)
    cell.metrics = estimates(found.compactMap { $0?.metrics })
    let uses = found.compactMap { $0?.inputUse }
    if !uses.isEmpty {
      cell.inputUse = uses.reduce(into: [:]) { sum, use in
        for (name, share) in use { sum[name, default: 0] += share / Double(uses.count) }
      }
    }
    cell.curve = curve(found.compactMap { $0?.curve })
    let coverage = found.compactMap { $0?.coverage }.filter { !$0.isEmpty }
    cell.coverage = coverage.isEmpty ? nil : Self.meanTrace(coverage)
    cell.answers = AnswerRecord.sum(found.compactMap { $0?.answers })
    return cell
  }

  private func estimates(_ metrics: [[String: Double]]) -> [String: Estimate] {
    Set(metrics.flatMap(\.keys)).reduce(into: [:]) { result, name in
      result[name] = statistics.estimate(metrics.compactMap { $0[name] })
    }
  }

  /// The points that all seeds have.
  private func curve(_ curves: [[CurvePoint]]) -> [CurveResult]? {
    guard let first = curves.first else { return nil }
    return first.map(\.budget).compactMap { budget in
      let points = curves.compactMap { $0.first { $0.budget == budget } }
      guard points.count == curves.count, let quality = statistics.estimate(points.map(\.quality)) else { return nil }
      return CurveResult(
        budget: budget, features: points.map(\.features).reduce(0, +) / Double(points.count), quality: quality,
        metrics: estimates(points.map(\.metrics)))
    }
  }

  private func domains(_ found: [ArmOutcome?], of scenario: ScenarioConfiguration) -> [DomainResult] {
    scenario.domains.map(\.name).compactMap { name in
      let outcomes = found.map { $0?.domains?.first { $0.name == name } }
      guard let rows = outcomes.compactMap({ $0?.rows }).max() else { return nil }
      return DomainResult(
        name: name, rows: rows, quality: statistics.estimate(outcomes.compactMap { $0?.quality }),
        perSeed: outcomes.map { $0?.quality })
    }
  }

  /// The unweighted mean over the domains; nil where there is one only.
  private func domainMean(_ found: [ArmOutcome?]) -> Estimate? {
    statistics.estimate(found.compactMap { arm in ReportData.mean((arm?.domains ?? []).compactMap(\.quality)) })
  }

  /// The mean over the seeds of each batch; streams of one scenario have equally many batches.
  private static func meanTrace(_ traces: [[Double]]) -> [Double] {
    guard let length = traces.map(\.count).min() else { return [] }
    return (0..<length).map { i in traces.reduce(0) { $0 + $1[i] } / Double(traces.count) }
  }

  private func cost(
    _ training: String, _ inference: String, _ scenario: ScenarioConfiguration, _ found: [ArmOutcome?]
  ) -> InferenceCost {
    let finished = found.compactMap { $0 }.filter { $0.failure == nil }
    let preparations = finished.compactMap(\.preparation)
    func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
    func latency(_ size: Int) -> LatencySummary? {
      latencies[
        LatencyKey(
          training: training, inference: inference, batchSize: size, isLabeled: scenario.labelDelay != nil,
          serving: scenario.serving)]
    }
    var cost = InferenceCost(
      flopsPerSample: mean(finished.map(\.operationsPerSample)), single: latency(1), batch: latency(scenario.batchSize),
      modelBytes: preparations.first?.modelBytes ?? units[training]?.compactMap(\.cost).first?.modelBytes ?? 0,
      preparationSeconds: mean(preparations.map(\.seconds)),
      preparationFlops: mean(preparations.map { Double($0.operations) }))
    cost.stateBytes = finished.compactMap(\.stateBytes).max()
    return cost
  }
}
