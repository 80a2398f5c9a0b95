import AttuneCore
import Foundation
import Testing

@testable import AttuneTraining

/// What theory says of the rules on quadratics, as exact numbers, asserted on the scalar twins.
///
/// On a quadratic the twins of SGD are linear. So the response to a single unit of noise gives the variance under
/// independent noise exactly, as the sum of its squares, without drawing any.
@Suite struct ConvergenceTests {
  static let smallest = 1.0, largest = 100.0, condition = 100.0

  /// The error after 0, 1, … steps on `eigenvalue·x²/2` from 1.
  private func path(_ rule: SGD, eigenvalue: Double, steps: Int) -> [Double] {
    var x = 1.0, state = SGD.ScalarState()
    return [x]
      + (0..<steps).map { _ in
        rule.step(&x, along: eigenvalue * x, &state)
        return x
      }
  }

  @Test func `gradient descent at the best constant step shrinks the extreme errors by (κ−1)⁄(κ+1) a step`() throws {
    let rule = try SGD(learningRate: 2 / (Self.smallest + Self.largest))
    let slow = path(rule, eigenvalue: Self.smallest, steps: 200),
      fast = path(rule, eigenvalue: Self.largest, steps: 200)
    for step in 1...200 {
      let ratio = hypot(slow[step], fast[step]) / hypot(slow[step - 1], fast[step - 1])
      #expect(abs(ratio - 0.9801980198019802) < 1e-12)
    }
  }

  /// A double root r gives errors `(a + b·t)·rᵗ`, whose ratio is `r·(1 + 1/t)` up to O(1/t²).
  private func rootOfLateRatio(_ path: [Double], at t: Int) -> Double {
    abs(path[t + 1] / path[t]) / (1 + 1 / Double(t))
  }

  @Test(arguments: [1.0, 100.0])
  func `the heavy ball's errors shrink by (√κ−1)⁄(√κ+1) a step at both ends`(eigenvalue: Double) throws {
    let rate = 4 / pow(Self.largest.squareRoot() + Self.smallest.squareRoot(), 2)
    let ratio = (Self.condition.squareRoot() - 1) / (Self.condition.squareRoot() + 1)
    let found = path(try SGD(learningRate: rate, momentum: ratio * ratio), eigenvalue: eigenvalue, steps: 2_001)
    #expect(abs(ratio - 0.8181818182) < 1e-10)
    #expect(abs(rootOfLateRatio(found, at: 2_000) - ratio) < 1e-5)
    // The exact path of a double root, of sign + at the smallest eigenvalue and − at the largest.
    let root = eigenvalue == Self.smallest ? ratio : -ratio
    let slope = found[1] / root - 1
    for t in [10, 50, 100] {
      let expected = (1 + slope * Double(t)) * pow(root, Double(t))
      #expect(abs(found[t] - expected) <= 1e-6 * abs(expected), "\(found[t]), expected \(expected)")
    }
  }

  @Test func `Nesterov's slowest error shrinks by 1 − 1⁄√κ a step`() throws {
    let root = Self.condition.squareRoot(), momentum = (root - 1) / (root + 1)
    let rule = try SGD(learningRate: 1 / Self.largest, momentum: momentum, nesterov: true)
    let found = path(rule, eigenvalue: Self.smallest, steps: 2_001)
    #expect(abs(rootOfLateRatio(found, at: 2_000) - 0.9) < 1e-5)
    // At the largest eigenvalue both roots are 0: the second step solves it.
    #expect(abs(path(rule, eigenvalue: Self.largest, steps: 2)[2]) < 1e-12)
  }

  /// The errors after one unit of noise in the first gradient, on `eigenvalue·x²/2` from 0.
  private func responseToNoise(_ rule: SGD, eigenvalue: Double, steps: Int) -> [Double] {
    var x = 0.0, state = SGD.ScalarState()
    return (0..<steps).map { step in
      rule.step(&x, along: eigenvalue * x + (step == 0 ? 1 : 0), &state)
      return x
    }
  }

