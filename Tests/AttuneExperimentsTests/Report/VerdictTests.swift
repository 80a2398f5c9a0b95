import Testing

@testable import AttuneExperiments

@Suite struct VerdictTests {
  @Test func `an inference arm's cells are counted and its scenarios named`() {
    let data = ReportData(HandMadeResults.make())
    let tally = VerdictTally(inference: "adapt", data)
    #expect(VerdictSection.counts(tally) == "helps in 2 of 4, hurts in 2")
    #expect(
      VerdictSection.places(tally.hurts, data, sized: true).text
        == "<span class=\"name\">clean</span> <span class=\"quiet\">(all 2 training arms, up to +2.0 points)</span>")
    #expect(tally.unclear.isEmpty)
    #expect(VerdictTally(inference: "select", data).unclearCount == 4)
  }

  @Test func `a scenario where only some training arms are hurt names them`() {
    var results = HandMadeResults.make()
    results.cells[10].verdict = .noDifferenceShown
    let data = ReportData(results)
    let tally = VerdictTally(inference: "adapt", data)
    #expect(
      VerdictSection.places(tally.hurts, data, sized: true).text
        == "<span class=\"name\">clean</span> <span class=\"quiet\">(plain, +2.0 points)</span>")
    #expect(
      VerdictSection.places(tally.unclear, data, sized: false).text
        == "<span class=\"name\">clean</span> <span class=\"quiet\">(augmented)</span>")
  }

  @Test func `a training arm is compared with the first one under the baseline`() {
    let tally = VerdictTally(training: "augmented", ReportData(HandMadeResults.make()))
    #expect(tally.cells == 2)
    #expect(tally.helps == 1)
    #expect(tally.hurts.map(\.scenario) == ["clean"])
  }

  @Test func `failed cells are counted apart`() {
    var results = HandMadeResults.make()
    results.cells[1].quality = nil
    results.cells[1].difference = nil
    let tally = VerdictTally(inference: "adapt", ReportData(results))
    #expect(VerdictSection.counts(tally) == "helps in 1 of 3, hurts in 2, 1 failed")
  }

  @Test func `the page says how often arms help, hurt and show nothing, and where none helps`() {
    let page = HTMLReport.render(HandMadeResults.make())
    #expect(
      page.contains(
        "Of 8 comparisons of an inference arm with the baseline arm, <b>2</b> show that it helps, "
          + "<b>2</b> that it hurts, and <b>4</b> show no difference."))
    #expect(page.contains("In <span class=\"name\">clean</span> no inference arm helps, whatever the training arm."))
  }
}
