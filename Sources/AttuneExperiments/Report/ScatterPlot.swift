/// A plot of quality against one cost on a logarithmic axis, with the Pareto front drawn and its points named.
struct ScatterPlot {
  /// A combination of arms with its figures.
  struct Point: Sendable {
    let combination: ReportData.Combination
    let cost: Double
    let quality: Double
  }

  /// Name and unit of the cost.
  let cost: String
  /// What follows a written cost.
  let unit: String
  /// How a cost is written.
  let format: (Double) -> String
  let points: [Point]

  private static let width = 600.0
  private static let height = 420.0
  /// Width of a character of a label; wide scripts take about twice as much.
  private static let characterWidth = 6.6
  private static let lineHeight = 12.5

  /// The figure with the list of the front below it; nothing where no point has this cost.
  func render(_ data: ReportData) -> Markup {
    guard !points.isEmpty else {
      return "<p class=\"note\">\(cost): not measured.</p>\n"
    }
    let frame = PlotFrame(
      width: Self.width, height: Self.height, left: 46, right: 14, top: 30, bottom: 38,
      x: Axis(logarithmic: points.map(\.cost), margin: (0.12, 0.06)),
      y: Axis(linear: points.map(\.quality), count: 6))
    let unlabeled = Set(data.unlabeledNames)
    let eligible = points.filter { unlabeled.contains($0.combination.inference) }
    let front = ParetoFront.indices(eligible.map { (x: $0.cost, y: $0.quality) }).map { eligible[$0] }
    let axes = frame.axes(
      xTitle: "\(cost) (log)", yTitle: "\(data.format.title)",
      xLabel: { NumberFormat.withoutTrailingZeros(format($0)) },
      yLabel: { data.format.tick($0, step: frame.y.step) })
    let label = """
      \(data.format.title) against \(cost), \(Wording.counted(points.count, "point")). The Pareto front is listed \
      below the plot.
      """
    return ReportFigure(
      title: "Against \(cost)", description: label, size: (Self.width, Self.height),
      drawing: "\(axes)\(line(front, frame))\(marks(frame, data, front))\(labels(front, frame))",
      data: table(front), isWide: true,
      after: """
        <p class="quiet">Pareto front, from cheap to dear:</p>
        <ol class="front">\(list(front, data))</ol>

        """, style: "plot"
    ).render()
  }

  private func table(_ front: [Point]) -> FigureData {
    let winners = Set(front.map(\.combination))
    return FigureData(
      columns: ["training", "inference", "cost", "quality", "front"],
      rows: points.map { point in
        [
          .text(point.combination.training), .text(point.combination.inference), .number(point.cost),
          .number(point.quality), .text(winners.contains(point.combination) ? "yes" : "no"),
        ]
      })
  }

  /// The front as steps: at a cost, the best quality that is to be had for it.
  private func line(_ front: [Point], _ frame: PlotFrame) -> Markup {
    guard let first = front.first else { return .empty }
    let start = frame.point(first.cost, first.quality)
    var commands = "M\(NumberFormat.coordinate(start.x)) \(NumberFormat.coordinate(start.y))"
    for point in front.dropFirst() {
      let place = frame.point(point.cost, point.quality)
      commands += "H\(NumberFormat.coordinate(place.x))V\(NumberFormat.coordinate(place.y))"
    }
    commands += "H\(NumberFormat.coordinate(frame.width - frame.right))"
    return "<path class=\"front-line\" d=\"\(commands)\"/>\n"
  }

  private func marks(_ frame: PlotFrame, _ data: ReportData, _ front: [Point]) -> Markup {
    let winners = Set(front.map(\.combination))
    let training = Dictionary(
      data.trainingNames.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    // Points of the front last, on top.
    let ordered = points.filter { !winners.contains($0.combination) } + front
    return ordered.map { point -> Markup in
      let place = frame.point(point.cost, point.quality)
      let inference = point.combination.inference
      let isWinner = winners.contains(point.combination)
      let style = [
        "point", SeriesStyle.color(inference, data), SeriesStyle.isHollow(inference, data) ? "hollow" : "",
        isWinner ? "winner" : "",
      ].filter { !$0.isEmpty }.joined(separator: " ")
      let mark = SeriesStyle.mark(
        training[point.combination.training] ?? 0, x: place.x, y: place.y, radius: isWinner ? 6 : 4.5)
      return "<g class=\"\(style)\"><title>\(text(point, data))</title>\(mark)</g>\n"
    }.joined()
  }

  private func labels(_ front: [Point], _ frame: PlotFrame) -> Markup {
    let bounds = LabelPlacement.Box(
      left: frame.left + 2, top: frame.top, width: frame.plotWidth - 2, height: frame.plotHeight - 2)
    var placement = LabelPlacement(
      bounds: bounds,
      obstacles: points.map { point in
        let place = frame.point(point.cost, point.quality)
        return LabelPlacement.Box(left: place.x - 6, top: place.y - 6, width: 12, height: 12)
      })
    return front.map { point -> Markup in
      let place = frame.point(point.cost, point.quality)
      let lines = [point.combination.training, point.combination.inference].map(Self.shortened)
      let box = placement.place(
        x: place.x, y: place.y, width: lines.map(Self.width).max() ?? 0, height: 2 * Self.lineHeight)
      // The leader ends at the nearest point of the box.
      let end = (
        x: min(max(place.x, box.left), box.left + box.width),
        y: min(max(place.y, box.top + 2), box.top + box.height - 2)
      )
      let distance = ((end.x - place.x) * (end.x - place.x) + (end.y - place.y) * (end.y - place.y)).squareRoot()
      let leader: Markup =
        distance < 14
        ? "" : "<line class=\"leader\" x1=\"\(place.x)\" y1=\"\(place.y)\" x2=\"\(end.x)\" y2=\"\(end.y)\"/>"
      let center = box.left + box.width / 2
      return """
        \(leader)<text class="label" text-anchor="middle"><tspan x="\(center)" y="\(box.top + 10)">\(lines[0])</tspan>\
        <tspan x="\(center)" y="\(box.top + 10 + Self.lineHeight)">\(lines[1])</tspan></text>

        """
    }.joined()
  }

  private func list(_ front: [Point], _ data: ReportData) -> Markup {
    front.map { "<li>\(text($0, data))</li>" as Markup }.joined()
  }

  private func text(_ point: Point, _ data: ReportData) -> String {
    """
    \(point.combination.training) · \(point.combination.inference): \(data.format.full(point.quality)) at \
    \(format(point.cost)) \(unit)
    """
  }

  /// At most 28 characters: a label longer than that does not fit beside its point.
  private static func shortened(_ name: String) -> String {
    name.count <= 28 ? name : name.prefix(27) + "…"
  }

  private static func width(_ text: String) -> Double {
    text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x1100 ? characterWidth : 2 * characterWidth) }
  }
}
