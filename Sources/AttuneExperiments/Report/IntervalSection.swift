internal import AttuneInference

/// Prediction intervals: how many targets lay in them along the streams, and how wide they were.
enum IntervalSection {
  /// Batches that one point is the mean of, at most; as many as leave some 25 points of a long stream.
  static func window(_ batches: Int) -> Int { max(3, min(batches / 25 * 2 + 1, 101)) }

  /// A plot and a table for each scenario; nothing where no arm gives intervals.
  static func render(_ data: ReportData) -> Markup {
    let tables = data.scenarioNames.map { table(data, $0) }.filter { $0 != .empty }
    guard !tables.isEmpty else { return .empty }
    let plots = data.scenarioNames.map { plot(data, $0) }.filter { $0 != .empty }
    let arms = shownArms(data)
    let hidden =
      data.inferenceNames.filter { arm in
        data.results.cells.contains { $0.inference == arm && $0.coverage != nil }
      }.count - arms.count
    let rest: Markup =
      hidden > 0 ? " Shown are the first \(LinePlot.limit) arms; \(hidden) more are in the tables." : ""
    let lines: Markup =
      plots.isEmpty
      ? .empty
      : """
      <p>Share of targets in their intervals on \(Wording.name(data.reference ?? "")), mean over the seeds, smoothed by a \
      centered moving mean over batches. The line of small dots is the level that the intervals are meant for.\(rest)</p>
      <ul class="legend lines">\(legend(data, arms))</ul>
      <div class="small-multiples">
      \(plots.joined())</div>
      """
    return "\(lines)\n\(tables.joined())"
  }

  /// The arms whose coverage is drawn, in the order of the config.
  private static func shownArms(_ data: ReportData) -> [String] {
    Array(
      data.inferenceNames.filter { arm in
        data.results.cells.contains { $0.inference == arm && $0.training == data.reference && $0.coverage != nil }
      }.prefix(LinePlot.limit))
  }

  /// The level that an arm's intervals are meant for; nil where the strategy gives them, and the config does not say.
  static func level(_ arm: String, _ data: ReportData) -> Double? {
    data.results.inferenceArms.first { $0.name == arm }?.intervals?.level
  }

  private static func plot(_ data: ReportData, _ scenario: String) -> Markup {
    guard let reference = data.reference else { return .empty }
    let lines = shownArms(data).enumerated().compactMap { index, arm -> (index: Int, arm: String, values: [Double])? in
      let values = data.cell(.init(training: reference, inference: arm), scenario)?.coverage ?? []
      return values.isEmpty ? nil : (index, arm, LinePlot.smoothed(values, window: window(values.count)))
    }
    guard let count = lines.map(\.values.count).max() else { return .empty }
    let levels = Set(lines.compactMap { level($0.arm, data) }).sorted()
    let frame = PlotFrame(
      width: 380, height: 240, left: 40, right: 10, top: 28, bottom: 34, x: LinePlot.batchAxis(count),
      y: Axis(linear: lines.flatMap(\.values) + levels, count: 4))
    let axes = frame.axes(
      xTitle: "batch", yTitle: "coverage in %", xLabel: { NumberFormat.fixed($0, 0) },
      yLabel: { Axis.label($0 * 100, step: frame.y.step * 100) })
    let nominal = levels.map { level -> Markup in
      let (start, end) = (frame.point(frame.x.low, level), frame.point(frame.x.high, level))
      return """
        <path class="front-line" d="M\(NumberFormat.coordinate(start.x)) \(NumberFormat.coordinate(start.y))\
        L\(NumberFormat.coordinate(end.x)) \(NumberFormat.coordinate(end.y))"><title>level \(percent(level))</title></path>

        """
    }
    let paths = lines.map { LinePlot.path(frame, $0.values, dash: dash($0.arm, $0.index, data), arm: $0.arm, data) }
    let label =
      "Coverage along \(scenario), \(Wording.counted(count, "batch")): "
      + lines.map { line in
        "\(line.arm) from \(percent(line.values.first ?? 0)) to \(percent(line.values.last ?? 0))"
      }.joined(separator: ", ")
    return ReportFigure(
      title: scenario, description: label, size: (380, 240),
      drawing: "\(axes)\(nominal.joined())\(paths.joined())",
      data: FigureData(
        columns: ["batch"] + lines.map(\.arm),
        rows: (0..<count).map { batch in
          [.number(Double(batch + 1))]
            + lines.map { .optional($0.values.indices.contains(batch) ? $0.values[batch] : nil) }
        })
    ).render()
  }

  private static func dash(_ arm: String, _ index: Int, _ data: ReportData) -> String {
    LinePlot.dash(arm, index, data)
  }

  private static func legend(_ data: ReportData, _ arms: [String]) -> Markup {
    arms.enumerated().map { index, arm -> Markup in
      """
      <li><svg viewBox="0 0 34 10" class="swatch" aria-hidden="true"><path class="line \(SeriesStyle.color(arm, data))" \
      stroke-dasharray="\(dash(arm, index, data))" d="M1 5L33 5"/></svg>\(arm)</li>
      """
    }.joined()
  }

  /// The cells of a scenario that have intervals.
  static func cells(_ data: ReportData, _ scenario: String) -> [ResultCell] {
    data.results.cells.filter { $0.scenario == scenario && $0.metrics?[StreamMetric.coverage.rawValue] != nil }
  }

  /// What a table says of a cell: level, coverage, width, share of infinite intervals.
  static func fields(_ cell: ResultCell, _ data: ReportData) -> [String] {
    func figure(_ metric: StreamMetric) -> Estimate? { cell.metrics?[metric.rawValue] }
    return [
      level(cell.inference, data).map { percent($0) } ?? "—", percent(figure(.coverage)),
      MetricTables.text(figure(.intervalWidth)), percent(figure(.infiniteIntervals)),
    ]
  }

  /// The heads of these fields.
  static let heads = ["level", "coverage", "mean width", "without an end"]

  private static func table(_ data: ReportData, _ scenario: String) -> Markup {
    let cells = cells(data, scenario)
    guard !cells.isEmpty else { return .empty }
    let rows = cells.map { cell -> Markup in
      let fields = fields(cell, data).map { "<td>\($0)</td>" as Markup }
      return "<tr><th scope=\"row\">\(MetricTables.arms(cell, data))</th>\(fields.joined())</tr>\n"
    }
    let titles = heads.map { "<th scope=\"col\">\($0.prefix(1).uppercased() + $0.dropFirst())</th>" as Markup }
    return """
      <h3>\(scenario)</h3>
      \(Wording.scrollable(
        "Intervals in \(scenario)",
        """
        <table class="costs">
        <caption><span>Share of targets in their intervals over the whole stream, mean width of the intervals that have \
        two ends (a dash where none has), and the share of those that have not.</span></caption>
        <thead><tr><th scope="col" class="text">Arms</th>\(titles.joined())</tr></thead>
        <tbody>
        \(rows.joined())</tbody>
        </table>
        """))
      """
  }

  private static func percent(_ share: Double) -> String { NumberFormat.fixed(share * 100, 1) + " %" }

  private static func percent(_ share: Estimate?) -> String {
    guard let share else { return "—" }
    let half = (share.high - share.low) / 2
    guard half > 0, half.isFinite else { return percent(share.mean) }
    return "\(NumberFormat.fixed(share.mean * 100, 1)) ±\(NumberFormat.fixed(half * 100, 1)) %"
  }
}
