internal import AttuneInference
internal import Foundation

/// What the shifts do to the inputs: rows as pictures, or how far features moved.
enum InputSection {
  static func render(_ data: ReportData) -> Markup {
    let pictures = data.results.scenarios.map(pictures).filter { $0 != .empty }
    let features = data.results.scenarios.map(features).filter { $0 != .empty }
    let seed = data.results.seeds.first.map(String.init) ?? ""
    let shown: Markup =
      pictures.isEmpty
      ? .empty
      : """
      <p>Inputs of each scenario with seed \(seed): rows of the stream as they were, and as the shifts leave them. Where a \
      stream has several domains there is a row of each.</p>
      <div class="picture-rows">
      \(pictures.joined())</div>
      """
    let moved: Markup =
      features.isEmpty
      ? .empty
      : """
      <p>The features whose distribution differs most from that of the training part, with seed \(seed). The gray bar is the \
      training part's mean with a standard deviation on both sides, the framed bar that of the stream.</p>
      <div class="small-multiples">
      \(features.joined())</div>
      """
    return pictures.isEmpty && features.isEmpty ? .empty : shown + moved
  }

  private static func pictures(_ scenario: ScenarioSummary) -> Markup {
    guard let strip = scenario.view?.pictures, strip.count > 0 else { return .empty }
    let side = 76.0, gap = 8.0, left = 62.0, top = 6.0
    let scale = side / Double(max(strip.width, strip.height))
    let size = (width: scale * Double(strip.width), height: scale * Double(strip.height))
    let rows = [
      (strip.before == nil ? "" : "before", strip.before), (strip.before == nil ? "as is" : "after", strip.after),
    ]
    .filter { $0.1 != nil }
    let drawn = rows.enumerated().map { line, row -> Markup in
      let y = top + Double(line) * (size.height + gap)
      let images = (0..<strip.count).map { index -> Markup in
        image(row.1 ?? Data(), index, strip, x: left + Double(index) * (side + gap), y: y, size)
      }
      return "<text class=\"tick\" x=\"0\" y=\"\(y + size.height / 2 + 4)\">\(row.0)</text>\n\(images.joined())"
    }
    let floor = top + Double(rows.count) * (size.height + gap) + 8
    let names = strip.names.enumerated().map { index, name -> Markup in
      let short = name.count > 13 ? name.prefix(12) + "…" : name
      return """
        <text class="tick" x="\(left + Double(index) * (side + gap) + size.width / 2)" y="\(floor)" \
        text-anchor="middle">\(short)</text>

        """
    }
    return ReportFigure(
      title: scenario.name,
      description: """
        \(Wording.counted(strip.count, "input")) of \(scenario.name) as pictures\(rows.count > 1 ? ", before and after" : ""): \
        \(strip.names.joined(separator: ", ")). \(scenario.summary)
        """,
      size: (left + Double(max(strip.count, 10)) * (side + gap), floor + 8),
      drawing: (drawn + names).joined(), data: table(strip), isWide: true,
      after: scenario.summary.isEmpty ? .empty : "<p class=\"note\">\(scenario.summary)</p>\n"
    ).render()
  }

  private static func image(
    _ bytes: Data, _ index: Int, _ strip: PictureStrip, x: Double, y: Double, _ size: (width: Double, height: Double)
  ) -> Markup {
    let count = strip.width * strip.height
    guard (index + 1) * count <= bytes.count else { return .empty }
    let pixels = Array(bytes)[index * count..<(index + 1) * count]
    let file = Data(PortableImage.gray(pixels, width: strip.width, height: strip.height)).base64EncodedString()
    return """
      <image class="pixels" x="\(x)" y="\(y)" width="\(size.width)" height="\(size.height)" \
      href="data:image/png;base64,\(file)"/>

      """
  }

  /// A row a picture: the pixels, from 0 for black to 255 for white.
  private static func table(_ strip: PictureStrip) -> FigureData {
    let count = strip.width * strip.height
    let rows = [("before", strip.before), ("after", Optional(strip.after))].flatMap { when, bytes in
      (0..<strip.count).compactMap { index -> [FigureData.Value]? in
        guard let bytes = bytes.map(Array.init), bytes.count >= (index + 1) * count else { return nil }
        return [.text(when), .text(index < strip.names.count ? strip.names[index] : "")]
          + bytes[index * count..<(index + 1) * count].map { .number(Double($0)) }
      }
    }
    return FigureData(columns: ["when", "name"] + (0..<count).map { "p\($0)" }, rows: rows)
  }

  private static func features(_ scenario: ScenarioSummary) -> Markup {
    guard let shifts = scenario.view?.features, !shifts.isEmpty else { return .empty }
    let reach = shifts.flatMap { [abs($0.meanShift) + min($0.deviationRatio, 20), 1] }.max() ?? 1
    let limit = min(reach, 20)
    let height = 44 + 20 * Double(shifts.count)
    let frame = PlotFrame(
      width: 380, height: height, left: 120, right: 12, top: 8, bottom: 36,
      x: Axis(linear: [-limit, limit], count: 6), y: Axis(low: 0, high: 1, ticks: [], step: 1))
    let axes = frame.axes(
      xTitle: "training standard deviations", yTitle: "", xLabel: { Axis.label($0, step: frame.x.step) },
      yLabel: { _ in "" })
    let bars = shifts.enumerated().map { index, shift -> Markup in
      let y = 14 + 20 * Double(index)
      func bar(_ style: String, _ mean: Double, _ deviation: Double, _ height: Double) -> Markup {
        let (start, end) = (
          frame.point(max(mean - deviation, frame.x.low), 0).x, frame.point(min(mean + deviation, frame.x.high), 0).x
        )
        return """
          <rect class="\(style)" x="\(min(start, end))" y="\(y - height / 2)" width="\(max(end - start, 1))" \
          height="\(height)"/>
          """
      }
      let name = shift.name.count > 18 ? shift.name.prefix(17) + "…" : shift.name
      return """
        <g><title>\(shift.name): mean moved by \(NumberFormat.significant(shift.meanShift)) standard deviations, spread \
        ×\(NumberFormat.significant(shift.deviationRatio))</title>\(bar("spread-before", 0, 1, 12))\
        \(bar("spread-after", shift.meanShift, shift.deviationRatio, 7))</g>\
        <text class="tick" x="112" y="\(y + 4)" text-anchor="end">\(name)</text>

        """
    }
    let words = shifts.prefix(3).map { "\($0.name) by \(NumberFormat.significant($0.meanShift))" }
    return ReportFigure(
      title: scenario.name,
      description:
        "How features of \(scenario.name) moved, in standard deviations of the training part: "
        + words.joined(separator: ", "),
      size: (380, height), drawing: "\(axes)\(bars.joined())",
      data: FigureData(
        columns: ["feature", "mean shift", "deviation ratio"],
        rows: shifts.map { [.text($0.name), .number($0.meanShift), .number($0.deviationRatio)] })
    ).render()
  }
}
