/// All comparisons with their intervals, probabilities and sizes.
enum ComparisonSection {
  /// Two tables behind folds; nothing for results of earlier versions.
  static func render(_ data: ReportData) -> Markup {
    let inference = data.results.cells.compactMap { cell in cell.comparison.map { (cell, $0) } }
    let training = data.results.cells.compactMap { cell in cell.trainingComparison.map { (cell, $0) } }
    let parts = [
      part("inference arm", "with \(data.results.baseline) on the same training arm", inference, data) {
        "\(Wording.name($0.training)) with \(Wording.name($0.inference))"
      },
      part("training arm", "with \(data.reference ?? ""), both under \(data.results.baseline)", training, data) {
        Wording.name($0.training)
      },
    ].filter { $0 != .empty }
    return parts.isEmpty ? .empty : "<h3>All comparisons</h3>\n\(parts.joined())"
  }

  private static func part(
    _ noun: String, _ against: String, _ pairs: [(cell: ResultCell, comparison: Comparison)], _ data: ReportData,
    name: (ResultCell) -> Markup
  ) -> Markup {
    guard !pairs.isEmpty else { return .empty }
    let comparisons = pairs.map(\.comparison), configuration = data.results.comparedBy
    let limit = ComparisonText.limit(comparisons, level: configuration.level) ?? ""
    let rows = pairs.map { row($0.comparison, name($0.cell), $0.cell.scenario, data) }
    return """
      <p>\(Wording.counted(pairs.count, "comparison")) of \(article(noun)) \(noun) \(against): \
      <b>\(ComparisonText.tally(comparisons))</b> (\(ComparisonText.rule(comparisons, configuration))). \(limit)</p>
      <details><summary>Every comparison of \(article(noun)) \(noun)</summary>
      \(Wording.scrollable("Comparisons of \(noun)s", table(rows.joined())))
      </details>

      """
  }

  private static func article(_ noun: String) -> String { noun.hasPrefix("i") ? "an" : "a" }

  private static func table(_ rows: Markup) -> Markup {
    """
    <table class="costs">
    <caption><span>Difference: mean over the seeds with its 95 % interval, negative is better. p: how probable such a \
    difference is by chance, by the paired t-test, by the paired permutation test, and corrected for the number of \
    comparisons. Size: Cohen's d of the pairs with Hedges' correction. Error gone: the share of the other side's figure. \
    A dash: too few pairs, or no spread.</span></caption>
    <thead><tr><th scope="col">Arm</th><th scope="col" class="text">Scenario</th><th scope="col">Difference</th>\
    <th scope="col">Pairs</th><th scope="col">p, t</th><th scope="col">p, permutation</th><th scope="col">p, corrected</th>\
    <th scope="col">Size</th><th scope="col">Error gone</th><th scope="col" class="text">Conclusion</th></tr></thead>
    <tbody>
    \(rows)</tbody>
    </table>
    """
  }

  private static func row(_ comparison: Comparison, _ name: Markup, _ scenario: String, _ data: ReportData) -> Markup {
    let pairs = comparison.missing > 0 ? "\(comparison.pairs) (\(comparison.missing) missing)" : "\(comparison.pairs)"
    let reduction = comparison.errorReduction.map { NumberFormat.fixed($0 * 100, 0) + " %" } ?? "—"
    let size = comparison.effectSize.map { NumberFormat.significant($0) } ?? "—"
    return """
      <tr><th scope="row">\(name)</th><td class="text">\(scenario)</td>\
      <td>\(data.format.change(comparison.difference))</td><td>\(pairs)</td>\
      <td>\(ComparisonText.probability(comparison.student))</td>\
      <td>\(ComparisonText.permutation(comparison, level: data.results.comparedBy.level))</td>\
      <td>\(ComparisonText.probability(comparison.adjusted))</td><td>\(size)</td><td>\(reduction)</td>\
      <td class="text">\(Wording.words(comparison.verdict)) \(Wording.mark(comparison.verdict))</td></tr>

      """
  }
}
