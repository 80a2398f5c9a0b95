internal import AttuneInference

/// Quality along the stream: one small plot per scenario, one line per inference arm, on the first training arm.
enum LinePlot {
  /// The most lines that a plot shows.
  static let limit = 8
  /// The most batches that one point is the mean of.
  static let window = 3

  /// How large plots are, and what a point of a line is.
  private struct Layout {
    let width: Double
    let height: Double
    /// Whether every plot takes the whole width of the page.
    let isWide: Bool
    /// `batch` or `window`.
    let unit: String

    static func small(_ unit: String) -> Layout { Layout(width: 380, height: 250, isWide: false, unit: unit) }
    static func wide(_ unit: String) -> Layout { Layout(width: 1140, height: 360, isWide: true, unit: unit) }
  }

  static func renderAll(_ data: ReportData) -> Markup {
    guard let reference = data.reference else { return .empty }
    let arms = shownArms(data)
    // Names of many domains need room.
    let narrow = data.results.scenarios.filter { StreamMarks.domains($0.view).count <= 4 }.map(\.name)
    let plots = data.scenarioNames.map { scenario in
      (scenario, plot(data, scenario, arms, narrow.contains(scenario) ? .small("batch") : .wide("batch")))
    }.filter { $0.1 != .empty }
    guard !plots.isEmpty else { return .empty }
    let hidden = data.inferenceNames.count - arms.count
    let rule: Markup =
      hidden == 0
      ? "Every inference arm is shown."
      : """
      Shown are the baseline and the \(limit - 1) arms that differ most from it (mean absolute difference over the \
      scenarios); \(Wording.counted(hidden, "arm")) nearer to the baseline \(hidden == 1 ? "is" : "are") left out.
      """
    return """
      <p>\(data.format.title.prefix(1).uppercased() + data.format.title.dropFirst()) of each batch on \
      \(Wording.name(reference)), mean over the seeds, smoothed by a centered moving mean over up to \(window) \
      batches. \(rule) Each plot has its own vertical axis, which need not begin at zero.</p>
      \(key(data, data.scenarioNames, arms))
      <ul class="legend lines">\(legend(data, arms))</ul>
      \(grid(plots.filter { narrow.contains($0.0) }.map(\.1), "small-multiples"))\
      \(grid(plots.filter { !narrow.contains($0.0) }.map(\.1), "wide-multiples"))
      \(EventTable.render(data))
      """
  }

  /// The plot of one stream of an online experiment.
  ///
  /// - Parameter windows: rows of a window, which takes the place of a batch.
  static func render(_ data: ReportData, windows: Int) -> Markup {
    let arms = shownArms(data)
    let plots = data.scenarioNames.map { plot(data, $0, arms, .wide("window")) }.filter { $0 != .empty }
    guard !plots.isEmpty else { return .empty }
    let hidden = data.inferenceNames.count - arms.count
    let rule = hidden == 0 ? "" : " Of \(data.inferenceNames.count) learners those that differ most from the baseline."
    return """
      <p>\(data.format.title.prefix(1).uppercased() + data.format.title.dropFirst()) of each window of \(windows) rows, mean \
      over the seeds, smoothed by a centered moving mean over up to \(window) windows.\(rule) The vertical axis need not begin \
      at zero.</p>
      \(key(data, data.scenarioNames, arms))
      <ul class="legend lines">\(legend(data, arms))</ul>
      \(grid(plots, "wide-multiples"))
      \(EventTable.render(data, unit: "row whose label had come"))
      """
  }

  private static func grid(_ plots: [Markup], _ style: String) -> Markup {
    plots.isEmpty ? .empty : "<div class=\"\(style)\">\n\(plots.joined())</div>\n"
  }

  private static func key(_ data: ReportData, _ scenarios: [String], _ arms: [String]) -> Markup {
    guard let reference = data.reference else { return .empty }
    let cells = scenarios.flatMap { scenario in
      arms.compactMap { data.cell(.init(training: reference, inference: $0), scenario) }
    }
    return StreamMarks.key(
      changes: data.results.scenarios.contains { $0.view?.changes.isEmpty == false },
      detected: scenarios.contains { !detected(data, $0).isEmpty },
      alarms: cells.contains { $0.events.first?.log.events.contains { $0.kind == .alarm } ?? false })
  }

