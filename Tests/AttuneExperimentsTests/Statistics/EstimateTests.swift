import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct EstimateTests {
  // Quantiles of Student's t at 97.5 %, as scipy.stats.t.ppf gives them.
  @Test(arguments: [
    (1.0, 12.7062047364), (2, 4.3026527299), (4, 2.7764451052), (9, 2.2621571628), (29, 2.0452296421),
    (99, 1.9842169516),
  ])
  func `quantiles of t agree with known ones to ten digits`(degrees: Double, expected: Double) {
    #expect(abs(StudentT.quantile(0.975, degreesOfFreedom: degrees) - expected) < 1e-9)
    #expect(abs(StudentT.quantile(0.025, degreesOfFreedom: degrees) + expected) < 1e-9)
  }

  @Test func `with one degree of freedom the distribution is Cauchy's`() {
    for t in [-1e6, -3, -0.5, 0.25, 1, 40] {
      #expect(abs(StudentT.cumulative(t, 1) - (0.5 + atan(t) / .pi)) < 1e-12)
    }
  }

  @Test func `the interval of five values is that of a calculation by hand`() throws {
    // Mean 3, variance 2.5, n = 5: 3 ± 2.7764451052 · √0.5.
    let estimate = try #require(Estimate([1, 2, 3, 4, 5]))
    let half = 2.7764451052 * 0.5.squareRoot()
    #expect(estimate.mean == 3)
    #expect(abs(estimate.low - (3 - half)) < 1e-9)
    #expect(abs(estimate.high - (3 + half)) < 1e-9)
  }

  @Test func `one value has an interval of width zero, no value has none`() {
    #expect(Estimate([7]) == Estimate(mean: 7, low: 7, high: 7))
    #expect(Estimate([]) == nil)
  }
}
