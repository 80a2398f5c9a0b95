import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct PlotTests {
  @Test func `smoothing is a centered mean over up to three batches`() {
    #expect(LinePlot.smoothed([3, 6, 9, 0]) == [3, 6, 5, 0])
    #expect(LinePlot.smoothed([4]) == [4])
    #expect(LinePlot.smoothed([]).isEmpty)
  }

  @Test func `of nine arms the baseline and the seven that differ most are drawn`() {
    let shown = LinePlot.shownArms(ReportData(SampleResults.make()))
    #expect(shown.count == 8)
    #expect(shown.first == "none")
    #expect(!shown.contains("student"))
  }

  @Test func `the front has the points that none beats, of equal ones the first`() {
    let points: [(x: Double, y: Double)] = [(1, 9), (2, 5), (2, 5), (3, 7), (4, 1), (1.2, 9), (5, 2)]
    #expect(ParetoFront.indices(points, tolerance: 0) == [0, 1, 4])
  }

  @Test func `costs within the tolerance count as equal`() {
    let points: [(x: Double, y: Double)] = [(1, 9), (1.04, 5), (2, 4)]
    #expect(ParetoFront.indices(points, tolerance: 0.05) == [1, 2])
    #expect(ParetoFront.indices(points, tolerance: 0.03) == [0, 1, 2])
  }

  @Test func `labels of crowded points overlap neither each other nor points`() {
    let spots = (0..<8).map { index -> (x: Double, y: Double) in (100 + Double(index) * 25, 100 + Double(index) * 14) }
    let obstacles = spots.map { LabelPlacement.Box(left: $0.x - 6, top: $0.y - 6, width: 12, height: 12) }
    let bounds = LabelPlacement.Box(left: 0, top: 0, width: 500, height: 400)
    var placement = LabelPlacement(bounds: bounds, obstacles: obstacles)
    let boxes = spots.map { placement.place(x: $0.x, y: $0.y, width: 110, height: 25) }
    for (index, box) in boxes.enumerated() {
      #expect(boxes[..<index].allSatisfy { $0.overlap(box) == 0 })
      #expect(obstacles.allSatisfy { $0.overlap(box) == 0 })
      #expect(box.left >= 0 && box.top >= 0 && box.left + box.width <= 500 && box.top + box.height <= 400)
    }
  }

  @Test func `text on every step of the color scale has a contrast of at least 4.5`() {
    for scheme in ColorScale.Scheme.allCases {
      let ink = luminance(ColorScale.ink(scheme))
      let steps = (0..<ColorScale.steps).map { luminance(ColorScale.color($0, scheme)) }
      #expect(steps.allSatisfy { (max($0, ink) + 0.05) / (min($0, ink) + 0.05) >= 4.5 })
      // In one direction, so that the order shows without color.
      #expect(zip(steps, steps.dropFirst()).allSatisfy { scheme == .light ? $0 > $1 : $0 < $1 })
    }
  }

  @Test func `one collapsed arm does not take the colors from the others`() throws {
    let range = try #require(ColorScale.range([0.10, 0.11, 0.12, 0.13, 0.14, 0.90]))
    #expect(range.low == 0.10)
    #expect(range.high < 0.25)
    #expect(ColorScale.step(0.90, low: range.low, high: range.high) == ColorScale.steps - 1)
    #expect(ColorScale.step(0.10, low: range.low, high: range.high) == 0)
    let even = try #require(ColorScale.range([1, 2, 3, 4]))
    #expect(even == (1, 4))
  }

  /// Relative luminance as WCAG 2.2 defines it.
  private func luminance(_ hex: String) -> Double {
    let value = Int(hex.dropFirst(), radix: 16) ?? 0
    let channels = [value >> 16, value >> 8 & 255, value & 255].map { channel -> Double in
      let share = Double(channel) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
  }
}