  /// Where the level of the baseline's error changes.
  private static func detected(_ data: ReportData, _ scenario: String) -> [Int] {
    guard let reference = data.reference else { return [] }
    let trace = data.cell(.init(training: reference, inference: data.results.baseline), scenario)?.trace ?? []
    return ChangePoints.detect(in: trace)
  }

  /// The arms whose lines are drawn, in the order of the config: the baseline and those that differ most from it.
  static func shownArms(_ data: ReportData) -> [String] {
    let names = data.inferenceNames
    guard names.count > limit, let reference = data.reference else { return names }
    func distance(_ name: String) -> Double {
      let distances = data.scenarioNames.compactMap { scenario -> Double? in
        guard let arm = data.quality(.init(training: reference, inference: name), scenario),
          let base = data.quality(.init(training: reference, inference: data.results.baseline), scenario)
        else { return nil }
        return abs(arm - base)
      }
      return ReportData.mean(distances) ?? -1
    }
    let others = names.enumerated().filter { $0.element != data.results.baseline }
      .map { (index: $0.offset, name: $0.element, distance: distance($0.element)) }
      .sorted { ($1.distance, $0.index) < ($0.distance, $1.index) }
    let baseline = names.contains(data.results.baseline) ? 1 : 0
    let kept = Set(others.prefix(limit - baseline).map(\.name))
    return names.filter { $0 == data.results.baseline || kept.contains($0) }
  }

  /// The mean of each value and its neighbors, over up to `window` values; fewer at the ends.
  static func smoothed(_ values: [Double], window: Int = window) -> [Double] {
    values.indices.map { index in
      let reach = min(window / 2, index, values.count - 1 - index)
      let part = values[(index - reach)...(index + reach)]
      return part.reduce(0, +) / Double(part.count)
    }
  }

  private static func plot(_ data: ReportData, _ scenario: String, _ arms: [String], _ layout: Layout) -> Markup {
    guard let reference = data.reference else { return .empty }
    let lines = arms.enumerated().compactMap { index, arm -> (index: Int, arm: String, values: [Double])? in
      let trace = data.cell(.init(training: reference, inference: arm), scenario)?.trace ?? []
      return trace.isEmpty ? nil : (index, arm, smoothed(trace))
    }
    let values = lines.flatMap(\.values).filter(\.isFinite)
    guard let count = lines.map(\.values.count).max(), !values.isEmpty else { return .empty }
    let frame = PlotFrame(
      width: layout.width, height: layout.height, left: 44, right: 12, top: 34, bottom: 34,
      x: batchAxis(count), y: Axis(linear: values, count: layout.isWide ? 6 : 4))
    let axes = frame.axes(
      xTitle: layout.unit, yTitle: data.format.title, xLabel: { NumberFormat.fixed($0, 0) },
      yLabel: { data.format.tick($0, step: frame.y.step) })
    // The baseline is drawn last, on top of lines that coincide with it.
    let drawn = lines.filter { $0.arm != data.results.baseline } + lines.filter { $0.arm == data.results.baseline }
    let paths = drawn.map { path(frame, $0.values, dash: dash($0.arm, $0.index, data), arm: $0.arm, data) }
    let cells = lines.map { data.cell(.init(training: reference, inference: $0.arm), scenario) }
    let marks = zip(lines, cells).map { EventTable.marks(frame, $0.values, of: $1, data) }
    let alarming = cells.filter { $0?.events.first?.log.events.contains { $0.kind == .alarm } ?? false }
    let alarms = alarming.enumerated().map { StreamMarks.alarms(frame, of: $1, line: $0, data) }
    let view = data.results.scenarios.first { $0.name == scenario }?.view
    let changes = detected(data, scenario)
    let label =
      "\(data.format.title) along \(scenario), \(Wording.counted(count, layout.unit)): "
      + lines.map { line in
        let ends = (line.values.first ?? 0, line.values.last ?? 0)
        return "\(line.arm) from \(data.format.full(ends.0)) to \(data.format.full(ends.1))"
      }.joined(separator: ", ")
      + (changes.isEmpty
        ? ""
        : "; the level of the baseline changes at \(layout.unit) "
          + changes.map { "\($0 + 1)" }.joined(separator: ", "))
    return ReportFigure(
      title: scenario, description: label, size: (layout.width, layout.height),
      drawing: """
        \(axes)\(StreamMarks.changes(frame, view))\(StreamMarks.detected(frame, changes))\
        \(paths.joined())\(marks.joined())\(alarms.joined())
        """,
      data: table(scenario, lines.map(\.arm), cells, layout, count, view), isWide: layout.isWide
    ).render()
  }

