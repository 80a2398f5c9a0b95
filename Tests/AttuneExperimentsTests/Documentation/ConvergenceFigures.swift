import AttuneCore
import Foundation

@testable import AttuneExperiments
@testable import AttuneTraining

/// The figures of docs/convergence.md, computed by the scalar twins of the optimizers.
enum ConvergenceFigures {
  static func all() throws -> [(file: String, figure: Figure)] {
    [
      ("convergence-quadratic", try quadratic()),
      ("convergence-noise", try noise()),
      ("convergence-adam", try counterexample()),
    ]
  }

  /// The error of the two extreme eigenvectors of a quadratic of condition 100, and the rates of theory.
  private static func quadratic() throws -> Figure {
    let smallest = 1.0, largest = 100.0, root = (largest / smallest).squareRoot(), steps = 100
    let heavy = (root - 1) / (root + 1)
    func error(_ rule: SGD) -> [(x: Double, y: Double)] {
      var slow = 1.0, fast = 1.0, slowState = SGD.ScalarState(), fastState = SGD.ScalarState()
      return (0...steps).map { step in
        if step > 0 {
          rule.step(&slow, along: smallest * slow, &slowState)
          rule.step(&fast, along: largest * fast, &fastState)
        }
        return (Double(step), max(hypot(slow, fast), 1e-12))
      }
    }
    /// `ratioᵗ`, with the growth of a double root where there is one, through the run's last point.
    func rate(_ ratio: Double, through run: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
      let last = run[run.count - 1]
      return [20, Double(steps)].map { (x: $0, y: last.y * pow(ratio, $0 - last.x)) }
    }
    let descent = error(try SGD(learningRate: 2 / (smallest + largest)))
    let ball = error(
      try SGD(learningRate: 4 / pow(largest.squareRoot() + smallest.squareRoot(), 2), momentum: heavy * heavy))
    let nesterov = error(try SGD(learningRate: 1 / largest, momentum: heavy, nesterov: true))
    return Figure(
      title: "A quadratic of condition 100: error by step", xTitle: "step", yTitle: "distance to the minimum",
      x: Axis(linear: [0, 100]), y: Axis(logarithmic: [1e-7, 20], margin: (0, 0)),
      lines: [
        .init(name: "gradient descent", color: 0, points: descent),
        .init(name: "rate (κ−1)/(κ+1)", color: 0, isTheory: true, points: rate((100 - 1) / 101, through: descent)),
        .init(name: "heavy ball", color: 1, points: ball),
        .init(name: "rate (√κ−1)/(√κ+1)", color: 1, isTheory: true, points: rate(heavy, through: ball)),
        .init(name: "Nesterov", color: 2, points: nesterov),
        .init(name: "rate 1 − 1/√κ", color: 2, isTheory: true, points: rate(1 - 1 / root, through: nesterov)),
      ], yLabel: { NumberFormat.significant($0, 1) })
  }

  /// Mean squared error of SGD on `x²/2` with unit noise, exactly: the sum of squared responses to single noises.
  private static func noise() throws -> Figure {
    let steps = 10_000, alpha = 0.1
    let rule = try SGD(learningRate: alpha)
    var x = 0.0, state = SGD.ScalarState(), variance = 0.0, sum = 0.0, ofSum = 0.0
    var hovering: [Double] = [], averaged: [Double] = []
    for step in 1...steps {
      rule.step(&x, along: x + (step == 1 ? 1 : 0), &state)
      variance += x * x
      sum += x
      ofSum += sum * sum
      hovering.append(variance)
      averaged.append(ofSum / Double(step) / Double(step))
    }
    // Robbins-Monro: the noise of step k comes in with c/(k + k₀), and later steps shrink all that was there.
    let c = 2.0, start = 20.0
    let schedule = try InverseTimeDecay(decay: 1 / start)
    var falling = try SGD(learningRate: c / start), error = 0.0, decreasing: [Double] = []
    for step in 0..<steps {
      falling.learningRate = c / start * schedule.factor(at: step, of: steps)
      var kept = 1.0, own = 0.0, unused = SGD.ScalarState()
      falling.step(&kept, along: 1, &unused)
      falling.step(&own, along: 1, &unused)
      error = kept * kept * error + own * own
      decreasing.append(error)
    }
    let sample = Figure.logarithmicSample(steps)
    func points(_ values: [Double]) -> [(x: Double, y: Double)] { sample.map { (Double($0), values[$0 - 1]) } }
    let ends = [100.0, Double(steps)]
    return Figure(
      title: "Gradient noise: what a learning rate leaves, and what an average takes away", xTitle: "steps k",
      yTitle: "variance of x", x: Axis(logarithmic: [1, Double(steps)], margin: (0, 0)),
      y: Axis(logarithmic: [5e-5, 0.2], margin: (0, 0)),
      lines: [
        .init(name: "SGD, α = 0.1", color: 0, points: points(hovering)),
        .init(
          name: "ασ²/(λ(2−αλ)) = 0.0526", color: 0, isTheory: true,
          points: ends.map { ($0, alpha / (2 - alpha)) }),
        .init(name: "its average", color: 1, points: points(averaged)),
        .init(name: "σ²/(λ²k)", color: 1, isTheory: true, points: ends.map { ($0, 1 / $0) }),
        .init(name: "SGD, 2/(k + 20)", color: 2, points: points(decreasing)),
        .init(
          name: "c²σ²/((2cλ−1)k)", color: 2, isTheory: true, points: ends.map { ($0, c * c / (2 * c - 1) / $0) }),
      ])
  }

  /// Reddi's periodic example: 1010·x every 101st time, −10·x otherwise, on [−1, 1].
  private static func counterexample() throws -> Figure {
    let steps = 2_000_000
    let sample = Figure.logarithmicSample(steps)
    func path(amsgrad: Bool) throws -> [(x: Double, y: Double)] {
      let rule = try Adam(beta2: 0.99, amsgrad: amsgrad)
      var x = 0.0, state = Adam.ScalarState(), points: [(x: Double, y: Double)] = [], next = 0
      for step in 1...steps {
        rule.step(&x, along: step % 101 == 1 ? 1010 : -10, &state)
        x = min(1, max(-1, x))
        if sample[next] == step {
          points.append((Double(step), x))
          next += 1
        }
      }
      return points
    }
    return Figure(
      title: "Losses on which Adam goes to the worst point (best is −1)", xTitle: "step", yTitle: "x",
      x: Axis(logarithmic: [100, Double(steps)], margin: (0, 0)), y: Axis(linear: [-1, 1]),
      lines: [
        .init(name: "Adam", color: 1, points: try path(amsgrad: false).filter { $0.x >= 100 }),
        .init(name: "AMSGrad", color: 0, points: try path(amsgrad: true).filter { $0.x >= 100 }),
      ], yLabel: { NumberFormat.fixed($0, 1) })
  }
}
