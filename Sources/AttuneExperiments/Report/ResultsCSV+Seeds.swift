extension ResultsCSV {
  /// One line per training arm × inference arm × scenario × seed: `seeds.csv`.
  public static func renderSeeds(_ results: ExperimentResults) -> String {
    let data = ReportData(results)
    let head = ["training", "inference", "scenario", "seed", "metric", "value", "baseline", "difference"]
    let lines = results.cells.flatMap { cell -> [[String]] in
      let reference = data.cell(.init(training: cell.training, inference: results.baseline), cell.scenario)
      let names = [cell.training, cell.inference, cell.scenario].map(text)
      return results.seeds.enumerated().map { index, seed in
        let value = cell.perSeed.indices.contains(index) ? cell.perSeed[index] : nil
        let base = reference.flatMap { $0.perSeed.indices.contains(index) ? $0.perSeed[index] : nil }
        let difference = value.flatMap { value in base.map { value - $0 } }
        return names + ["\(seed)", results.metric.rawValue] + [value, base, difference].map { number($0) }
      }
    }
    return table([head] + lines)
  }

  /// The columns of a comparison.
  static let comparisonColumns = [
    "pairs", "interval_method", "p_t", "p_permutation", "p_permutation_smallest", "test", "p_adjusted", "comparisons",
    "effect_size", "error_reduction", "conclusion", "training_difference_mean", "training_difference_low",
    "training_difference_high", "training_p_adjusted", "training_verdict",
  ]

  /// The fields of `comparisonColumns`.
  static func comparisonFields(_ cell: ResultCell) -> [String] {
    let comparison = cell.comparison, training = cell.trainingComparison
    let figures = [
      number(comparison?.pairs), comparison?.method?.rawValue ?? "", number(comparison?.student),
      number(comparison?.permutation), number(comparison?.smallestPermutation), comparison?.test.rawValue ?? "",
      number(comparison?.adjusted), number(comparison?.family), number(comparison?.effectSize),
      number(comparison?.errorReduction),
    ]
    return figures + [escaped(ComparisonText.conclusion(cell))] + estimate(training?.difference) + [
      number(training?.adjusted), training?.verdict.rawValue ?? "",
    ]
  }
}