  /// The figures of each batch without smoothing, a column an arm.
  private static func table(
    _ scenario: String, _ arms: [String], _ cells: [ResultCell?], _ layout: Layout, _ count: Int, _ view: ScenarioView?
  ) -> FigureData {
    let starts = StreamMarks.domains(view)
    return FigureData(
      columns: [layout.unit] + (starts.isEmpty ? [] : ["domain"]) + arms,
      rows: (0..<count).map { batch in
        let domain = starts.last { $0.batch <= batch }
        return [.number(Double(batch + 1))] + (domain.map { [.text($0.name)] } ?? [])
          + cells.map { cell in
            let trace = cell?.trace ?? []
            return .optional(trace.indices.contains(batch) ? trace[batch] : nil)
          }
      })
  }

  static func path(_ frame: PlotFrame, _ values: [Double], dash: String, arm: String, _ data: ReportData)
    -> Markup
  {
    let style: Markup = "class=\"line \(SeriesStyle.color(arm, data))\""
    var commands = ""
    var isDrawing = false
    for (index, value) in values.enumerated() {
      guard value.isFinite else {
        isDrawing = false
        continue
      }
      let point = frame.point(Double(index + 1), value)
      commands += "\(isDrawing ? "L" : "M")\(NumberFormat.coordinate(point.x)) \(NumberFormat.coordinate(point.y))"
      isDrawing = true
    }
    if values.count == 1, let value = values.first, value.isFinite {
      let point = frame.point(1, value)
      return "<circle \(style) cx=\"\(point.x)\" cy=\"\(point.y)\" r=\"4\"><title>\(arm)</title></circle>\n"
    }
    return "<path \(style) stroke-dasharray=\"\(dash)\" d=\"\(commands)\"><title>\(arm)</title></path>\n"
  }

  static func dash(_ arm: String, _ index: Int, _ data: ReportData) -> String {
    if arm == data.results.baseline { return "none" }
    let pattern = SeriesStyle.dashes[index % SeriesStyle.dashes.count]
    return pattern.isEmpty ? "none" : pattern
  }

  /// Batch numbers from 1 on, with at most about seven ticks at whole numbers.
  static func batchAxis(_ count: Int) -> Axis {
    let nice = [1, 2, 5, 10, 20, 50, 100, 200, 500]
    let step = nice.first { count / $0 <= 7 } ?? max(1, count / 5)
    var ticks = [1.0]
    ticks += stride(from: step, through: count, by: step).filter { $0 > 1 }.map(Double.init)
    if step == 2 { ticks.removeFirst() }
    return Axis(low: count == 1 ? 0.5 : 1, high: count == 1 ? 1.5 : Double(count), ticks: ticks, step: Double(step))
  }

  private static func legend(_ data: ReportData, _ arms: [String]) -> Markup {
    arms.enumerated().map { index, arm -> Markup in
      let suffix: Markup = arm == data.results.baseline ? " <span class=\"tag\">baseline</span>" : ""
      return """
        <li><svg viewBox="0 0 34 10" class="swatch" aria-hidden="true"><path class="line \
        \(SeriesStyle.color(arm, data))" \
        stroke-dasharray="\(dash(arm, index, data))" d="M1 5L33 5"/></svg>\(arm)\(suffix)</li>
        """
    }.joined()
  }
}
