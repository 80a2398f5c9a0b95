import AttuneInference
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct ComparisonTests {
  private func cell(_ seeds: [UInt64], _ values: [Double?], metric: QualityMetric = .error) -> ComparedCell {
    ComparedCell(
      key: .init(row: ["a"], column: "s"), metric: metric, quality: Estimate(values.compactMap(\.self)), seeds: seeds,
      perSeed: values, costs: [:])
  }

  @Test func `equal seeds are paired`() throws {
    let difference = try #require(
      RunDifference(from: cell([1, 2, 3], [0.1, 0.2, 0.4]), to: cell([1, 2, 3], [0.05, 0.14, 0.36])))
    #expect(difference.pairs == 3)
    #expect(abs(difference.estimate.mean + 0.05) < 1e-12)
    // s = 0.01, t = 4.3027.
    #expect(abs(difference.estimate.high - (-0.05 + 4.302653 * 0.01 / 3.0.squareRoot())) < 1e-6)
    #expect(difference.verdict == .helps)
  }

  /// `scipy.stats.ttest_ind([.3,.5,.1],[.1,.2,.4,.3], equal_var=False).confidence_interval()` with the sign turned.
  @Test func `other seeds are independent samples`() throws {
    let difference = try #require(
      RunDifference(from: cell([1, 2, 3, 4], [0.1, 0.2, 0.4, 0.3]), to: cell([5, 6, 7], [0.3, 0.5, 0.1])))
    #expect(difference.pairs == nil)
    #expect(abs(difference.estimate.mean - 0.05) < 1e-12)
    #expect(difference.verdict == .noDifferenceShown)
    #expect(abs(difference.estimate.low + welchLow) < 1e-4, "\(difference.estimate.low)")
  }
  private let welchLow = 0.3542327954923027

  @Test func `other metrics are not compared`() {
    #expect(RunDifference(from: cell([1], [0.1]), to: cell([1], [0.1], metric: .rootMeanSquaredError)) == nil)
  }

  @Test func `the page names settings that differ and escapes names`() {
    var other = HandMadeResults.make()
    for index in other.cells.indices {
      other.cells[index].perSeed = other.cells[index].perSeed.map { $0.map { $0 - 0.01 } }
    }
    let runs = [
      ComparedRun(name: "one", run: .experiment(HandMadeResults.make()), config: "a: {b: 1, c: 2}\n"),
      ComparedRun(name: "<two>", run: .experiment(other), config: "a: {b: 3, c: 2}\n"),
      ComparedRun(name: "one", run: .experiment(HandMadeResults.make()), config: "a: {b: 1, c: 2}\n"),
    ]
    let page = ComparisonReport.render(runs)
    #expect(WellFormedness.failure(of: page) == nil)
    for part in ["<code>a.b</code>", "&lt;two&gt;", "−1.0", "one (2)", "paired by seed"] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(!page.contains("<code>a.c</code>"))
    #expect(ComparisonReport.render(runs) == page)
  }

  @Test func `runs without a common cell say so`() {
    var other = HandMadeResults.make()
    for index in other.cells.indices { other.cells[index].scenario = "elsewhere" }
    let page = ComparisonReport.render([
      ComparedRun(name: "one", run: .experiment(HandMadeResults.make()), config: ""),
      ComparedRun(name: "two", run: .experiment(other), config: ""),
    ])
    #expect(page.contains("have no cell in common"))
  }
}
