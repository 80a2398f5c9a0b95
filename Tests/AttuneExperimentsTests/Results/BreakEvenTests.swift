import Testing

@testable import AttuneExperiments

@Suite struct BreakEvenTests {
  private func combination(
    _ name: String, quality: Double = 0.1, fixed: Double, each: Double, seconds: Double? = nil, labels: Bool = false
  ) -> CombinationFigures {
    CombinationFigures(
      training: name, inference: "none", quality: quality, fixedFlops: fixed, flopsPerPrediction: each,
      fixedSeconds: fixed / 1e9, secondsPerPrediction: seconds, seesLabels: labels)
  }

  @Test func `totals meet where the extra training is paid back`() throws {
    let cheap = combination("cheap", fixed: 1e9, each: 3000), dear = combination("dear", fixed: 4e9, each: 1000)
    let pair = try #require(BreakEven(cheap, dear, .flops))
    #expect(pair.relation == .secondLater && pair.predictions == 1.5e6)
    #expect(cheap.total(.flops, predictions: 1.5e6) == dear.total(.flops, predictions: 1.5e6))
    let turned = try #require(BreakEven(dear, cheap, .flops))
    #expect(turned.relation == .firstLater && turned.predictions == 1.5e6)
    #expect(BreakEvenSection.words(pair) == "the second from 1.50 M predictions on")
  }

  @Test func `what costs no more anywhere never meets`() throws {
    let base = combination("base", fixed: 1e9, each: 1000)
    #expect(BreakEven(base, combination("b", fixed: 2e9, each: 1000), .flops)?.relation == .firstAlways)
    #expect(BreakEven(base, combination("b", fixed: 1e9, each: 900), .flops)?.relation == .secondAlways)
    #expect(BreakEven(base, combination("b", fixed: 5e8, each: 900), .flops)?.relation == .secondAlways)
    #expect(BreakEven(base, base, .flops)?.relation == .same)
    #expect(BreakEven(base, combination("b", fixed: 5e8, each: 900), .flops)?.predictions == nil)
    // Seconds were not measured.
    #expect(BreakEven(base, base, .seconds) == nil)
  }

  @Test func `figures of a combination are those of its cells`() throws {
    let results = HandMadeResults.make()
    let combinations = results.combinations(over: ["noise"])
    #expect(combinations.count == 6)
    let adapted = combinations[1]
    #expect(adapted.name == "plain with adapt" && abs(adapted.quality - 0.21) < 1e-12)
    #expect(adapted.fixedFlops == 2.5e9 && adapted.flopsPerPrediction == 56_700 && adapted.fixedSeconds == 3.42)
    // 183 µs for 50 rows.
    #expect(abs(try #require(adapted.secondsPerPrediction) - 3.66e-6) < 1e-15)
    #expect(abs(try #require(adapted.total(.seconds, predictions: 1e6)) - (3.42 + 3.66)) < 1e-9)
    var broken = results
    broken.cells[1].quality = nil
    #expect(broken.combinations(over: ["noise"]).count == 5 && broken.combinations(over: ["clean"]).count == 6)
  }

  @Test func `the front moves from cheap training to cheap predictions`() {
    let analysis = BreakEvenAnalysis(HandMadeResults.make(), over: ["noise"])
    let few = analysis.front(.flops, predictions: 1e3).map(\.name)
    #expect(few == ["plain with none", "plain with adapt", "augmented with adapt"])
    // With many, plain adapted costs three times the augmented one and is better all the same; none is cheapest.
    let many = analysis.front(.flops, predictions: 1e9).map(\.name)
    #expect(many == ["plain with none", "augmented with none", "plain with adapt", "augmented with adapt"])
    #expect(analysis.leading(.flops).count == 4 && analysis.pairs(.flops).count == 15)
    var labeled = HandMadeResults.make()
    labeled.inferenceArms[1].usesLabels = true
    let front = BreakEvenAnalysis(labeled, over: ["noise"]).front(.flops, predictions: 1e9)
    #expect(front.map(\.name) == ["plain with none", "augmented with none"])
  }

  @Test func `files and sections hold the pairs and the fronts`() {
    let results = HandMadeResults.make()
    let pairs = BreakEvenCSV.render(results).split(separator: "\r\n")
    // Six combinations in two units.
    #expect(pairs.count == 1 + 2 * 15)
    #expect(Set(pairs.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }) == [13])
    let fronts = BreakEvenCSV.renderFronts(results).split(separator: "\r\n")
    #expect(fronts.count == 1 + 2 * 7 * 6)
    let page = HTMLReport.render(results)
    #expect(page.contains("id=\"break-even\"") && page.contains("id=\"best-for\""))
    #expect(page.contains("predictions on</td>"))
    let data = ReportData(results)
    let plot = BreakEvenPlot(combinations: BreakEvenSection.drawn(BreakEvenAnalysis(results), .flops), unit: .flops)
    #expect(plot.table.rows.count == plot.combinations.count * 25)
    #expect(plot.figure(data).text.contains("<svg"))
  }

  @Test func `at most eight curves are drawn`() {
    let sample = SampleResults.make()
    for unit in CostUnit.allCases {
      let drawn = BreakEvenSection.drawn(BreakEvenAnalysis(sample), unit)
      #expect(!drawn.isEmpty && drawn.count <= BreakEvenPlot.limit)
    }
  }
}
