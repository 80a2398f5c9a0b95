import Foundation
import Testing

/// The figures in docs/images are what the code computes today.
///
/// After a wanted change draw them again, `UPDATE_FIGURES=1 swift test --filter DocumentationFigureTests`, and look.
@Suite struct DocumentationFigureTests {
  private static let images = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/images")

  /// The numbers in a text, and what stands between them.
  private func parts(_ text: String) -> (numbers: [Double], rest: String) {
    let pieces = text.split(separator: /-?[0-9]+(\.[0-9]+)?/, omittingEmptySubsequences: false)
    return (text.matches(of: /-?[0-9]+(\.[0-9]+)?/).compactMap { Double($0.output.0) }, pieces.joined(separator: "#"))
  }

  @Test func `the figures of the page on convergence show what the optimizers do`() throws {
    for (file, figure) in try ConvergenceFigures.all() {
      let url = Self.images.appending(path: "\(file).svg")
      if ProcessInfo.processInfo.environment["UPDATE_FIGURES"] == "1" {
        try figure.svg.write(to: url, atomically: true, encoding: .utf8)
      }
      let drawn = parts(figure.svg), kept = parts(try String(contentsOf: url, encoding: .utf8))
      #expect(drawn.rest == kept.rest, "\(file)")
      // Another mathematical library may round a hundredth of a unit the other way.
      #expect(zip(drawn.numbers, kept.numbers).allSatisfy { abs($0 - $1) < 0.05 }, "\(file)")
    }
  }
}
