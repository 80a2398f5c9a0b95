import Testing

@testable import AttuneCommand

@Suite struct ProgressLineTests {
  @Test func `the time left counts only what was done in this run`() {
    var line = ProgressLine("units")
    // 10 of 20 were there; 2 more took 6 s, so 8 take 24 s.
    #expect(line.text(10, of: 20, seconds: 0) == "units: 10/20 (50 %), 0 s")
    #expect(line.text(12, of: 20, seconds: 6) == "units: 12/20 (60 %), 6 s, about 24 s left")
    #expect(line.text(20, of: 20, seconds: 30) == "units: 20/20 (100 %), 30 s")
  }

  @Test func `no time left is told before a tenth of the work and two seconds`() {
    var line = ProgressLine("units")
    #expect(line.text(0, of: 100, seconds: 0) == "units: 0/100 (0 %), 0 s")
    #expect(line.text(9, of: 100, seconds: 30) == "units: 9/100 (9 %), 30 s")
    #expect(line.text(10, of: 100, seconds: 50) == "units: 10/100 (10 %), 50 s, about 7 min 30 s left")
    var quick = ProgressLine("units")
    _ = quick.text(0, of: 4, seconds: 0)
    #expect(quick.text(2, of: 4, seconds: 1.9) == "units: 2/4 (50 %), 2 s")
  }

  @Test(arguments: [(0.4, "0 s"), (59.7, "1 min 0 s"), (61.0, "1 min 1 s"), (7260.0, "2 h 1 min")])
  func `durations are short`(seconds: Double, text: String) {
    #expect(ProgressLine.duration(seconds) == text)
  }
}
