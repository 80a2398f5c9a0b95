internal import Foundation

/// Total cost against the number of predictions, both logarithmic: one curve per combination of arms.
struct BreakEvenPlot {
  /// The most curves that are drawn.
  static let limit = 8

  let combinations: [CombinationFigures]
  let unit: CostUnit

  /// The figure; nothing without combinations.
  func figure(_ data: ReportData) -> Markup {
    let totals = combinations.flatMap { combination in
      points.compactMap { combination.total(unit, predictions: $0) }.filter { $0 > 0 }
    }
    guard !totals.isEmpty else { return .empty }
    let frame = PlotFrame(
      width: 600, height: 380, left: 58, right: 14, top: 30, bottom: 38,
      x: Axis(logarithmic: points, margin: (0, 0)), y: Axis(logarithmic: totals))
    let axes = frame.axes(
      xTitle: "predictions (log)", yTitle: "\(title) (log)",
      xLabel: { NumberFormat.withoutTrailingZeros(NumberFormat.count($0)) },
      yLabel: { NumberFormat.withoutTrailingZeros(tick($0)) })
    let curves = combinations.enumerated().map { index, combination -> Markup in
      let path = points.compactMap { n in combination.total(unit, predictions: n).map { (n, $0) } }
        .enumerated().map { place, point in
          let position = frame.point(point.0, point.1)
          return "\(place == 0 ? "M" : "L")\(NumberFormat.coordinate(position.x)) "
            + NumberFormat.coordinate(position.y)
        }.joined()
      return """
        <path class="line \(SeriesStyle.color(combination.inference, data))" stroke-dasharray="\(dash(index))" \
        d="\(path)"><title>\(combination.name)</title></path>

        """
    }
    let items = combinations.enumerated().map { index, combination -> Markup in
      """
      <li><svg viewBox="0 0 34 10" class="swatch" aria-hidden="true"><path class="line \
      \(SeriesStyle.color(combination.inference, data))" stroke-dasharray="\(dash(index))" d="M1 5L33 5"/></svg>\
      \(combination.name): \(data.format.full(combination.quality))</li>
      """
    }
    let label = "\(title) against the number of predictions, \(Wording.counted(combinations.count, "curve"))"
    return ReportFigure(
      title: title, description: label, size: (600, 380), drawing: "\(axes)\(curves.joined())", data: table,
      isWide: true, after: "<ul class=\"legend lines\">\(items.joined())</ul>\n", style: "plot"
    ).render()
  }

  /// The data of the figure: a row per curve and point.
  var table: FigureData {
    FigureData(
      columns: ["training", "inference", "predictions", unit.rawValue],
      rows: combinations.flatMap { combination in
        points.compactMap { n -> [FigureData.Value]? in
          guard let total = combination.total(unit, predictions: n) else { return nil }
          return [.text(combination.training), .text(combination.inference), .number(n), .number(total)]
        }
      })
  }

  /// Four points a decade.
  private var points: [Double] {
    let decades = BreakEvenAnalysis.predictions
    let steps = zip(decades, decades.dropFirst()).flatMap { low, high in
      (0..<4).map { low * pow(high / low, Double($0) / 4) }
    }
    return steps + decades.suffix(1)
  }

  private var title: String { unit == .flops ? "total FLOPs" : "total seconds" }

  private func tick(_ value: Double) -> String {
    unit == .flops ? NumberFormat.count(value) : NumberFormat.seconds(value)
  }

  /// The same inference arm has one color on several training arms: dashes tell the curves apart.
  private func dash(_ index: Int) -> String {
    let pattern = SeriesStyle.dashes[index % SeriesStyle.dashes.count]
    return pattern.isEmpty ? "none" : pattern
  }
}
