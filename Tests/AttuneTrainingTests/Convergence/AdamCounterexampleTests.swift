import AttuneCore
import Testing

@testable import AttuneTraining

/// Reddi, Kale, Kumar (2018), arXiv:1904.09237: linear losses on [−1, 1] on which Adam goes to the worst point.
@Suite struct AdamCounterexampleTests {
  /// What a run over linear losses `slope(t)·x`, t from 1, came to.
  struct Run {
    var x: Double
    /// Mean of `slope·(x − (−1))`: against the best fixed point, −1.
    var averageRegret = 0.0
    /// The lowest x at a loss that came with the large slope.
    var lowestAtLargeSlope = 1.0
  }

  private func run(
    _ rule: Adam, from start: Double, steps: Int, rate: (Int) -> Double, slope: (Int) -> Double, largest: Double
  ) -> Run {
    var rule = rule, run = Run(x: start), state = Adam.ScalarState()
    for t in 1...steps {
      let slope = slope(t)
      run.averageRegret += slope * (run.x + 1)
      if slope == largest { run.lowestAtLargeSlope = min(run.lowestAtLargeSlope, run.x) }
      rule.learningRate = rate(t)
      rule.step(&run.x, along: slope, &state)
      run.x = min(1, max(-1, run.x))
    }
    run.averageRegret /= Double(steps)
    return run
  }

  /// Theorem 1: the slope is C every third time, −1 otherwise; beta1 = 0, beta2 = 1/(1 + C²), no bias correction.
  private func theorem1(c: Double, amsgrad: Bool) throws -> Run {
    let beta2 = 1 / (1 + c * c)
    let rule = try Adam(beta1: 0, beta2: beta2, epsilon: 0, amsgrad: amsgrad)
    var power = 1.0
    return run(
      rule, from: 1, steps: 30_000,
      rate: { t in
        // Takes the bias correction of the second moment, which the source does not have, out again.
        power *= beta2
        return 0.5 * (1 - beta2).squareRoot() / Double(t).squareRoot() / (1 - power).squareRoot()
      }, slope: { $0 % 3 == 1 ? c : -1 }, largest: c)
  }

  @Test(arguments: [(3.0, 0.669103), (4, 1.335799), (10, 5.335822)])
  func `Theorem 1: Adam is at the worst point at every large loss`(c: Double, regret: Double) throws {
    let adam = try theorem1(c: c, amsgrad: false)
    #expect(adam.lowestAtLargeSlope == 1)
    #expect(abs(adam.averageRegret - regret) < 5e-7)
  }

  @Test(arguments: [(3.0, -0.998088, 0.0051), (4, -0.998560, 0.0052), (10, -0.999423, 0.0072)])
  func `Theorem 1: AMSGrad finds the best point`(c: Double, x: Double, regret: Double) throws {
    let amsgrad = try theorem1(c: c, amsgrad: true)
    #expect(abs(amsgrad.x - x) < 5e-7)
    #expect(abs(amsgrad.averageRegret - regret) < 5e-5)
  }

  /// Section 5: the slope is 1010 every 101st time, −10 otherwise.
  private func section5(amsgrad: Bool, steps: Int) throws -> Run {
    let rule = try Adam(beta2: 0.99, amsgrad: amsgrad)
    return run(
      rule, from: 0, steps: steps, rate: { _ in 1e-3 }, slope: { $0 % 101 == 1 ? 1010 : -10 }, largest: 1010)
  }

  @Test(arguments: [(10_000, 0.1880), (100_000, 0.9955), (1_000_000, 1)])
  func `Section 5: Adam rises to the worst point`(steps: Int, x: Double) throws {
    let adam = try section5(amsgrad: false, steps: steps)
    #expect(abs(adam.x - x) < 5e-5)
    if steps == 1_000_000 { #expect(abs(adam.averageRegret - 0.2253) < 5e-5) }
  }

  @Test(arguments: [(10_000, -0.0077), (100_000, -0.0817), (1_000_000, -0.7797), (2_000_000, -0.9947)])
  func `Section 5: AMSGrad falls to the best point`(steps: Int, x: Double) throws {
    #expect(abs(try section5(amsgrad: true, steps: steps).x - x) < 5e-5)
  }

  /// At 1e6 steps −0.93 is known of AMSGrad for one seed. It drifts by −8e-7 a step, to about −0.8, and noise of the
  /// gradient moves it by about 0.4 on the way.
  @Test(arguments: [1, 2] as [UInt64])
  func `Section 5, stochastic: the same with the large loss one time in a hundred`(seed: UInt64) throws {
    let end = { (amsgrad: Bool) in
      var slopes = Philox(seed: seed)
      return run(
        try Adam(beta2: 0.99, amsgrad: amsgrad), from: 0, steps: 1_000_000, rate: { _ in 1e-3 },
        slope: { _ in slopes.nextIndex(below: 100) == 0 ? 1010 : -10 }, largest: 1010
      ).x
    }
    #expect(try end(false) > 0.95)
    #expect(try end(true) < -0.2)
  }
}
