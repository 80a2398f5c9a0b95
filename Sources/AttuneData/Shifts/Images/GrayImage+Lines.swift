internal import AttuneCore
internal import Foundation

extension GrayImage {
  /// A soft line across the image.
  func withLine(using generator: inout Philox) -> GrayImage {
    var drawing = canvas
    let first = Double(generator.nextIndex(below: 5)), last = Double(22 + generator.nextIndex(below: 5))
    let (from, to) = drawing.ends(using: &generator)
    drawing.addLine(from: (from, first), to: (to, last))
    return adding(drawing)
  }

  /// A soft line from the left to the right edge, of which every second pair of columns is left out.
  func withDottedLine(using generator: inout Philox) -> GrayImage {
    var drawing = canvas
    let (from, to) = drawing.ends(using: &generator)
    drawing.addLine(from: (from, 0), to: (to, Double(drawing.width - 1)))
    for row in 0..<drawing.height {
      for column in 0..<drawing.width where column / 2 % 2 == 0 { drawing[row, column] = 0 }
    }
    return adding(drawing)
  }

  /// A soft zigzag about a line that falls or rises by up to 5 pixels.
  func withZigzag(using generator: inout Philox) -> GrayImage {
    let amplitude = 2.0, half = 2.0, first = 2.0, last = 25.0
    var drawing = canvas
    let from = Double(generator.nextIndex(below: max(1, drawing.height - 1)))
    let angle = atan2(Double(generator.nextIndex(below: 10) - 5), last - first)
    let length = (last - first) / cos(angle), turns = Int((length - half) / (2 * half)) + 1
    // Along the line and across it.
    var points = [(0.0, 0.0)]
    for turn in 0..<turns { points.append(((2 * Double(turn) + 1) * half, turn % 2 == 0 ? amplitude : -amplitude)) }
    let rest = length - 2 * half * (length / (2 * half)).rounded(.down)
    if rest > 0 { points.append((length, points[points.count - 1].1 / (2 * rest))) }
    let placed = points.map { along, across in
      (from + sin(angle) * along + cos(angle) * across, first + cos(angle) * along - sin(angle) * across)
    }
    for (start, end) in zip(placed, placed.dropFirst()) { drawing.addLine(from: start, to: end) }
    return adding(drawing)
  }

  /// The rows in which a line starts and ends.
  private func ends(using generator: inout Philox) -> (Double, Double) {
    let bound = max(1, height - 1)
    return (Double(generator.nextIndex(below: bound)), Double(generator.nextIndex(below: bound)))
  }

  private func adding(_ drawing: GrayImage) -> GrayImage {
    let drawn = drawing.resized(height: height, width: width)
    var result = self
    for i in pixels.indices { result.pixels[i] += min(drawn.pixels[i], 1) }
    return result
  }

  /// Adds `1 + log(1 − distance / 2.3)`, not below 0, between two columns; the distance is taken along the column.
  private mutating func addLine(from start: (row: Double, column: Double), to end: (row: Double, column: Double)) {
    guard end.column > start.column else { return }
    let slope = (end.row - start.row) / (end.column - start.column)
    for column in max(0, Int(start.column.rounded(.down)))..<max(0, min(Int(end.column.rounded(.up)), width)) {
      let middle = start.row + slope * (Double(column) - start.column)
      for row in 0..<height {
        let distance = min(abs(Double(row) - middle), 2.3 - 1e-10)
        self[row, column] = min(self[row, column] + max(0, 1 + log(1 - distance / 2.3)), 1)
      }
    }
  }
}
