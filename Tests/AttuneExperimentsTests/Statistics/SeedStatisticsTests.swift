import Testing

@testable import AttuneExperiments

@Suite struct SeedStatisticsTests {
  private func statistics(_ change: (inout StatisticsConfiguration) -> Void) -> SeedStatistics {
    var configuration = StatisticsConfiguration()
    change(&configuration)
    return SeedStatistics(configuration)
  }

  @Test func `all sign patterns are gone through up to twenty pairs, more are drawn and never give zero`() {
    // Only the pattern itself and its opposite reach as far.
    #expect(PairedTest.permutation([1, 2, 3, 4, 5]) == 2.0 / 32)
    #expect(PairedTest.smallestPermutation(pairs: 5) == 2.0 / 32)
    #expect(PairedTest.permutation([1]) == 1)
    #expect(PairedTest.permutation([0, 0, 0]) == 1)
    // Two of three patterns that keep the first sign: 1 + 1 and 1 - 1 of {+, -}.
    #expect(PairedTest.permutation([1, -1]) == 1)
    let twenty = (0..<20).map { Double($0) + 1 }
    #expect(PairedTest.permutation(twenty) == 2 / Double(1 << 20))
    let many = (0..<40).map { Double($0) + 1 }
    #expect(PairedTest.permutation(many) == 1e-5)
    #expect(PairedTest.smallestPermutation(pairs: 40) == 1e-5)
    // A difference of one standard error: about as probable as by the t-test.
    let weak = (0..<40).map { ($0 % 2 == 0 ? 1.0 : -1) + 0.16 }
    let drawn = PairedTest.permutation(weak), student = PairedTest.student(weak) ?? 0
    #expect(abs(drawn - student) < 0.1 && drawn == PairedTest.permutation(weak))
  }

  @Test func `equal differences have no t-test, and too few seeds show nothing by the other one`() throws {
    // 0.3 - 0.2 and 0.2 - 0.1 differ in the last bit.
    let differences = [0.3 - 0.2, 0.2 - 0.1, 0.4 - 0.3, 0.5 - 0.4, 0.1]
    let comparison = try #require(SeedStatistics().comparison(of: differences))
    #expect(comparison.student == nil && comparison.effectSize == nil && comparison.test == .permutation)
    #expect(comparison.adjusted == 0.0625 && comparison.verdict == .noDifferenceShown)
    let same = try #require(SeedStatistics().comparison(of: [0, 0, 0, 0, 0, 0, 0]))
    #expect(same.adjusted == 1 && same.verdict == .noDifferenceShown)
    // Seven equal ones cannot be chance.
    #expect(try #require(SeedStatistics().comparison(of: Array(repeating: 0.1, count: 7))).verdict == .hurts)
  }

  @Test func `one seed, missing seeds and figures that are no numbers are not made up`() throws {
    let single = try #require(SeedStatistics().comparison([0.1], with: [0.4]))
    #expect(single.verdict == .noDifferenceShown && single.method == nil && single.pairs == 1 && single.adjusted == 1)
    let partial = try #require(SeedStatistics().comparison([0.1, nil, 0.2, 0.1], with: [0.4, 0.4, 0.5, nil]))
    #expect(partial.pairs == 2 && partial.missing == 2)
    #expect(abs(try #require(partial.errorReduction) - (1 - 0.3 / 0.9)) < 1e-12)
    #expect(SeedStatistics().comparison([nil, 0.2], with: [0.1, nil]) == nil)
    #expect(SeedStatistics().comparison([.nan, 0.2], with: [0.1, 0.1]) == nil)
    #expect(SeedStatistics().comparison([0.2, 0.2], with: [0, 0])?.errorReduction == nil)
  }

  @Test func `the same difference is shown alone and not among many`() throws {
    let seeds = statistics { $0.correction = .holm }
    let one = try #require(seeds.comparison(of: [-1, -1.4, -0.8, -1.2, -0.9]))
    #expect(one.verdict == .helps && one.test == .t && one.family == 1)
    let none = try #require(seeds.comparison(of: [0.1, -0.2, 0.15, -0.05, 0.01]))
    let family = seeds.corrected([one] + Array(repeating: none, count: 999))
    #expect(family[0].family == 1000 && abs(family[0].adjusted - 1000 * one.probability) < 1e-12)
    #expect(family[0].verdict == .noDifferenceShown)
    let uncorrected = statistics { $0.correction = .none }.corrected([one] + Array(repeating: none, count: 999))
    #expect(uncorrected[0].verdict == .helps && uncorrected[0].adjusted == one.probability)
  }

  @Test func `the permutation test decides where it can reach the corrected level`() throws {
    let eight = [-1, -1.4, -0.8, -1.2, -0.9, -1.1, -1.3, -0.7]
    let one = try #require(SeedStatistics().comparison(of: eight))
    // 2 / 256 alone reaches 0.05, seven times as much does not.
    #expect(one.test == .permutation && one.adjusted == 2.0 / 256)
    let seven = SeedStatistics().corrected(Array(repeating: one, count: 7))
    #expect(seven.allSatisfy { $0.test == .t && $0.verdict == .helps })
    let alone = statistics { $0.correction = .none }.corrected(Array(repeating: one, count: 7))
    #expect(alone.allSatisfy { $0.test == .permutation && $0.adjusted == 2.0 / 256 })
  }

  @Test func `automatic intervals are t's below fifty seeds and BCa from there on`() throws {
    let few = (0..<49).map { Double($0 * $0) }, many = few + [2500]
    #expect(SeedStatistics().estimate(few) == Estimate(few) && SeedStatistics().method(count: 49) == .t)
    let found = try #require(SeedStatistics().estimate(many)), student = try #require(Estimate(many))
    #expect(SeedStatistics().method(count: 50) == .bca && found != student && found.mean == student.mean)
    // A right tail pulls both ends to the right of where t has them.
    #expect(found.low > student.low && found.high > student.high)
    #expect(SeedStatistics().estimate(many) == found)
    let percentile = statistics { $0.interval = .percentile }
    #expect(percentile.estimate([1, 2, 4]) != Estimate([1, 2, 4]))
    #expect(percentile.estimate([3, 3, 3]) == Estimate(mean: 3, low: 3, high: 3))
    #expect(percentile.estimate([]) == nil && percentile.estimate([2]) == Estimate(mean: 2, low: 2, high: 2))
  }

  @Test func `inference arms and training arms are compared in families of their own`() throws {
    var results = HandMadeResults.make()
    results.compare(by: StatisticsConfiguration())
    #expect(results.cells.compactMap(\.comparison).count == 8)
    #expect(results.cells.compactMap(\.comparison).allSatisfy { $0.family == 8 })
    #expect(results.cells.compactMap(\.trainingComparison).map(\.family) == [2, 2])
    let cell = try #require(results.cell(training: "plain", inference: "adapt", scenario: "noise"))
    // Per seed -0.10, -0.09, -0.11: t is 17.3, two-sided p 0.0033; the other cells of the arm are as sure or surer.
    let comparison = try #require(cell.comparison)
    #expect(abs(try #require(comparison.student) - 0.003322) < 1e-5)
    #expect(comparison.adjusted > 0.0033 && comparison.adjusted <= 8 * 0.0033223 && cell.verdict == .helps)
    #expect(cell.difference == comparison.difference)
    #expect(results.cell(training: "plain", inference: "none", scenario: "noise")?.verdict == .baseline)
    let tally = VerdictTally(training: "augmented", ReportData(results))
    #expect(tally.cells == 2)
  }
}
