internal import AttuneInference

/// Quality against the number of inputs: for each scenario a plot of every figure that the curves have, and a table.
enum CurveSection {
  /// A figure that is drawn over the number of inputs.
  private struct Figure {
    let title: String
    let value: (CurveResult) -> Estimate?
    let whole: (ResultCell) -> Estimate?
    let text: (Double) -> String
    let tick: (Double, Double) -> String
  }

  /// An arm's points, on one scenario.
  private struct Line {
    let arm: String
    let points: [CurveResult]
  }

  static func render(_ data: ReportData) -> Markup {
    guard let reference = data.reference else { return .empty }
    let parts = data.scenarioNames.map { scenario($0, reference, data) }.filter { $0 != .empty }
    guard !parts.isEmpty else { return .empty }
    return """
      <p>What arms that choose their inputs reach with so many of them, on \(Wording.name(reference)): means over the rows \
      and the seeds. The level line is the baseline, which sees all inputs. The ring is an arm as it serves, under its own \
      stopping rule; the points are its answers at each budget. Each plot has its own vertical axis.</p>
      \(parts.joined())
      """
  }

  private static func scenario(_ scenario: String, _ reference: String, _ data: ReportData) -> Markup {
    let lines = data.inferenceNames.compactMap { arm -> Line? in
      let points = data.cell(.init(training: reference, inference: arm), scenario)?.curve ?? []
      return points.isEmpty ? nil : Line(arm: arm, points: points)
    }
    guard !lines.isEmpty else { return .empty }
    let plots = figures(lines, data).map { plot($0, lines, scenario, reference, data) }
    let tables = figures(lines, data).map { table($0, lines, scenario, data) }
    return """
      <h3>\(scenario)</h3>
      <ul class="legend lines">\(legend(lines, data))</ul>
      <div class="small-multiples">
      \(plots.joined())</div>
      \(tables.joined())
      """
  }

  /// The quality figure, and the area under the curve of a classifier of two classes.
  private static func figures(_ lines: [Line], _ data: ReportData) -> [Figure] {
    let quality = Figure(
      title: data.format.title, value: \.quality, whole: \.quality, text: data.format.full,
      tick: { data.format.tick($0, step: $1) })
    let name = StreamMetric.auroc.rawValue
    guard lines.allSatisfy({ $0.points.allSatisfy { $0.metrics[name] != nil } }) else { return [quality] }
    let area = Figure(
      title: "AUROC in %", value: { $0.metrics[name] }, whole: { $0.metrics?[name] },
      text: { NumberFormat.fixed($0 * 100, 2) + " %" }, tick: { Axis.label($0 * 100, step: $1 * 100) })
    return [quality, area]
  }

  private static func plot(
    _ figure: Figure, _ lines: [Line], _ scenario: String, _ reference: String, _ data: ReportData
  ) -> Markup {
    let baseline = data.cell(.init(training: reference, inference: data.results.baseline), scenario).flatMap {
      figure.whole($0)?.mean
    }
    let values = lines.flatMap { $0.points.compactMap { figure.value($0)?.mean } } + (baseline.map { [$0] } ?? [])
    guard !values.filter(\.isFinite).isEmpty else { return .empty }
    let features = lines.flatMap { $0.points.map(\.features) }
    let frame = PlotFrame(
      width: 380, height: 260, left: 40, right: 10, top: 28, bottom: 34,
      x: Axis(linear: features + [0], count: 6), y: Axis(linear: values.filter(\.isFinite), count: 4))
    let axes = frame.axes(
      xTitle: "inputs used", yTitle: figure.title, xLabel: { Axis.label($0, step: frame.x.step) },
      yLabel: { figure.tick($0, frame.y.step) })
    let paths = lines.map { path(frame, figure, $0, data) }
    let rings = lines.map { ring(frame, figure, $0.arm, scenario, reference, data) }
    return ReportFigure(
      title: figure.title, description: label(figure, lines, scenario, baseline, data), size: (380, 260),
      drawing: "\(axes)\(level(frame, baseline, data))\(paths.joined())\(rings.joined())",
      data: FigureData(
        columns: ["arm", "budget", "inputs", "mean", "low", "high"],
        rows: lines.flatMap { line in
          line.points.map { point in
            let found = figure.value(point)
            return [
              .text(line.arm), .number(point.budget), .number(point.features), .optional(found?.mean),
              .optional(found?.low), .optional(found?.high),
            ]
          }
        })
    ).render()
  }

  private static func level(_ frame: PlotFrame, _ value: Double?, _ data: ReportData) -> Markup {
    guard let value, value.isFinite else { return .empty }
    let (left, right) = (frame.point(frame.x.low, value), frame.point(frame.x.high, value))
    return """
      <path class="line \(SeriesStyle.color(data.results.baseline, data))" d="M\(left.x) \(left.y)L\(right.x) \(right.y)">\
      <title>\(data.results.baseline), all inputs</title></path>

      """
  }

