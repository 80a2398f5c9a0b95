internal import AttuneCore

/// Puts the outcomes of all streams and seeds together.
struct OnlineAssembly {
  let experiment: OnlineExperimentConfiguration
  let units: [OnlineUnitOutcome]

  func results(_ provenance: Provenance) -> OnlineResults {
    let cells = experiment.streams.flatMap { stream in experiment.arms(on: stream).map { cell($0, stream) } }
    return OnlineResults(
      name: experiment.name, description: experiment.description, seeds: experiment.seeds,
      baseline: OnlineExperimentConfiguration.baseline, streams: experiment.streams.map(summary), cells: cells,
      expected: experiment.expect.map(expected), provenance: provenance)
  }

  private func summary(_ stream: OnlineStreamConfiguration) -> OnlineStreamSummary {
    let unit = units.first { $0.stream == stream.name }
    return OnlineStreamSummary(
      name: stream.name, summary: stream.source.summary, metric: metric(of: stream), rows: unit?.rows ?? 0,
      warmUp: stream.warmUp, unlabeled: unit?.unlabeled ?? 0, unknown: unit?.unknown ?? 0, inputs: unit?.inputs ?? 0,
      classes: unit?.classes ?? [], labels: stream.labelText, skipped: unit?.skipped)
  }

  private func metric(of stream: OnlineStreamConfiguration) -> QualityMetric {
    stream.task == .classification ? .error : .rootMeanSquaredError
  }

  /// The outcomes of a learner on a stream, in the order of the seeds.
  private func outcomes(_ learner: String, _ stream: String) -> [(seed: UInt64, arm: OnlineArmOutcome)] {
    experiment.seeds.compactMap { seed in
      units.first { $0.stream == stream && $0.seed == seed }?.arms.first { $0.learner == learner }.map { (seed, $0) }
    }
  }

  private func cell(_ arm: OnlineLearnerArmConfiguration, _ stream: OnlineStreamConfiguration) -> OnlineCell {
    let baseline = OnlineExperimentConfiguration.baseline
    let found = outcomes(arm.name, stream.name), finished = found.map(\.arm).filter { $0.failure == nil }
    let reference = outcomes(baseline, stream.name)
    let pairs = found.compactMap { seed, outcome -> Double? in
      // What does not depend on chance ran once, for all seeds.
      let base = (reference.first { $0.seed == seed } ?? reference.first)?.arm.quality
      guard let quality = outcome.quality, let base else { return nil }
      return quality - base
    }
    let difference = arm.name == baseline ? nil : SeedDifference(pairs, by: .byIntervals)
    let names = Set(finished.flatMap(\.metrics.keys))
    return OnlineCell(
      stream: stream.name, learner: arm.name, summary: arm.summary,
      isBaseline: !experiment.learners.contains { $0.name == arm.name }, seeds: found.map(\.seed),
      quality: Estimate(finished.compactMap(\.quality)),
      perSeed: found.map(\.arm.quality), difference: difference?.estimate,
      verdict: arm.name == baseline ? .baseline : difference?.verdict ?? .noDifferenceShown,
      metrics: names.reduce(into: [:]) { result, name in
        result[name] = Estimate(finished.compactMap { $0.metrics[name] })
      },
      trace: Self.meanTrace(finished.map(\.trace)), rowsPerWindow: finished.first?.rowsPerWindow ?? 0,
      cost: Self.mean(finished.compactMap(\.cost)), refused: Self.mean(finished.map { Double($0.refused) }),
      alarms: arm.detector == nil ? nil : Self.mean(finished.map { Double($0.alarms) }),
      regularizations: Self.mean(finished.map(\.regularizations)),
      events: found.compactMap { seed, outcome in outcome.events.map { SeedEvents(seed: seed, log: $0) } },
      failures: found.compactMap { seed, outcome in outcome.failure.map { "seed \(seed): \($0)" } })
  }

  private static func mean(_ values: [Double]) -> Double { ReportData.mean(values) ?? 0 }

  private static func mean(_ costs: [OnlineCost]) -> OnlineCost? {
    guard let last = costs.map(\.stateBytes).max() else { return nil }
    return OnlineCost(
      predictOperations: mean(costs.map(\.predictOperations)), learnOperations: mean(costs.map(\.learnOperations)),
      predictNanoseconds: mean(costs.map(\.predictNanoseconds)), learnNanoseconds: mean(costs.map(\.learnNanoseconds)),
      stateBytes: last)
  }

  private static func mean(_ counts: [[String: Int]]) -> [String: Double] {
    Set(counts.flatMap(\.keys)).reduce(into: [:]) { result, name in
      result[name] = mean(counts.map { Double($0[name] ?? 0) })
    }
  }

  /// The mean over the seeds of each window; streams of one name have equally many.
  private static func meanTrace(_ traces: [[Double?]]) -> [Double?] {
    guard let length = traces.map(\.count).min() else { return [] }
    return (0..<length).map { i in ReportData.mean(traces.compactMap { $0[i] }) }
  }

  private func expected(_ figure: ExpectedFigure) -> ExpectedOutcome {
    let stream = experiment.streams.first { $0.name == figure.stream }
    let quality = stream?.task == .regression ? OnlineResults.rootMeanSquaredError : QualityMetric.error.rawValue
    let metric = figure.metric ?? quality
    func values(_ figure: ExpectedFigure) -> [Double?] {
      outcomes(figure.learner ?? "", figure.stream ?? "").map { metric == quality ? $1.quality : $1.metrics[metric] }
    }
    var own = values(figure), others = figure.other.map(values) ?? []
    // What does not depend on chance ran once, for all seeds.
    if own.count == 1, let only = own.first { own += Array(repeating: only, count: max(0, others.count - 1)) }
    if others.count == 1, let only = others.first { others += Array(repeating: only, count: max(0, own.count - 1)) }
    return ExpectedOutcome(
      figure, place: [figure.stream ?? "", figure.learner ?? ""], metric: metric, values: own, others: others)
  }
}
