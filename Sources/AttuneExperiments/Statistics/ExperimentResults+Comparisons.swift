extension ExperimentResults {
  /// How figures over seeds became intervals and verdicts; for results of earlier versions as these did it.
  var comparedBy: StatisticsConfiguration { statistics ?? .uncorrected }

  /// Compares every inference arm with the baseline on the same training arm, and every training arm with the first under the
  /// baseline; the verdicts of each of the two families are corrected for its size.
  mutating func compare(by configuration: StatisticsConfiguration) {
    statistics = configuration
    let seeds = SeedStatistics(configuration)
    let keyed = Dictionary(
      cells.map { ([$0.training, $0.inference, $0.scenario], $0.perSeed) }, uniquingKeysWith: { first, _ in first })
    var inference: [(index: Int, comparison: Comparison)] = [], training = inference
    for (index, cell) in cells.enumerated() {
      if cell.inference != baseline {
        let reference = keyed[[cell.training, baseline, cell.scenario]] ?? []
        if let found = seeds.comparison(cell.perSeed, with: reference) { inference.append((index, found)) }
      } else if let first = trainingArms.first?.name, cell.training != first {
        let reference = keyed[[first, baseline, cell.scenario]] ?? []
        if let found = seeds.comparison(cell.perSeed, with: reference) { training.append((index, found)) }
      }
    }
    for index in cells.indices {
      (cells[index].comparison, cells[index].trainingComparison, cells[index].difference) = (nil, nil, nil)
      cells[index].verdict = cells[index].inference == baseline ? .baseline : .noDifferenceShown
    }
    for (place, comparison) in zip(inference, seeds.corrected(inference.map(\.comparison))) {
      cells[place.index].comparison = comparison
      cells[place.index].difference = comparison.difference
      cells[place.index].verdict = comparison.verdict
    }
    for (place, comparison) in zip(training, seeds.corrected(training.map(\.comparison))) {
      cells[place.index].trainingComparison = comparison
    }
  }
}
