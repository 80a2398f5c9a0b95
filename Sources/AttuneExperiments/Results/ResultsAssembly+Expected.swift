internal import AttuneCore

extension ResultsAssembly {
  /// What was found of the figures that were expected; nil where none were.
  func expected(_ cells: [ResultCell]) -> [ExpectedOutcome]? {
    guard !experiment.expect.isEmpty else { return nil }
    let quality =
      experiment.data.task == .classification ? QualityMetric.error.rawValue : OnlineResults.rootMeanSquaredError
    return experiment.expect.map { figure in
      let training = figure.training ?? experiment.training.first?.name ?? ""
      let place = [figure.scenario ?? "", training, figure.inference ?? ""]
      let cell = cells.first { $0.scenario == place[0] && $0.training == place[1] && $0.inference == place[2] }
      let metric = figure.metric ?? quality
      return ExpectedOutcome(
        figure, place: place, metric: metric,
        found: metric == quality ? cell?.quality?.mean : cell?.metrics?[metric]?.mean)
    }
  }
}
