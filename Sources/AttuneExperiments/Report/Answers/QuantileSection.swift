internal import AttuneInference

/// Predicted against actual values of a regression, by quantiles of the actual ones.
enum QuantileSection {
  /// A plot a scenario with a line an arm; nothing for classification.
  static func render(_ data: ReportData) -> Markup {
    guard let reference = data.reference else { return .empty }
    let arms = LinePlot.shownArms(data)
    let plots = data.scenarioNames.map { plot($0, arms, reference, data) }.filter { $0 != .empty }
    guard !plots.isEmpty else { return .empty }
    return """
      <p>Mean prediction against mean actual value on \(Wording.name(reference)), over all seeds, for \(QuantileBin.count) \
      groups of rows between quantiles of the actual values. The dotted line is where both are equal: what lies flatter \
      than it is drawn to the mean, what lies off it is biased.</p>
      <div class="small-multiples">
      \(plots.joined())</div>
      """
  }

  private static func plot(_ scenario: String, _ arms: [String], _ reference: String, _ data: ReportData) -> Markup {
    let lines = arms.enumerated().compactMap { index, arm -> (index: Int, arm: String, bins: [QuantileBin])? in
      let bins = data.cell(.init(training: reference, inference: arm), scenario)?.answers?.quantiles ?? []
      return bins.isEmpty ? nil : (index, arm, bins)
    }
    let values = lines.flatMap { $0.bins.flatMap { [$0.actual, $0.predicted] } }.filter(\.isFinite)
    guard !values.isEmpty else { return .empty }
    let actual = lines.flatMap { $0.bins.map(\.actual) }
    let frame = PlotFrame(
      width: 380, height: 270, left: 52, right: 12, top: 28, bottom: 34, x: Axis(linear: actual, count: 5),
      y: Axis(linear: values, count: 5))
    let axes = frame.axes(
      xTitle: "actual", yTitle: "predicted", xLabel: { Axis.label($0, step: frame.x.step) },
      yLabel: { Axis.label($0, step: frame.y.step) })
    let (low, high) = (max(frame.x.low, frame.y.low), min(frame.x.high, frame.y.high))
    let (start, end) = (frame.point(low, low), frame.point(high, high))
    let paths = lines.map { line -> Markup in
      let points = line.bins.filter { $0.predicted.isFinite }.map { frame.point($0.actual, $0.predicted) }
      let commands = points.enumerated().map { index, point in
        "\(index == 0 ? "M" : "L")\(NumberFormat.coordinate(point.x)) \(NumberFormat.coordinate(point.y))"
      }.joined()
      return """
        <path class="line \(SeriesStyle.color(line.arm, data))" \
        stroke-dasharray="\(LinePlot.dash(line.arm, line.index, data))" d="\(commands)"><title>\(line.arm)</title></path>

        """
    }
    let spans = lines.map { line in
      let ends = [line.bins.first, line.bins.last].compactMap { $0.map { NumberFormat.significant($0.predicted) } }
      return "\(line.arm) predicts \(ends.joined(separator: " to "))"
    }
    let all = actual.min().map { "\(NumberFormat.significant($0)) to \(NumberFormat.significant(actual.max() ?? $0))" }
    return ReportFigure(
      title: scenario,
      description: "Predicted against actual in \(scenario), actual \(all ?? ""): " + spans.joined(separator: ", "),
      size: (frame.width, frame.height),
      drawing: """
        \(axes)<line class="diagonal" x1="\(start.x)" y1="\(start.y)" x2="\(end.x)" y2="\(end.y)"/>\(paths.joined())
        """,
      data: FigureData(
        columns: ["arm", "rows", "actual", "predicted", "rmse"],
        rows: lines.flatMap { line in
          line.bins.map { bin in
            [
              .text(line.arm), .number(Double(bin.rows)), .number(bin.actual), .number(bin.predicted),
              .number(bin.error),
            ]
          }
        })
    ).render()
  }
}
