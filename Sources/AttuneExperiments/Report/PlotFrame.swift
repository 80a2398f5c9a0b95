/// The frame of a plot: its area, its axes with grid and labels.
struct PlotFrame: Sendable {
  let width: Double
  let height: Double
  let left: Double
  let right: Double
  let top: Double
  let bottom: Double
  let x: Axis
  let y: Axis

  /// The place of a point, in the drawing's units.
  func point(_ xValue: Double, _ yValue: Double) -> (x: Double, y: Double) {
    (left + x.position(xValue) * plotWidth, height - bottom - y.position(yValue) * plotHeight)
  }

  var plotWidth: Double { width - left - right }
  var plotHeight: Double { height - top - bottom }

  /// Grid lines, tick labels and the titles of the axes.
  func axes(xTitle: String, yTitle: String, xLabel: (Double) -> String, yLabel: (Double) -> String) -> Markup {
    let floor = height - bottom
    let horizontal = y.ticks.map { tick -> Markup in
      let position = point(x.low, tick).y
      return """
        <line class="grid" x1="\(left)" y1="\(position)" x2="\(width - right)" y2="\(position)"/>\
        <text class="tick" x="\(left - 6)" y="\(position + 3.5)" text-anchor="end">\(yLabel(tick))</text>

        """
    }
    let vertical = x.ticks.map { tick -> Markup in
      let position = point(tick, y.low).x
      return """
        <line class="axis" x1="\(position)" y1="\(floor)" x2="\(position)" y2="\(floor + 4)"/>\
        <text class="tick" x="\(position)" y="\(floor + 16)" text-anchor="middle">\(xLabel(tick))</text>

        """
    }
    return """
      \(horizontal.joined())<line class="axis" x1="\(left)" y1="\(floor)" x2="\(width - right)" y2="\(floor)"/>
      \(vertical.joined())<text class="title" x="\(left)" y="\(top - 10)">\(yTitle)</text>
      <text class="title" x="\(width - right)" y="\(height - 4)" text-anchor="end">\(xTitle)</text>

      """
  }
}
