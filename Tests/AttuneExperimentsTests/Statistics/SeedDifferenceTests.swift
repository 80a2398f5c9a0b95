import Testing

@testable import AttuneExperiments

@Suite struct SeedDifferenceTests {
  @Test func `the interval is that of a calculation by hand`() throws {
    // Mean 2, standard deviation 1, n = 3: 2 ± 4.3027 / √3.
    let difference = try #require(SeedDifference([1, 2, 3]))
    #expect(difference.estimate.mean == 2)
    #expect(abs(difference.estimate.low + 0.48414) < 1e-4)
    #expect(abs(difference.estimate.high - 4.48414) < 1e-4)
    #expect(difference.verdict == .noDifferenceShown)
  }

  @Test func `an interval on one side of zero is a verdict, one seed is none`() throws {
    #expect(try #require(SeedDifference([-1, -1.1, -0.9])).verdict == .helps)
    #expect(try #require(SeedDifference([1, 1.1, 0.9])).verdict == .hurts)
    let single = try #require(SeedDifference([-5]))
    #expect(single.verdict == .noDifferenceShown)
    #expect(single.estimate == Estimate(mean: -5, low: -5, high: -5))
    #expect(SeedDifference([]) == nil)
    #expect(SeedDifference([1, .nan]) == nil)
  }
}
