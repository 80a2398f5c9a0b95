/// How arms are told apart in plots: the same inference arm has the same color in every plot of a page.
enum SeriesStyle {
  /// Number of colors besides the baseline's.
  static let colors = 8
  /// Dash patterns by place among the drawn lines; the baseline is solid.
  static let dashes = ["", "7 3", "2 2.5", "9 3 2 3", "4 3", "12 3", "7 3 2 3 2 3", "1 3"]
  /// Number of different shapes.
  static let shapes = 8

  /// The class that colors an inference arm: `c0` is the baseline's neutral ink, others follow in the order of the
  /// config.
  static func color(_ inference: String, _ data: ReportData) -> String {
    if inference == data.results.baseline { return "c0" }
    let others = data.inferenceNames.filter { $0 != data.results.baseline }
    return "c\((others.firstIndex(of: inference) ?? 0) % colors + 1)"
  }

  /// Whether the color of an inference arm was used before, so that its marks are drawn hollow.
  static func isHollow(_ inference: String, _ data: ReportData) -> Bool {
    let others = data.inferenceNames.filter { $0 != data.results.baseline }
    return (others.firstIndex(of: inference) ?? 0) / colors % 2 == 1
  }

  /// The mark of the training arm with number `index`, around a point.
  static func mark(_ index: Int, x: Double, y: Double, radius r: Double = 5) -> Markup {
    func polygon(_ points: [(Double, Double)]) -> Markup {
      let list = points.map { Markup("\(x + $0.0 * r),\(y + $0.1 * r)") }.joined(" ")
      return "<polygon points=\"\(list)\"/>"
    }
    switch index % shapes {
    case 0: return "<circle cx=\"\(x)\" cy=\"\(y)\" r=\"\(r)\"/>"
    case 1: return polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case 2: return polygon([(0, -1.15), (1.1, 0.85), (-1.1, 0.85)])
    case 3: return polygon([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)])
    case 4: return polygon([(0, 1.15), (1.1, -0.85), (-1.1, -0.85)])
    case 5:
      return polygon([
        (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2),
        (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4),
      ])
    case 6: return polygon([(-0.6, -1.05), (0.6, -1.05), (1.2, 0), (0.6, 1.05), (-0.6, 1.05), (-1.2, 0)])
    default:
      return polygon([
        (0, -1.3), (0.35, -0.45), (1.25, -0.4), (0.55, 0.2), (0.8, 1.1), (0, 0.6), (-0.8, 1.1), (-0.55, 0.2),
        (-1.25, -0.4), (-0.35, -0.45),
      ])
    }
  }
}
