/// What training and predictions cost together: curves, where they cross, and who is best for how many predictions.
enum BreakEvenSection {
  /// Curves of the total cost and the numbers of predictions where they cross.
  static func render(_ data: ReportData) -> Markup {
    let analysis = BreakEvenAnalysis(data.results)
    let parts = CostUnit.allCases.map { part(analysis, $0, data) }.filter { $0 != .empty }
    guard !parts.isEmpty, analysis.combinations.count > 1 else { return .empty }
    return """
      <p>The total is what training and preparation cost once, and every prediction after them, adaptation included. Drawn \
      are the combinations that are on the Pareto front of quality and total cost for some number of predictions from \
      1,000 to 1,000,000,000, among those that never see labels\(shortened(analysis)). FLOPs are counted; seconds \
      are the processor time of training and the median latency of a prediction at the stream's batch size, one batch after \
      the other. Quality is the mean over the scenarios. All pairs stand in break-even.csv.</p>
      \(parts.joined())
      """
  }

  /// Who is on the front for how many predictions.
  static func renderBest(_ data: ReportData) -> Markup {
    let analysis = BreakEvenAnalysis(data.results)
    guard analysis.combinations.count > 1 else { return .empty }
    let tables = CostUnit.allCases.map { best(analysis, $0, data) }.filter { $0 != .empty }
    guard !tables.isEmpty else { return .empty }
    return """
      <p>For each number of predictions, the combinations of arms that no other one beats in quality at the same total cost, \
      from cheap to dear; none of them sees labels. By the mean over the scenarios: whether two neighbors truly differ, \
      <code>attune advise</code> says.</p>
      \(tables.joined())
      """
  }

  private static func shortened(_ analysis: BreakEvenAnalysis) -> String {
    let most = CostUnit.allCases.map { analysis.leading($0).count }.max() ?? 0
    return most > BreakEvenPlot.limit
      ? "; of more than \(BreakEvenPlot.limit) those that are on it for the most numbers" : ""
  }

  /// The combinations that are drawn, in the order of the config.
  static func drawn(_ analysis: BreakEvenAnalysis, _ unit: CostUnit) -> [CombinationFigures] {
    let leading = analysis.leading(unit)
    guard leading.count > BreakEvenPlot.limit else { return leading }
    let fronts = BreakEvenAnalysis.predictions.map { analysis.front(unit, predictions: $0) }
    let kept = leading.enumerated().map { place, figures in
      (place: place, figures: figures, count: fronts.count { $0.contains(figures) })
    }.sorted { ($1.count, $0.place) < ($0.count, $1.place) }.prefix(BreakEvenPlot.limit)
    return kept.sorted { $0.place < $1.place }.map(\.figures)
  }

  private static func part(_ analysis: BreakEvenAnalysis, _ unit: CostUnit, _ data: ReportData) -> Markup {
    let shown = drawn(analysis, unit)
    guard !shown.isEmpty else { return .empty }
    let pairs = shown.indices.flatMap { index in
      shown[(index + 1)...].compactMap { BreakEven(shown[index], $0, unit) }
    }
    let rows = pairs.map { row($0, data) }
    let caption = "Where the totals meet, in \(unit == .flops ? "FLOPs" : "seconds")"
    let table: Markup =
      rows.isEmpty
      ? "<p>One combination is on the front for every number of predictions.</p>\n"
      : Wording.scrollable(
        caption,
        """
        <table class="costs">
        <caption><span>\(caption).</span></caption>
        <thead><tr><th scope="col">One combination</th><th scope="col" class="text">Another one</th>\
        <th scope="col" class="text">Which costs less</th></tr></thead>
        <tbody>
        \(rows.joined())</tbody>
        </table>
        """)
    return BreakEvenPlot(combinations: shown, unit: unit).figure(data) + table
  }

  private static func row(_ pair: BreakEven, _ data: ReportData) -> Markup {
    """
    <tr><th scope="row">\(pair.first.name) (\(data.format.full(pair.first.quality)))</th>\
    <td class="text">\(pair.second.name) (\(data.format.full(pair.second.quality)))</td>\
    <td class="text">\(words(pair))</td></tr>

    """
  }

  /// `the first always`, `the second from 1.20 M predictions on`.
  static func words(_ pair: BreakEven) -> String {
    let from = pair.predictions.map { " from \(NumberFormat.count($0.rounded(.up))) predictions on" } ?? ""
    switch pair.relation {
    case .firstAlways: return "the first always"
    case .secondAlways: return "the second always"
    case .firstLater: return "the first\(from)"
    case .secondLater: return "the second\(from)"
    case .same: return "both the same"
    }
  }

  private static func best(_ analysis: BreakEvenAnalysis, _ unit: CostUnit, _ data: ReportData) -> Markup {
    let rows = BreakEvenAnalysis.predictions.compactMap { predictions -> Markup? in
      let front = analysis.front(unit, predictions: predictions)
      guard !front.isEmpty else { return nil }
      let items = front.map { combination -> Markup in
        let total = combination.total(unit, predictions: predictions).map(unit.text) ?? "—"
        return """
          <li>\(Wording.name(combination.training)) with \(Wording.name(combination.inference)): \
          <b>\(data.format.full(combination.quality))</b> for \(total)</li>
          """
      }
      return """
        <tr><th scope="row">\(NumberFormat.withoutTrailingZeros(NumberFormat.count(predictions)))</th>\
        <td class="text"><ol class="front">\(items.joined())</ol></td></tr>

        """
    }
    guard !rows.isEmpty else { return .empty }
    let title = unit == .flops ? "By total FLOPs" : "By total seconds"
    return """
      <h3>\(title)</h3>
      \(Wording.scrollable(title, """
      <table>
      <thead><tr><th scope="col">Predictions</th><th scope="col">On the front, from cheap to dear</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """))
      """
  }
}
