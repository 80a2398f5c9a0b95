/// Chooses among the combinations that keep to all limits.
struct AdviceSearch {
  let fits: [ServedFigures]
  let data: ReportData
  let scenarios: [String]
  let limits: AdviceLimits
  let unit: CostUnit

  /// What was found.
  struct Found {
    let choice: ServedFigures
    /// The best as measured.
    let best: ServedFigures
    /// Those that are not shown to be worse, from cheap to dear; the choice is the first.
    let level: [ServedFigures]
  }

  /// The choice; nil where nothing fits, or nothing that does has a cost.
  func choose() -> Found? {
    let priced = fits.filter { total($0) != nil }
    guard let best = priced.min(by: { $0.figures.quality < $1.figures.quality }) else { return nil }
    let points = priced.map { (x: total($0) ?? 0, y: $0.figures.quality) }
    let front = ParetoFront.indices(points, tolerance: unit == .seconds ? ParetoFront.tolerance : 0)
    // With one seed nothing is ever shown to be worse, and all would pass for equal. What scatters much is hard to show worse:
    // it must not be worse as measured than another one that costs no more.
    let level = front.map { priced[$0] }.filter { served in
      if served == best || served.figures.quality == best.figures.quality { return true }
      guard let comparison = comparison(of: served, with: best), comparison.pairs > 1 else { return false }
      return comparison.verdict != .hurts
    }.sorted { (total($0) ?? 0, $0.figures.quality) < (total($1) ?? 0, $1.figures.quality) }
    return level.first.map { Found(choice: $0, best: best, level: level) }
  }

  /// The next cheapest of those that are not shown to be worse than the best, else the next best.
  func runnerUp(_ found: Found) -> ServedFigures? {
    if found.level.count > 1 { return found.level[1] }
    return fits.filter { $0 != found.choice && total($0) != nil }.min { $0.figures.quality < $1.figures.quality }
  }

  /// The best of those that cost less than the choice.
  func nextCheaper(_ choice: ServedFigures) -> ServedFigures? {
    guard let own = total(choice) else { return nil }
    return fits.filter { (total($0) ?? .infinity) < own }.min { $0.figures.quality < $1.figures.quality }
  }

  /// A combination with its cost, and the choice compared with it.
  func alternative(_ served: ServedFigures, against choice: ServedFigures?) -> Advice.Alternative {
    Advice.Alternative(
      served: served, total: total(served) ?? 0, comparison: choice.flatMap { comparison(of: $0, with: served) })
  }

  /// The mean over the scenarios with its interval over the seeds that finished all of them.
  func quality(_ served: ServedFigures) -> Estimate? {
    data.statistics.estimate(data.seedMeans(combination(served), over: scenarios).compactMap { $0 })
  }

  private func total(_ served: ServedFigures) -> Double? {
    served.figures.total(unit, predictions: limits.predictions)
  }

  private func comparison(of served: ServedFigures, with other: ServedFigures) -> Comparison? {
    data.statistics.comparison(
      data.seedMeans(combination(served), over: scenarios), with: data.seedMeans(combination(other), over: scenarios))
  }

  private func combination(_ served: ServedFigures) -> ReportData.Combination {
    .init(training: served.figures.training, inference: served.figures.inference)
  }
}
