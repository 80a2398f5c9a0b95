/// Quality against what a prediction costs: averaged over the scenarios, and per scenario behind a fold.
enum ScatterSection {
  static func render(_ data: ReportData) -> Markup {
    let scenarios = data.scenarioNames
    let average = pair(data, scenarios)
    guard average != .empty else { return .empty }
    let place =
      scenarios.count == 1
      ? "In the one scenario." : "Averaged over the \(scenarios.count) scenarios (latency: median of their medians)."
    let fold: Markup =
      scenarios.count == 1
      ? ""
      : """
      <details><summary>The same per scenario</summary>
      \(scenarios.map { "<h3>\($0)</h3>\n\(pair(data, [$0]))" as Markup }.joined("\n"))
      </details>
      """
    return """
      <p>Lower and further left is better. \(place) Cost includes adaptation. The shape is the training arm, the color \
      the inference arm; the line joins the arms that no other one beats in both quality and cost (Pareto front), \
      among those that never see labels; costs within \(NumberFormat.fixed(ParetoFront.tolerance * 100, 0)) % of each \
      other count as equal.</p>
      \(legend(data))
      \(average)
      \(fold)
      """
  }

  private static func pair(_ data: ReportData, _ scenarios: [String]) -> Markup {
    let plots = [
      ScatterPlot(
        cost: "inference FLOPs per sample", unit: "FLOPs", format: NumberFormat.count,
        points: points(data, scenarios) { ReportData.mean($0.map(\.cost.flopsPerSample)) }),
      ScatterPlot(
        cost: "p50 latency in µs per row, at the stream's batch size", unit: "µs per row",
        format: { NumberFormat.significant($0) },
        points: points(data, scenarios) { cells in
          ReportData.median(
            cells.compactMap { cell in cell.cost.batch.map { $0.p50 / Double(max(1, $0.batchSize)) } })
        }),
    ].map { $0.render(data) }
    guard plots.contains(where: { $0 != .empty }) else { return .empty }
    return "<div class=\"pair\">\n\(plots.joined())</div>\n"
  }

  private static func points(
    _ data: ReportData, _ scenarios: [String], cost: ([ResultCell]) -> Double?
  ) -> [ScatterPlot.Point] {
    data.trainingNames.flatMap { training in
      data.inferenceNames.compactMap { inference -> ScatterPlot.Point? in
        let combination = ReportData.Combination(training: training, inference: inference)
        guard let quality = data.quality(combination, over: scenarios),
          let cost = cost(data.cells(combination, over: scenarios)), cost > 0, cost.isFinite
        else { return nil }
        return ScatterPlot.Point(combination: combination, cost: cost, quality: quality)
      }
    }
  }

  private static func legend(_ data: ReportData) -> Markup {
    let shapes = data.trainingNames.enumerated().map { index, name -> Markup in
      """
      <li><svg viewBox="0 0 16 16" class="dot" aria-hidden="true"><g class="point c0">\
      \(SeriesStyle.mark(index, x: 8, y: 8))</g></svg>\(name)</li>
      """
    }
    let colors = data.results.inferenceArms.map { arm -> Markup in
      let name = arm.name
      let tag: Markup =
        arm.isOracle
        ? " <span class=\"tag\">oracle</span>" : arm.usesLabels ? " <span class=\"tag\">sees labels</span>" : ""
      let style = "point \(SeriesStyle.color(name, data))\(SeriesStyle.isHollow(name, data) ? " hollow" : "")"
      return """
        <li><svg viewBox="0 0 16 16" class="dot" aria-hidden="true"><g class="\(style)">\
        \(SeriesStyle.mark(0, x: 8, y: 8))</g></svg>\(name)\(tag)</li>
        """
    }
    return """
      <div class="legends"><ul class="legend"><li class="quiet">Training</li>\(shapes.joined())</ul>
      <ul class="legend"><li class="quiet">Inference</li>\(colors.joined())</ul></div>
      """
  }
}
