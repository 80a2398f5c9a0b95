import AttuneInference
import Testing

@testable import AttuneExperiments

/// The section of quality against the number of inputs, and its table in the terminal.
@Suite struct CurveSectionTests {
  /// `select` has a curve of three budgets in both scenarios.
  private func results(area: Bool = true, cost: Double = 1) -> ExperimentResults {
    var results = HandMadeResults.make()
    for index in results.cells.indices where results.cells[index].inference == "select" {
      results.cells[index].curve = [1.0, 2, 5].map { budget in
        let error = 0.4 - 0.03 * budget
        let auroc = 0.8 + 0.02 * budget
        return CurveResult(
          budget: budget * cost, features: budget, quality: Estimate(mean: error, low: error, high: error),
          metrics: area ? ["auroc": Estimate(mean: auroc, low: auroc, high: auroc)] : [:])
      }
      results.cells[index].metrics = ["features": Estimate(mean: 2, low: 2, high: 2)]
    }
    return results
  }

  @Test func `a scenario has a plot of the error and one of the area, with a table each`() {
    let page = HTMLReport.render(results())
    #expect(page.contains("<h2 id=\"inputs-title\">Quality against the number of inputs</h2>"))
    #expect(
      page.contains(
        "aria-label=\"error in % against inputs used in noise: select from 37.0 % with 1.00 to 25.0 % with 5.00, "
          + "none 31.0 % with all\""))
    #expect(page.contains("aria-label=\"AUROC in % against inputs used in clean: select from 82.00 % with 1.00"))
    #expect(page.contains("<td>82.00 %</td><td>84.00 %</td><td>90.00 %</td>"))
    #expect(page.contains("select as it serves: 2.00 inputs, 31.0 %"))
    #expect(WellFormedness.failure(of: page) == nil)
  }

  @Test func `without the area there is one plot, and inputs that cost more than 1 are counted`() {
    let page = HTMLReport.render(results(area: false, cost: 2))
    #expect(!page.contains("AUROC"))
    #expect(page.contains("<td>37.0 %<span class=\"about\">1.00 inputs</span></td>"))
  }

  @Test func `results without curves have no section`() {
    let page = HTMLReport.render(HandMadeResults.make())
    #expect(!page.contains("id=\"inputs\""))
    #expect(!TerminalTable.render(HandMadeResults.make(), color: false, width: 100).contains("by budget"))
  }

  @Test func `the terminal has a table of the error and one of the area`() {
    let text = TerminalTable.render(results(), color: false, width: 100)
    #expect(text.contains("noise, by budget of inputs: error in %"))
    #expect(text.contains("noise, by budget of inputs: AUROC in %"))
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.hasPrefix("2 ") && $0.hasSuffix("34.0") })
    #expect(lines.contains { $0.hasPrefix("5 ") && $0.hasSuffix("90.00") })
  }
}
