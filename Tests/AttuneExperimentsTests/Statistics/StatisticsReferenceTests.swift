import Foundation
import Testing

@testable import AttuneExperiments

/// Intervals, tests, corrections and sizes against scipy's, from Tests/References/make_statistics_fixtures.py.
@Suite struct StatisticsReferenceTests {
  private struct Fixture: Decodable {
    struct Resampled: Decodable { let values: [Double], means: [Double], percentile: [Double], bca: [Double] }
    struct Paired: Decodable { let differences: [Double], student: Double, permutation: Double, hedges: Double? }
    struct Corrected: Decodable { let probabilities: [Double], holm: [Double], benjaminiHochberg: [Double] }
    let normalQuantiles: [[Double]], bootstrap: [Resampled], paired: [Paired], corrections: [Corrected]
  }

  private let fixture: Fixture

  init() throws {
    let path = SmallExperiment.repository.path + "/Tests/Fixtures/statistics/statistics.json"
    fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: URL(filePath: path)))
  }

  private func isNear(_ found: Double, _ expected: Double, _ tolerance: Double = 1e-10) -> Bool {
    abs(found - expected) <= tolerance * max(1, abs(expected))
  }

  @Test func `normal quantiles are scipy's`() {
    for pair in fixture.normalQuantiles {
      #expect(isNear(StandardNormal.quantile(pair[0]), pair[1]), "\(pair)")
      #expect(isNear(StandardNormal.cumulative(pair[1]), pair[0]), "\(pair)")
    }
  }

  @Test func `percentile and BCa intervals of given resamples are scipy's`() {
    for entry in fixture.bootstrap {
      let percentile = Bootstrap.percentile(entry.means, level: 0.05)
      #expect(isNear(percentile.low, entry.percentile[0]) && isNear(percentile.high, entry.percentile[1]))
      let bca = Bootstrap.bca(entry.values, entry.means, level: 0.05)
      #expect(isNear(bca.low, entry.bca[0]) && isNear(bca.high, entry.bca[1]), "\(bca), \(entry.bca)")
    }
  }

  @Test func `paired tests and Hedges' size are scipy's and the closed form's`() throws {
    for entry in fixture.paired {
      #expect(isNear(try #require(PairedTest.student(entry.differences)), entry.student), "\(entry)")
      #expect(isNear(PairedTest.permutation(entry.differences), entry.permutation), "\(entry)")
      if let hedges = entry.hedges {
        #expect(isNear(try #require(EffectSize.hedges(entry.differences)), hedges), "\(entry)")
      } else {
        #expect(EffectSize.hedges(entry.differences) == nil)
      }
    }
  }

  @Test func `corrected probabilities are those of the definitions and of scipy`() {
    for entry in fixture.corrections {
      for (found, expected) in zip(ComparisonCorrection.holm.adjusted(entry.probabilities), entry.holm) {
        #expect(isNear(found, expected))
      }
      let found = ComparisonCorrection.benjaminiHochberg.adjusted(entry.probabilities)
      for (found, expected) in zip(found, entry.benjaminiHochberg) { #expect(isNear(found, expected)) }
      #expect(ComparisonCorrection.none.adjusted(entry.probabilities) == entry.probabilities)
    }
    // By hand: 4 · 0.005, 3 · 0.01, 2 · 0.03, then never below.
    let holm = ComparisonCorrection.holm.adjusted([0.01, 0.04, 0.03, 0.005])
    for (found, expected) in zip(holm, [0.03, 0.06, 0.06, 0.02]) { #expect(isNear(found, expected)) }
  }
}
