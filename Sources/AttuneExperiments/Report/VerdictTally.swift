/// Where an arm helps, where it hurts and where no difference is shown, gathered over the cells.
struct VerdictTally: Sendable {
  /// A scenario with the training arms for which a verdict holds there.
  struct Place: Sendable {
    let scenario: String
    let trainings: [String]
    /// The largest change among them.
    let largest: Double?
    /// Whether these are all training arms that were compared, so that naming them says nothing.
    let isWhole: Bool
  }

  /// Name of the arm.
  let arm: String
  /// Number of cells that have a verdict.
  let cells: Int
  /// Number of cells in which the arm helps.
  let helps: Int
  /// Where it hurts, in the order of the config.
  let hurts: [Place]
  /// Where no difference is shown.
  let unclear: [Place]
  /// Number of cells that failed, or whose baseline failed.
  let failed: Int

  var hurtCount: Int { hurts.reduce(0) { $0 + $1.trainings.count } }
  var unclearCount: Int { unclear.reduce(0) { $0 + $1.trainings.count } }

  /// The tally of one inference arm against the baseline arm on the same training arm.
  init(inference arm: String, _ data: ReportData) {
    self.init(arm: arm, data, trainings: data.trainingNames) { training, scenario in
      guard let cell = data.cell(.init(training: training, inference: arm), scenario),
        let difference = cell.difference, cell.quality != nil
      else { return nil }
      return (cell.verdict, difference.mean)
    }
  }

  /// The tally of one training arm against the first one, both under the baseline inference arm.
  init(training arm: String, _ data: ReportData) {
    self.init(arm: arm, data, trainings: [arm]) { training, scenario in
      if let start = data.start, let cell = data.cell(.init(training: arm, inference: start.inference), scenario),
        let comparison = cell.trainingComparison
      {
        return (comparison.verdict, comparison.difference.mean)
      }
      guard let start = data.start,
        let difference = data.difference(
          from: start, to: .init(training: training, inference: start.inference), over: [scenario])
      else { return nil }
      return (difference.verdict, difference.estimate.mean)
    }
  }

  private init(
    arm: String, _ data: ReportData, trainings: [String], verdict: (String, String) -> (Verdict, Double)?
  ) {
    var (cells, helps, failed) = (0, 0, 0)
    var (hurts, unclear): ([Place], [Place]) = ([], [])
    for scenario in data.scenarioNames {
      var found: [Verdict: [(training: String, change: Double)]] = [:]
      for training in trainings {
        guard let (verdict, change) = verdict(training, scenario) else {
          failed += 1
          continue
        }
        cells += 1
        found[verdict, default: []].append((training, change))
      }
      helps += found[.helps]?.count ?? 0
      func place(_ verdict: Verdict) -> Place? {
        found[verdict].map { list in
          Place(
            scenario: scenario, trainings: list.map(\.training), largest: list.map(\.change).max(),
            isWhole: list.count == trainings.count)
        }
      }
      if let place = place(.hurts) { hurts.append(place) }
      if let place = place(.noDifferenceShown) { unclear.append(place) }
    }
    self.arm = arm
    self.cells = cells
    self.helps = helps
    self.hurts = hurts
    self.unclear = unclear
    self.failed = failed
  }
}