  private static func path(_ frame: PlotFrame, _ figure: Figure, _ line: Line, _ data: ReportData) -> Markup {
    let points = line.points.compactMap { point -> (x: Double, y: Double)? in
      guard let mean = figure.value(point)?.mean, mean.isFinite else { return nil }
      return frame.point(point.features, mean)
    }
    let commands = points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(NumberFormat.coordinate(point.x)) \(NumberFormat.coordinate(point.y))"
    }.joined()
    let dots = points.map { "<circle cx=\"\($0.x)\" cy=\"\($0.y)\" r=\"2.2\"/>" as Markup }
    return """
      <path class="line \(SeriesStyle.color(line.arm, data))" stroke-dasharray="\(dash(line.arm, data))" d="\(commands)">\
      <title>\(line.arm)</title></path>
      <g class="point \(SeriesStyle.color(line.arm, data))">\(dots.joined())</g>

      """
  }

  /// Where an arm serves with the settings that it has.
  private static func ring(
    _ frame: PlotFrame, _ figure: Figure, _ arm: String, _ scenario: String, _ reference: String, _ data: ReportData
  ) -> Markup {
    guard let cell = data.cell(.init(training: reference, inference: arm), scenario),
      let used = cell.metrics?[StreamMetric.features.rawValue]?.mean, let value = figure.whole(cell)?.mean,
      value.isFinite, used <= frame.x.high
    else { return .empty }
    let point = frame.point(used, value)
    return """
      <circle class="line \(SeriesStyle.color(arm, data))" fill-opacity="0" cx="\(point.x)" cy="\(point.y)" r="5.5">\
      <title>\(arm) as it serves: \(NumberFormat.significant(used)) inputs, \(figure.text(value))</title></circle>

      """
  }

  private static func label(
    _ figure: Figure, _ lines: [Line], _ scenario: String, _ baseline: Double?, _ data: ReportData
  ) -> String {
    let ends = lines.map { line -> String in
      let shown = [line.points.first, line.points.last].compactMap { point in
        point.flatMap { point in
          figure.value(point).map { "\(figure.text($0.mean)) with \(NumberFormat.significant(point.features))" }
        }
      }
      return "\(line.arm) from \(shown.joined(separator: " to "))"
    }
    let all = baseline.map { ["\(data.results.baseline) \(figure.text($0)) with all"] } ?? []
    return "\(figure.title) against inputs used in \(scenario): " + (ends + all).joined(separator: ", ")
  }

  private static func table(_ figure: Figure, _ lines: [Line], _ scenario: String, _ data: ReportData) -> Markup {
    let budgets = Set(lines.flatMap { $0.points.map(\.budget) }).sorted()
    let heads = budgets.map {
      "<th scope=\"col\">\(NumberFormat.withoutTrailingZeros(NumberFormat.significant($0)))</th>" as Markup
    }
    let rows = lines.map { line -> Markup in
      let values = budgets.map { budget -> Markup in
        guard let point = line.points.first(where: { $0.budget == budget }), let found = figure.value(point) else {
          return "<td>—</td>"
        }
        // Where inputs cost 1 the budget is their number, which need not be said twice.
        let used: Markup =
          abs(point.features - budget) < 0.005
          ? .empty : "<span class=\"about\">\(NumberFormat.significant(point.features)) inputs</span>"
        return "<td>\(figure.text(found.mean))\(used)</td>"
      }
      return "<tr><th scope=\"row\">\(line.arm)</th>\(values.joined())</tr>\n"
    }
    return Wording.scrollable(
      "\(figure.title) by budget in \(scenario)",
      """
      <table class="costs">
      <caption><span>\(figure.title) by budget of inputs, in the unit of their costs.</span></caption>
      <thead><tr><th scope="col">Arm</th>\(heads.joined())</tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
  }

  private static func dash(_ arm: String, _ data: ReportData) -> String {
    guard arm != data.results.baseline, let index = data.inferenceNames.firstIndex(of: arm) else { return "none" }
    let pattern = SeriesStyle.dashes[index % SeriesStyle.dashes.count]
    return pattern.isEmpty ? "none" : pattern
  }

  private static func legend(_ lines: [Line], _ data: ReportData) -> Markup {
    (lines.map(\.arm) + [data.results.baseline]).map { arm -> Markup in
      let suffix: Markup = arm == data.results.baseline ? " <span class=\"tag\">all inputs</span>" : ""
      return """
        <li><svg viewBox="0 0 34 10" class="swatch" aria-hidden="true"><path class="line \
        \(SeriesStyle.color(arm, data))" stroke-dasharray="\(dash(arm, data))" d="M1 5L33 5"/></svg>\(arm)\(suffix)</li>
        """
    }.joined()
  }
}
