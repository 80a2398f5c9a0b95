import AttuneCore
import Foundation
import Testing

/// The samplers of the gamma and beta distributions by their moments and distribution functions.
@Suite struct BetaTests {
  static let count = 20_000

  private func sample(_ alpha: Double, _ beta: Double, seed: UInt64 = 5) -> [Double] {
    var generator = Philox(seed: seed)
    return (0..<Self.count).map { _ in generator.nextBeta(alpha, beta) }
  }

  /// The largest distance between the empirical and a distribution function, times √n: above 1.95 with probability 0.001.
  private func kolmogorovSmirnov(_ sample: [Double], _ distribution: (Double) -> Double) -> Double {
    let n = Double(sample.count)
    let distances = sample.sorted().enumerated().map { index, x in
      max(abs(distribution(x) - Double(index) / n), abs(distribution(x) - Double(index + 1) / n))
    }
    return (distances.max() ?? 1) * n.squareRoot()
  }

  @Test(arguments: [(0.2, 0.2), (0.4, 0.4), (1, 1), (2, 2), (8, 8), (0.5, 3), (5, 1.5)])
  func `mean and variance are those of the distribution`(alpha: Double, beta: Double) {
    let x = sample(alpha, beta), n = Double(Self.count), total = alpha + beta
    let mean = alpha / total, variance = alpha * beta / (total * total * (total + 1))
    let found = x.reduce(0, +) / n
    let squares = x.map { ($0 - mean) * ($0 - mean) }, foundVariance = squares.reduce(0, +) / n
    // Four deviations of either estimate.
    let fourth = squares.reduce(0) { $0 + $1 * $1 } / n
    #expect(abs(found - mean) < 4 * (variance / n).squareRoot())
    #expect(abs(foundVariance - variance) < 4 * ((fourth - variance * variance) / n).squareRoot())
    #expect(x.allSatisfy { (0...1).contains($0) })
  }

  @Test func `the distribution is the closed form where there is one`() {
    // Beta(a, 1): xᵃ, for a below and above 1; Beta(½, ½): the arcsine law; Beta(2, 2): x²(3 − 2x); Beta(1, 1): uniform.
    #expect(kolmogorovSmirnov(sample(0.3, 1)) { pow($0, 0.3) } < 1.95)
    #expect(kolmogorovSmirnov(sample(4, 1)) { pow($0, 4) } < 1.95)
    #expect(kolmogorovSmirnov(sample(0.5, 0.5)) { 2 / .pi * asin($0.squareRoot()) } < 1.95)
    #expect(kolmogorovSmirnov(sample(2, 2)) { $0 * $0 * (3 - 2 * $0) } < 1.95)
    #expect(kolmogorovSmirnov(sample(1, 1)) { $0 } < 1.95)
    // The statistic tells a wrong shape: 0.5 for 0.55.
    #expect(kolmogorovSmirnov(sample(0.55, 0.55)) { 2 / .pi * asin($0.squareRoot()) } > 1.95)
  }

  @Test func `the gamma distribution is the closed form for whole shapes`() {
    var generator = Philox(seed: 6)
    let exponential = (0..<Self.count).map { _ in exp(generator.nextLogGamma(shape: 1)) }
    #expect(kolmogorovSmirnov(exponential) { 1 - exp(-$0) } < 1.95)
    let third = (0..<Self.count).map { _ in exp(generator.nextLogGamma(shape: 3)) }
    #expect(kolmogorovSmirnov(third) { 1 - exp(-$0) * (1 + $0 + $0 * $0 / 2) } < 1.95)
  }

  @Test func `tiny shapes give zeros and ones in equal parts, and huge ones their mean`() {
    var generator = Philox(seed: 7)
    // The chance of a number between 0.01 and 0.99 is 5e-6 with this shape.
    let tiny = (0..<2000).map { _ in generator.nextBeta(1e-6, 1e-6) }
    #expect(tiny.allSatisfy { $0.isFinite && ($0 < 0.01 || $0 > 0.99) })
    // Four deviations of a count of 2000 fair tosses.
    #expect(abs(tiny.count { $0 > 0.5 } - 1000) < 90)
    let huge = generator.nextBeta(1e12, 1e12)
    #expect(abs(huge - 0.5) < 1e-5)
  }

  @Test func `the same seed gives the same numbers`() {
    #expect(sample(0.4, 0.4) == sample(0.4, 0.4))
    #expect(sample(0.4, 0.4) != sample(0.4, 0.4, seed: 6))
  }
}
