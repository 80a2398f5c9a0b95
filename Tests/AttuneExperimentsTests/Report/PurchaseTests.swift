import Testing

@testable import AttuneExperiments

@Suite struct PurchaseTests {
  @Test func `the best arms alone and together are found and paired by seed`() throws {
    let data = ReportData(HandMadeResults.make())
    let purchase = try #require(Purchase(data, over: ["noise"]))
    #expect(purchase.start.combination == .init(training: "plain", inference: "none"))
    #expect(purchase.training.combination == .init(training: "augmented", inference: "none"))
    #expect(purchase.inference.combination == .init(training: "plain", inference: "adapt"))
    #expect(purchase.both.combination == .init(training: "augmented", inference: "adapt"))
    // Per seed −0.06, −0.05, −0.07.
    #expect(abs(try #require(purchase.training.change).estimate.mean + 0.06) < 1e-12)
    #expect(try #require(purchase.training.change).seeds == 3)
  }

  @Test func `where nothing is better the start is the best`() throws {
    let purchase = try #require(Purchase(ReportData(HandMadeResults.make()), over: ["clean"]))
    #expect(purchase.training.change == nil)
    #expect(purchase.inference.change == nil)
    #expect(purchase.both.combination == purchase.start.combination)
  }

  @Test func `an arm that sees labels is no candidate but is mentioned`() throws {
    var results = HandMadeResults.make()
    results.inferenceArms[1].usesLabels = true
    let purchase = try #require(Purchase(ReportData(results), over: ["noise"]))
    #expect(purchase.both.combination == .init(training: "augmented", inference: "none"))
    #expect(purchase.labeled?.combination == .init(training: "augmented", inference: "adapt"))
    #expect(HTMLReport.render(results).contains("plays under other rules"))
  }

  @Test func `the break-even is extra training over extra work per prediction`() throws {
    let data = ReportData(HandMadeResults.make())
    let purchase = try #require(Purchase(data, over: ["noise"]))
    // (5.5e9 − 2.5e9) / (56,700 − 18,900).
    let predictions = try #require(purchase.breakEven(data, over: ["noise"]))
    #expect(abs(predictions - 3e9 / 37_800) < 1e-6)
  }

  @Test func `a seed that failed on one side leaves the pairing`() throws {
    var results = HandMadeResults.make()
    results.cells[3].perSeed[1] = nil
    let change = try #require(Purchase(ReportData(results), over: ["noise"])?.training.change)
    #expect(change.seeds == 2)
    // 0.24 − 0.30 and 0.25 − 0.32.
    #expect(abs(change.estimate.mean + 0.065) < 1e-12)
  }

  @Test func `no comparison where the start failed`() {
    var results = HandMadeResults.make()
    results.cells[0].quality = nil
    #expect(Purchase(ReportData(results), over: ["noise"]) == nil)
    let page = HTMLReport.render(results)
    #expect(page.contains("Left out of the averages: <span class=\"name\">noise</span>, where the start failed."))
    #expect(page.contains("failed: the baseline did not finish"))
    #expect(page.contains("In <span class=\"name\">clean</span>, "))
  }
}
