internal import AttuneInference

/// Whether arms know how sure they may be: confidence against accuracy.
enum ReliabilitySection {
  /// A plot an inference arm over all scenarios, and the calibration error by scenario; nothing where no arm has
  /// probabilities.
  static func render(_ data: ReportData) -> Markup {
    guard let reference = data.reference else { return .empty }
    let arms = data.inferenceNames.compactMap { arm -> (name: String, bins: CalibrationBins)? in
      bins(arm, data.scenarioNames, reference, data).map { (arm, $0) }
    }
    guard !arms.isEmpty else { return .empty }
    let places =
      data.scenarioNames.count == 1 ? "in the one scenario" : "over all \(data.scenarioNames.count) scenarios"
    return """
      <p>Answers of each inference arm on \(Wording.name(reference)), \(places) and all seeds, in \
      \(CalibrationBins.count) bins of equal width by their confidence (the largest probability). On the diagonal an arm is \
      as sure as it is right; below it, it is too sure. The expected calibration error (ECE) is the distance from the \
      diagonal, weighted by the answers in each bin (Guo et al. 2017).</p>
      <div class="small-multiples tight">
      \(arms.map { plot($0.name, $0.bins, data) }.joined())</div>
      \(table(arms.map(\.name), reference, data))
      """
  }

  private static func bins(
    _ arm: String, _ scenarios: [String], _ reference: String, _ data: ReportData
  ) -> CalibrationBins? {
    let found = data.cells(.init(training: reference, inference: arm), over: scenarios)
      .compactMap(\.answers?.calibration)
    guard var sum = found.first else { return nil }
    found.dropFirst().forEach { sum.add($0) }
    return sum
  }

  private static func plot(_ arm: String, _ bins: CalibrationBins, _ data: ReportData) -> Markup {
    let ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    let axis = Axis(low: 0, high: 1, ticks: ticks, step: 0.2)
    let frame = PlotFrame(
      width: 270, height: 250, left: 38, right: 12, top: 28, bottom: 34, x: axis, y: axis)
    let axes = frame.axes(
      xTitle: "confidence in %", yTitle: "accuracy in %", xLabel: { NumberFormat.fixed($0 * 100, 0) },
      yLabel: { NumberFormat.fixed($0 * 100, 0) })
    let all = Double(bins.rows.reduce(0, +)), width = 1 / Double(CalibrationBins.count)
    let bars = bins.rows.indices.map { bin -> Markup in
      guard bins.rows[bin] > 0 else { return .empty }
      let n = Double(bins.rows[bin]), accuracy = Double(bins.right[bin]) / n, confidence = bins.confidence[bin] / n
      let (start, end) = (
        frame.point(Double(bin) * width, accuracy), frame.point(Double(bin + 1) * width, 0)
      )
      let mark = frame.point(confidence, accuracy)
      return """
        <g><title>\(percent(confidence)) sure, \(percent(accuracy)) right, \(percent(n / all)) of the answers</title>\
        <rect class="bin" x="\(start.x + 0.5)" y="\(start.y)" width="\(end.x - start.x - 1)" \
        height="\(end.y - start.y)"/><circle class="bin-mean" cx="\(mark.x)" cy="\(mark.y)" r="2.6"/></g>

        """
    }
    let (low, high) = (frame.point(0, 0), frame.point(1, 1))
    let error = bins.expectedError.map(percent) ?? "—"
    let right = Double(bins.right.reduce(0, +)) / all, sure = bins.confidence.reduce(0, +) / all
    return ReportFigure(
      title: "\(arm): ECE \(error)",
      description: """
        Reliability of \(arm): \(percent(sure)) sure on average, \(percent(right)) right, expected calibration error \(error)
        """,
      size: (frame.width, frame.height),
      drawing: """
        \(axes)\(bars.joined())<line class="diagonal" x1="\(low.x)" y1="\(low.y)" x2="\(high.x)" y2="\(high.y)"/>

        """,
      data: FigureData(
        columns: ["low", "high", "answers", "right", "confidence"],
        rows: bins.rows.indices.map { bin in
          let n = Double(bins.rows[bin])
          return [
            .number(Double(bin) * width), .number(Double(bin + 1) * width), .number(n),
            .number(Double(bins.right[bin])), n > 0 ? .number(bins.confidence[bin] / n) : .missing,
          ]
        })
    ).render()
  }

  private static func table(_ arms: [String], _ reference: String, _ data: ReportData) -> Markup {
    let heads = data.scenarioNames.map { "<th scope=\"col\">\($0)</th>" as Markup }.joined()
    let rows = arms.map { arm -> Markup in
      let cells = data.scenarioNames.map { scenario -> Markup in
        let error = bins(arm, [scenario], reference, data)?.expectedError
        return "<td>\(error.map { NumberFormat.fixed($0 * 100, 1) } ?? "—")</td>"
      }
      return "<tr><th scope=\"row\">\(Wording.name(arm))</th>\(cells.joined())</tr>\n"
    }
    return Wording.scrollable(
      "Expected calibration error",
      """
      <table class="costs">
      <caption><span>Expected calibration error in %, all seeds together; lower is better.</span></caption>
      <thead><tr><th scope="col">Inference arm</th>\(heads)</tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table>
      """)
  }

  private static func percent(_ share: Double) -> String { NumberFormat.fixed(share * 100, 1) + " %" }
}
