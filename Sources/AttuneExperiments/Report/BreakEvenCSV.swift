/// Total costs as CSV: where the totals of two combinations meet, and who is on the front for how many predictions.
public enum BreakEvenCSV {
  /// One line per unit and pair of combinations: `break-even.csv`.
  public static func render(_ results: ExperimentResults) -> String {
    let analysis = BreakEvenAnalysis(results)
    let head = [
      "unit", "first_training", "first_inference", "second_training", "second_inference", "first_quality",
      "second_quality", "first_fixed", "first_per_prediction", "second_fixed", "second_per_prediction", "relation",
      "predictions",
    ]
    let lines = CostUnit.allCases.flatMap { unit in
      analysis.pairs(unit).map { fields($0, unit) }
    }
    return ResultsCSV.table([head] + lines)
  }

  private static func fields(_ pair: BreakEven, _ unit: CostUnit) -> [String] {
    let names = [pair.first.training, pair.first.inference, pair.second.training, pair.second.inference]
    var fields = [unit.rawValue]
    fields += names.map(ResultsCSV.text)
    fields += [pair.first, pair.second].map { "\($0.quality)" }
    for line in [pair.first.line(unit), pair.second.line(unit)] {
      fields += [line.map { "\($0.fixed)" } ?? "", line.map { "\($0.slope)" } ?? ""]
    }
    return fields + [pair.relation.rawValue, pair.predictions.map { "\($0)" } ?? ""]
  }

  /// One line per unit, number of predictions and combination: `total-cost.csv`.
  public static func renderFronts(_ results: ExperimentResults) -> String {
    let analysis = BreakEvenAnalysis(results)
    let head = ["unit", "predictions", "training", "inference", "metric", "quality", "total", "front", "sees_labels"]
    let lines = CostUnit.allCases.flatMap { unit in
      BreakEvenAnalysis.predictions.flatMap { predictions -> [[String]] in
        let front = analysis.front(unit, predictions: predictions)
        return analysis.combinations.compactMap { combination in
          guard let total = combination.total(unit, predictions: predictions) else { return nil }
          return [
            unit.rawValue, "\(Int(predictions))", ResultsCSV.text(combination.training),
            ResultsCSV.text(combination.inference), results.metric.rawValue, "\(combination.quality)", "\(total)",
            "\(front.contains(combination))", "\(combination.seesLabels)",
          ]
        }
      }
    }
    return ResultsCSV.table([head] + lines)
  }
}
