/// Which combination of arms to serve with, for a number of predictions and under limits, from what was measured.
public struct Advice: Codable, Sendable, Equatable {
  /// A combination with the limits that it misses.
  public struct Miss: Codable, Sendable, Equatable {
    /// The combination.
    public var served: ServedFigures
    /// The limits.
    public var misses: [LimitMiss]
  }

  /// A combination beside the one that is advised.
  public struct Alternative: Codable, Sendable, Equatable {
    /// The combination.
    public var served: ServedFigures
    /// Its total cost.
    public var total: Double
    /// The advised combination against it: negative is better. Nil for one seed or none in common.
    public var comparison: Comparison?
  }

  /// The limits that were asked for.
  public var limits: AdviceLimits
  /// What total costs are counted in.
  public var unit: CostUnit
  /// What the quality figure is.
  public var metric: QualityMetric
  /// The scenarios that quality and costs are averaged over.
  public var scenarios: [String]
  /// Number of seeds.
  public var seeds: Int
  /// Combinations that were looked at.
  public var candidates: Int
  /// Combinations that failed in a scenario, and oracles, which nobody can serve with.
  public var leftOut: Int
  /// Number of combinations that each limit excludes, by its option; one can be excluded by several.
  public var excluded: [String: Int]
  /// Number of combinations within all limits.
  public var fitting: Int
  /// Of these, number of those that are not shown to be worse than the best as measured, nor as measured worse than another
  /// one that costs no more.
  public var notShownWorse: Int
  /// The advised combination; nil where none fits.
  public var choice: Alternative?
  /// The quality of the choice, mean over the scenarios, with its interval over the seeds.
  public var quality: Estimate?
  /// The fitting combination with the best figure, with the choice against it; nil where it is the choice.
  public var bestMeasured: Alternative?
  /// The second choice: the next cheapest that is not shown to be worse than the best, else the next best.
  public var runnerUp: Alternative?
  /// The best of the fitting combinations that cost less; nil where none does.
  public var nextCheaper: Alternative?
  /// Where nothing fits, those that come nearest.
  public var nearest: [Miss]
  /// What a reader must know about these figures.
  public var notes: [String]
}

extension Advice {
  /// Looks up what fits.
  ///
  /// The best quality within the limits sets the mark. Of the combinations on the Pareto front of quality and total cost, those
  /// that are not shown to be worse than it (paired over seeds, at the level of the experiment; uncorrected, as a correction
  /// would let worse ones pass) are equal, and the one of least total cost is taken. With one seed nothing is shown, and the
  /// best figure is taken.
  ///
  /// - Parameters:
  ///   - results: what was measured.
  ///   - limits: what must be kept to.
  ///   - scenarios: what quality and costs are averaged over; nil for all.
  ///   - unit: what total costs are counted in.
  /// - Throws: `AdviceError` for a scenario that is not there, and where no combination has figures.
  public init(
    _ results: ExperimentResults, _ limits: AdviceLimits, over scenarios: [String]? = nil, unit: CostUnit = .flops
  ) throws {
    let data = ReportData(results), scenarios = scenarios ?? data.scenarioNames
    if let unknown = scenarios.first(where: { !data.scenarioNames.contains($0) }) {
      throw AdviceError.unknownScenario(unknown, known: data.scenarioNames)
    }
    let oracles = Set(results.inferenceArms.filter(\.isOracle).map(\.name))
    let all = results.combinations(over: scenarios).filter { !oracles.contains($0.inference) }.map {
      ServedFigures($0, data, over: scenarios, singleRow: limits.singleRow)
    }
    guard !all.isEmpty else { throw AdviceError.nothingMeasured }
    (self.limits, self.unit, self.scenarios, metric) = (limits, unit, scenarios, results.metric)
    (seeds, candidates) = (results.seeds.count, all.count)
    leftOut = results.trainingArms.count * results.inferenceArms.count - all.count
    let judged = all.map { Miss(served: $0, misses: $0.misses(limits, data.format)) }
    excluded = judged.reduce(into: [:]) { counts, miss in
      for kind in Set(miss.misses.map(\.limit)) { counts[kind.rawValue, default: 0] += 1 }
    }
    let fits = judged.filter(\.misses.isEmpty).map(\.served)
    fitting = fits.count
    nearest = fits.isEmpty ? Self.nearest(judged) : []
    notes = Self.notes(results, limits, all, unit)
    notShownWorse = 0
    let search = AdviceSearch(fits: fits, data: data, scenarios: scenarios, limits: limits, unit: unit)
    guard let found = search.choose() else { return }
    notShownWorse = found.level.count
    choice = search.alternative(found.choice, against: nil)
    quality = search.quality(found.choice)
    bestMeasured = found.best == found.choice ? nil : search.alternative(found.best, against: found.choice)
    runnerUp = search.runnerUp(found).map { search.alternative($0, against: found.choice) }
    nextCheaper = search.nextCheaper(found.choice).map { search.alternative($0, against: found.choice) }
  }

  /// At most three: those that miss the fewest limits first, then by how far.
  private static func nearest(_ judged: [Miss]) -> [Miss] {
    func distance(_ miss: Miss) -> Double { miss.misses.map { $0.ratio ?? .infinity }.max() ?? 1 }
    return judged.enumerated().sorted {
      ($0.element.misses.count, distance($0.element), $0.offset)
        < ($1.element.misses.count, distance($1.element), $1.offset)
    }.prefix(3).map(\.element)
  }

  private static func notes(
    _ results: ExperimentResults, _ limits: AdviceLimits, _ all: [ServedFigures], _ unit: CostUnit
  ) -> [String] {
    var notes: [String] = []
    if results.seeds.count == 1 { notes.append("One seed: no difference can be shown, and the best figure is taken.") }
    if limits.memory != nil, all.contains(where: { $0.stateBytes == nil }) {
      notes.append(
        "What strategies hold besides the model was not counted in this run: memory is that of the model file. Run the "
          + "experiment again to have it counted.")
    }
    if limits.singleRow, all.contains(where: { $0.figures.seesLabels || $0.callRows == 1 }),
      results.scenarios.contains(where: { $0.batchSize > 1 && $0.rules?.window == nil })
    {
      notes.append(
        "Latency is that of one row at a time, quality was measured in batches: a strategy that learns from a batch is not "
          + "the same with one row.")
    }
    if unit == .seconds, all.contains(where: { $0.figures.secondsPerPrediction == nil }) {
      notes.append("Combinations without a measured latency have no cost in seconds and are never advised.")
    }
    return notes
  }
}

/// A question that the results cannot answer.
public enum AdviceError: Error, Equatable, CustomStringConvertible {
  /// There is no such scenario.
  case unknownScenario(String, known: [String])
  /// No combination of arms finished in all scenarios.
  case nothingMeasured
  /// The run is an online experiment.
  case online(name: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .unknownScenario(let name, let known):
      "there is no scenario '\(name)' in this run; it has: \(known.joined(separator: ", "))"
    case .nothingMeasured:
      "no combination of arms finished in all of these scenarios; name one in which some did with --scenario"
    case .online(let name):
      "'\(name)' is an online experiment, whose learners have no training before the first prediction: read their quality, "
        + "time per row and bytes in its report; advice needs a run with training and inference arms"
    }
  }
}
