internal import AttuneCore

extension ResultsAssembly {
  /// What was found of the figures that were expected; nil where none were.
  func expected() -> [ExpectedOutcome]? {
    guard !experiment.expect.isEmpty else { return nil }
    return experiment.expect.map { figure in
      ExpectedOutcome(
        figure, place: [figure.scenario ?? "", training(of: figure), figure.inference ?? ""],
        metric: figure.metric ?? quality, values: values(of: figure),
        others: figure.other.map { values(of: $0) } ?? [])
    }
  }

  private var quality: String {
    experiment.data.task == .classification ? QualityMetric.error.rawValue : OnlineResults.rootMeanSquaredError
  }

  private func training(of figure: ExpectedFigure) -> String {
    figure.training ?? experiment.training.first?.name ?? ""
  }

  /// A figure with each seed; nil where the arm failed or has no such figure.
  private func values(of figure: ExpectedFigure) -> [Double?] {
    let metric = figure.metric ?? quality
    return outcomes(training(of: figure), figure.inference ?? "", figure.scenario ?? "").map { outcome in
      guard let budgets = figure.features else {
        return metric == quality ? outcome?.quality : outcome?.metrics?[metric]
      }
      let points = budgets.map { budget in outcome?.curve?.first { $0.budget == budget } }
      let values = points.compactMap { metric == quality ? $0?.quality : $0?.metrics[metric] }
      return values.count == budgets.count ? ReportData.mean(values) : nil
    }
  }
}
