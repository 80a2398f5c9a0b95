/// The report of an experiment as one HTML file that needs nothing else: no network, no fonts. What its script adds are
/// controls: sorting, saving, colors.
///
/// It answers, in this order: what training-time optimization buys, what inference-time optimization buys, where an
/// adaptation does not help, and at what cost.
public enum HTMLReport {
  /// The page for `results`; the same results give the same bytes.
  public static func render(_ results: ExperimentResults) -> String {
    let data = ReportData(results)
    let sections: [(id: String, title: String, body: Markup)] = [
      ("summary", "What buys what", SummarySection.render(data)),
      ("verdicts", "Where optimization does not help", VerdictSection.render(data)),
      ("scenarios", "Quality by scenario", GridTable.render(data) ?? HeatTable.renderAll(data)),
      ("domains", "Quality by domain", DomainTable.renderAll(data)),
      ("inputs", "Quality against the number of inputs", CurveSection.render(data)),
      ("use", "Inputs used", InputUse.render(data)),
      ("shifted", "Shifted inputs", InputSection.render(data)),
      ("stream", "Along the stream", LinePlot.renderAll(data)),
      ("reliability", "Reliability", ReliabilitySection.render(data)),
      ("confusion", "Confusions", ConfusionSection.render(data)),
      ("quantiles", "Predicted against actual", QuantileSection.render(data)),
      ("intervals", "Prediction intervals", IntervalSection.render(data)),
      ("figures", "Further figures", MetricTables.renderAll(data)),
      ("tradeoff", "Quality against cost", ScatterSection.render(data)),
      ("break-even", "Break-even", BreakEvenSection.render(data)),
      ("best-for", "Best for so many predictions", BreakEvenSection.renderBest(data)),
      ("cost", "Cost", CostSection.render(data)),
      ("expected", "Expected figures", ExpectedTable.render(results.expected ?? [])),
      ("failures", "Failures", FailureSection.render(data)),
      ("protocol", "Protocol and provenance", ProtocolSection.render(data)),
    ].filter { $0.body != .empty }
    return ReportPage.render(
      title: results.name, description: results.description, version: results.provenance.version, facts: facts(data),
      sections: sections)
  }

  private static func facts(_ data: ReportData) -> String {
    let results = data.results
    return [
      Wording.counted(results.trainingArms.count, "training arm"),
      Wording.counted(results.inferenceArms.count, "inference arm"),
      Wording.counted(results.scenarios.count, "scenario"),
      Wording.counted(results.seeds.count, "seed"),
      "\(data.format.title), lower is better",
    ].joined(separator: " · ")
  }
}