  @Test(arguments: [(0.1, 1.0), (0.5, 1.0), (0.1, 3.0)])
  func `constant-step SGD hovers with the variance ασ²⁄(λ(2 − αλ))`(rate: Double, eigenvalue: Double) throws {
    let response = responseToNoise(try SGD(learningRate: rate), eigenvalue: eigenvalue, steps: 1_000)
    let variance = response.reduce(0) { $0 + $1 * $1 }
    #expect(abs(variance - rate / (eigenvalue * (2 - rate * eigenvalue))) < 1e-12)
    if rate == 0.1, eigenvalue == 1 { #expect(abs(variance - 0.0526316) < 5e-8) }
  }

  @Test func `noise that is drawn gives that variance, too`() throws {
    let rule = try SGD(learningRate: 0.1)
    var x = 0.0, squares = 0.0, state = SGD.ScalarState(), generator = Philox(seed: 8)
    let steps = 100_000
    for step in 0..<(steps + 100) {
      let noise = generator.next() & 1 == 0 ? -1.0 : 1.0
      rule.step(&x, along: x + noise, &state)
      if step >= 100 { squares += x * x }
    }
    // About 10,000 independent squares: a standard error of 1.4 %.
    #expect(abs(squares / Double(steps) / 0.0526316 - 1) < 0.05)
  }

  @Test(arguments: [0.02, 0.1, 0.5], [1.0, 1.5])
  func `the average of SGD's steps is optimal whatever the learning rate`(rate: Double, eigenvalue: Double) throws {
    let steps = 20_000
    let response = responseToNoise(try SGD(learningRate: rate), eigenvalue: eigenvalue, steps: steps)
    // Noise that came j steps before the end has moved the sum of the steps by the first j responses.
    var sum = 0.0, squares = 0.0
    for value in response {
      sum += value
      squares += sum * sum
    }
    // k·Var of the mean misses 1/λ² by less than 2/(αλk) of it.
    let expected = 1 / (eigenvalue * eigenvalue)
    #expect(abs(squares / Double(steps) / expected - 1) < 2 / (rate * eigenvalue * Double(steps)))
  }

  @Test(arguments: [(2.0, 1.0), (1.0, 1.0), (1.0, 3.0)])
  func `Robbins-Monro steps c⁄(k+k₀) have the error c²σ²⁄(2cλ − 1) over k`(c: Double, eigenvalue: Double) throws {
    let start = 10.0, steps = 20_000
    var rule = try SGD(learningRate: c / start)
    let schedule = try InverseTimeDecay(decay: 1 / start)
    // The error without noise, P, and the response of each step to its own noise: what is left of the latter at the
    // end is the former's last value over its value then.
    var x = 1.0, path: [Double] = [], own: [Double] = [], state = SGD.ScalarState()
    for step in 0..<steps {
      rule.learningRate = c / start * schedule.factor(at: step, of: steps)
      var response = 0.0
      rule.step(&response, along: 1, &state)
      own.append(response)
      rule.step(&x, along: eigenvalue * x, &state)
      path.append(x)
    }
    let variance = zip(own, path).reduce(0) { $0 + pow($1.0 * x / $1.1, 2) }
    let expected = c * c / (2 * c * eigenvalue - 1)
    #expect(abs(Double(steps) * variance / expected - 1) < 2e-3)
  }

  @Test(arguments: [1e-12, 1e-8, 1e-3, 1, -7, 1e6, 1e12])
  func `Adam's first step is lr·g⁄(|g| + ε)`(gradient: Double) throws {
    let rule = try Adam(learningRate: 0.25)
    var x = 0.0, state = Adam.ScalarState()
    rule.step(&x, along: gradient, &state)
    let expected = -0.25 * gradient / (abs(gradient) + 1e-8)
    #expect(abs(x - expected) <= 1e-12 * abs(expected))
  }
}
