import Foundation

@testable import AttuneExperiments

/// A figure of the documentation: lines over two axes, as one SVG file that follows the reader's light or dark scheme.
struct Figure {
  /// One line.
  struct Line {
    let name: String
    /// Place in the palette, from 0.
    let color: Int
    /// Whether it is what theory says, drawn dashed, rather than a run.
    var isTheory = false
    let points: [(x: Double, y: Double)]
  }

  let title: String
  let xTitle: String
  let yTitle: String
  let x: Axis
  let y: Axis
  let lines: [Line]
  /// Whole numbers, and powers of ten as 1 k and 1 M.
  var xLabel: (Double) -> String = { value in
    let (number, unit) = value >= 1e6 ? (value / 1e6, " M") : value >= 1e3 ? (value / 1e3, " k") : (value, "")
    return NumberFormat.fixed(number, 0) + unit
  }
  var yLabel: (Double) -> String = { NumberFormat.significant($0, 1) }

  private static let light = ["#0072b2", "#d55e00", "#00875f", "#b8468f"]
  private static let dark = ["#56b4e9", "#ff8c42", "#2fcf9f", "#f08fc5"]

  var svg: String {
    let frame = PlotFrame(width: 720, height: 400, left: 64, right: 190, top: 56, bottom: 44, x: x, y: y)
    let axes = frame.axes(xTitle: xTitle, yTitle: yTitle, xLabel: xLabel, yLabel: yLabel)
    let paths = lines.map { line -> Markup in
      var commands = ""
      for (index, point) in line.points.enumerated() {
        let place = frame.point(min(max(point.x, x.low), x.high), min(max(point.y, y.low), y.high))
        commands += (index == 0 ? "M" : "L") + NumberFormat.coordinate(place.x) + " " + NumberFormat.coordinate(place.y)
      }
      return "<path class=\"line k\(line.color)\(line.isTheory ? " theory" : "")\" d=\"\(commands)\"/>\n"
    }
    let legend = lines.enumerated().map { index, line -> Markup in
      let height = 66.0 + 22 * Double(index)
      return """
        <path class="line k\(line.color)\(line.isTheory ? " theory" : "")" d="M544 \(height)L568 \(height)"/>\
        <text class="name" x="576" y="\(height + 4)">\(line.name)</text>

        """
    }
    let markup: Markup = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 400" role="img" aria-label="\(title)">
      <style>\(Markup(raw: Self.style))</style>
      <rect class="page" width="720" height="400"/>
      <text class="heading" x="12" y="24">\(title)</text>
      \(axes)\(paths.joined())\(legend.joined())</svg>

      """
    return markup.text
  }

  private static var style: String {
    func colors(_ palette: [String]) -> String {
      palette.enumerated().map { ".k\($0.offset){stroke:\($0.element)}" }.joined()
    }
    return """
      text{font:12px system-ui,sans-serif;fill:#5a626c}.heading{font-size:15px;font-weight:600;fill:#16191d}\
      .name{fill:#16191d}.page{fill:#fff}.grid{stroke:#eceef1}.axis{stroke:#9aa1aa}\
      .line{fill:none;stroke-width:2}.theory{stroke-dasharray:3 5;stroke-width:3.5;opacity:.55}\(colors(light))\
      @media(prefers-color-scheme:dark){text{fill:#a3acb7}.heading,.name{fill:#eceff3}.page{fill:#121417}\
      .grid{stroke:#262b31}.axis{stroke:#5a626c}\(colors(dark))}
      """
  }

  /// Every point of a long run that is needed to draw it on a logarithmic axis: about `count`, evenly by ratio.
  static func logarithmicSample(_ steps: Int, count: Int = 160) -> [Int] {
    var chosen: [Int] = [1]
    for index in 1...count {
      let step = Int(pow(Double(steps), Double(index) / Double(count)).rounded())
      if step > chosen[chosen.count - 1] { chosen.append(step) }
    }
    return chosen
  }
}
