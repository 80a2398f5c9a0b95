import AttuneCore
import CKernels
import Foundation

/// A row's softmax in Double.
struct SoftmaxTwin {
  let probabilities: [Double]
  let logarithms: [Double]

  init(_ logits: some Collection<Float>) {
    let maximum = Double(logits.max() ?? 0)
    let logSum = log(logits.reduce(0) { $0 + exp(Double($1) - maximum) })
    logarithms = logits.map { Double($0) - maximum - logSum }
    probabilities = logarithms.map { exp($0) }
  }

  static func rows(_ logits: [Float], _ rows: Int, _ columns: Int) -> [SoftmaxTwin] {
    (0..<rows).map { SoftmaxTwin(logits[$0 * columns..<($0 + 1) * columns]) }
  }
}

extension KernelCase {
  /// `x − max` is rounded, which exp turns into a relative error of `|x − max|` roundings: up to 10 for these logits.
  private static let shiftRoundings = 16.0

  static let softmax: [KernelCase] = [
    KernelCase("attune_softmax", needsColumns: true) { r, c, g in
      let x = g.vector(r * c), p = SoftmaxTwin.rows(x, r, c)
      let found = output(r * c) { attune_softmax(r, c, x, $0) }
      let inPlace = output(r * c, from: x) { attune_softmax(r, c, $0, $0) }
      let expected = twins(r, c) { i, j, _ in Twin(p[i].probabilities[j]) }
      return [
        Comparison("p", found, expected, roundings: shiftRoundings + roundings(ofSum: c)),
        Comparison("p in place of x", inPlace, expected, roundings: shiftRoundings + roundings(ofSum: c)),
      ]
    },
    KernelCase("attune_log_softmax", needsColumns: true) { r, c, g in
      let x = g.vector(r * c), p = SoftmaxTwin.rows(x, r, c)
      let found = output(r * c) { attune_log_softmax(r, c, x, $0) }
      let expected = twins(r, c) { i, j, k in Twin(p[i].logarithms[j], scale: 1 + abs(p[i].logarithms[j])) }
      return [Comparison("log p", found, expected, roundings: shiftRoundings + roundings(ofSum: c))]
    },
    KernelCase("attune_softmax_backward") { r, c, g in
      let p = g.vector(r * c), dy = g.vector(r * c)
      let found = output(r * c) { attune_softmax_backward(r, c, p, dy, $0) }
      let products = zip(p, dy).map { p, dy -> Double in Double(p) * Double(dy) }
      let dots = (0..<r).map { i -> Twin in Twin(sumOf: Array(products[i * c..<(i + 1) * c])) }
      let expected = twins(r, c) { i, _, k in
        let p = Double(p[k]), dy = Double(dy[k])
        return Twin(p * (dy - dots[i].value), scale: abs(p) * (abs(dy) + dots[i].scale))
      }
      return [Comparison("dx", found, expected, roundings: roundings(ofSum: c))]
    },
    KernelCase("attune_log_softmax_backward") { r, c, g in
      let logs = g.vector(r * c).map { -abs($0) }, dy = g.vector(r * c)
      let found = output(r * c) { attune_log_softmax_backward(r, c, logs, dy, $0) }
      let sums = (0..<r).map { i -> Twin in Twin(sumOf: dy[i * c..<(i + 1) * c].map(Double.init)) }
      let expected = twins(r, c) { i, _, k in
        let p = exp(Double(logs[k])), dy = Double(dy[k])
        return Twin(dy - p * sums[i].value, scale: abs(dy) + p * sums[i].scale)
      }
      return [Comparison("dx", found, expected, roundings: 5 + roundings(ofSum: c))]
    },
    KernelCase("attune_cross_entropy", needsColumns: true) { r, c, g in
      // Exact zeros, and rows that do not sum to one.
      let x = g.vector(r * c), targets = g.vector(r * c).map { max(0, $0) }, p = SoftmaxTwin.rows(x, r, c)
      var gradient: [Double] = []
      let losses = output(r) { losses in
        gradient = output(r * c) { attune_cross_entropy(r, c, x, targets, losses, $0) }
      }
      let expected = (0..<r).map { i -> Twin in
        let row = targets[i * c..<(i + 1) * c]
        return Twin(sumOf: zip(row, p[i].logarithms).map { target, log -> Double in -Double(target) * log })
      }
      let mass = (0..<r).map { i -> Double in targets[i * c..<(i + 1) * c].map(Double.init).reduce(0, +) }
      let slopes = twins(r, c) { i, j, k in Twin(sumOf: [p[i].probabilities[j] * mass[i], -Double(targets[k])]) }
      return [
        Comparison("loss", losses, expected, roundings: shiftRoundings + roundings(ofSum: c)),
        Comparison("gradient", gradient, slopes, roundings: shiftRoundings + 2 * roundings(ofSum: c)),
      ]
    },
    KernelCase("attune_entropy", needsColumns: true) { r, c, g in
      let x = g.vector(r * c), p = SoftmaxTwin.rows(x, r, c)
      var gradient: [Double] = []
      let entropies = output(r) { entropies in
        gradient = output(r * c) { attune_entropy(r, c, x, entropies, $0) }
      }
      let expected = p.map { row -> Twin in
        let terms = zip(row.probabilities, row.logarithms).map { p, log -> Double in -p * log }
        let entropy: Double = terms.reduce(0, +)
        return Twin(entropy, scale: 1 + entropy)
      }
      let slopes = twins(r, c) { i, j, _ in
        let (q, l) = (p[i].probabilities[j], p[i].logarithms[j])
        return Twin(-q * (l + expected[i].value), scale: q * (1 + abs(l) + expected[i].value))
      }
      return [
        Comparison("entropy", entropies, expected, roundings: shiftRoundings + roundings(ofSum: c)),
        Comparison("gradient", gradient, slopes, roundings: shiftRoundings + 2 * roundings(ofSum: c)),
      ]
    },
  ]
}
