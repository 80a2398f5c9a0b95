import AttuneCore
import Testing

@testable import AttuneExperiments

@Suite struct StatisticsConfigurationTests {
  private func statistics(_ settings: String) throws -> StatisticsConfiguration {
    try decode(StatisticsConfiguration.self, "{\(settings)}")
  }

  @Test func `settings are read with their defaults and written as they are read`() throws {
    #expect(try statistics("") == StatisticsConfiguration())
    let all = try statistics("interval: bca, resamples: 500, correction: benjamini-hochberg, level: 0.01")
    #expect(all.interval == .bca && all.resamples == 500)
    #expect(all.correction == .benjaminiHochberg && all.level == 0.01)
    #expect(try decode(StatisticsConfiguration.self, try ConfigWriter.yaml(from: all)) == all)
  }

  @Test func `a wrong setting is an error with its place`() {
    #expect(errorText { try statistics("resamples: 10") } == "x.yaml:1:13: resamples: must be at least 100, found '10'")
    #expect(
      errorText { try statistics("resamples: 2000000") }
        == "x.yaml:1:13: resamples: must be at most 1000000, found '2000000'")
    #expect(errorText { try statistics("level: 1") }.hasPrefix("x.yaml:1:9: level: must be above 0 and below 1"))
    #expect(errorText { try statistics("interval: bootstrap") }.contains("auto, t, percentile, bca"))
    #expect(errorText { try statistics("correction: bonferroni") }.contains("holm, benjamini-hochberg, none"))
    #expect(errorText { try statistics("levl: 0.1") }.contains("did you mean 'level'?"))
  }
}
