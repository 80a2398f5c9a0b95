/// Results with the look-ups that the parts of a report share.
struct ReportData: Sendable {
  let results: ExperimentResults
  /// How quality figures are written.
  let format: QualityFormat
  /// How differences become verdicts.
  let statistics: SeedStatistics
  private let cells: [Key: ResultCell]

  private struct Key: Hashable {
    let training: String
    let inference: String
    let scenario: String
  }

  init(_ results: ExperimentResults) {
    self.results = results
    format = QualityFormat(metric: results.metric)
    statistics = results.statistics.map { SeedStatistics($0) } ?? .byIntervals
    let keyed = results.cells.map { (Key(training: $0.training, inference: $0.inference, scenario: $0.scenario), $0) }
    cells = Dictionary(keyed, uniquingKeysWith: { first, _ in first })
  }

  /// A training arm and an inference arm, by name.
  struct Combination: Hashable, Sendable {
    let training: String
    let inference: String
  }

  /// The training arm that others are compared with: the first of the config.
  var reference: String? { results.trainingArms.first?.name }
  /// The training arm on which inference arms show their cost: the first that was trained with a seed or more.
  var costReference: String? { (results.trainingArms.first(where: \.isTrained) ?? results.trainingArms.first)?.name }
  /// The costs that others are compared with: the training arm that shows them under the baseline arm.
  var costStart: Combination? {
    guard let costReference, inferenceNames.contains(results.baseline) else { return nil }
    return Combination(training: costReference, inference: results.baseline)
  }
  /// The head of the column that says where training ended; nil where no training arm has epochs.
  var epochsHead: String? {
    let epochs = results.trainingArms.flatMap(\.epochs)
    return epochs.isEmpty ? nil : epochs.contains { $0.bestEpoch != nil } ? "Epochs, and the best" : "Epochs"
  }
  var trainingNames: [String] { results.trainingArms.map(\.name) }
  var inferenceNames: [String] { results.inferenceArms.map(\.name) }
  var scenarioNames: [String] { results.scenarios.map(\.name) }
  /// Inference arms that never see a label.
  var unlabeledNames: [String] { results.inferenceArms.filter { !$0.usesLabels && !$0.isOracle }.map(\.name) }

  /// The point of departure: the first training arm under the baseline arm.
  var start: Combination? {
    guard let reference, inferenceNames.contains(results.baseline) else { return nil }
    return Combination(training: reference, inference: results.baseline)
  }

  func cell(_ combination: Combination, _ scenario: String) -> ResultCell? {
    cells[Key(training: combination.training, inference: combination.inference, scenario: scenario)]
  }

  /// The mean quality of a cell; nil where it failed or diverged.
  func quality(_ combination: Combination, _ scenario: String) -> Double? {
    guard let mean = cell(combination, scenario)?.quality?.mean, mean.isFinite else { return nil }
    return mean
  }

  /// The mean of the cell means over `scenarios`; nil where one of them is missing, since a mean over fewer scenarios
  /// is not comparable.
  func quality(_ combination: Combination, over scenarios: [String]) -> Double? {
    let values = scenarios.compactMap { quality(combination, $0) }
    return values.count == scenarios.count ? Self.mean(values) : nil
  }

  /// Cells of a combination in the scenarios where it ran.
  func cells(_ combination: Combination, over scenarios: [String]) -> [ResultCell] {
    scenarios.compactMap { cell(combination, $0) }
  }

  /// `to − from` paired by seed, each seed's difference being its mean over `scenarios`.
  func difference(from: Combination, to: Combination, over scenarios: [String]) -> SeedDifference? {
    var differences: [Double] = []
    for index in results.seeds.indices {
      let values = scenarios.compactMap { scenario -> Double? in
        guard let first = seedValue(from, scenario, index), let second = seedValue(to, scenario, index) else {
          return nil
        }
        return second - first
      }
      if values.count == scenarios.count, let mean = Self.mean(values) { differences.append(mean) }
    }
    return SeedDifference(differences, by: statistics)
  }

  /// The figure of each seed, its mean over `scenarios`; nil for a seed that did not finish all of them.
  func seedMeans(_ combination: Combination, over scenarios: [String]) -> [Double?] {
    results.seeds.indices.map { index in
      let values = scenarios.compactMap { seedValue(combination, $0, index) }
      return values.count == scenarios.count ? Self.mean(values) : nil
    }
  }

  /// Inference FLOPs per row, mean over those of `scenarios` in which a seed finished; nil where none did.
  func flopsPerSample(_ combination: Combination, over scenarios: [String]) -> Double? {
    Self.mean(cells(combination, over: scenarios).filter { $0.quality != nil }.map(\.cost.flopsPerSample))
  }

  static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  private func seedValue(_ combination: Combination, _ scenario: String, _ index: Int) -> Double? {
    guard let cell = cell(combination, scenario), cell.perSeed.indices.contains(index) else { return nil }
    return cell.perSeed[index]
  }
}
