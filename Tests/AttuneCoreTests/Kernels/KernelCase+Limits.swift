import AttuneCore
import CKernels

extension KernelCase {
  static let limits: [KernelCase] = [
    KernelCase("attune_sum_of_squares") { r, c, g in
      let n = r * c, x = g.vector(n)
      let (found, operations) = counting({ 2 * n }) { attune_sum_of_squares(n, x) }
      // Summed in Double, as attune_sum.
      let expected = Twin(sumOf: x.map { Double($0) * Double($0) })
      return [Comparison("sum", [found], [expected], roundings: 1e-5), operations]
    },
    KernelCase("attune_clamp") { r, c, g in
      let n = r * c, x = g.vector(n), limit: Float = 0.6
      let (found, operations) = counting({ 2 * n }) { output(n, from: x) { attune_clamp(n, limit, $0) } }
      let expected = x.map { Twin(Double(max(-limit, min(limit, $0)))) }
      return [Comparison("x", found, expected, roundings: 0), operations]
    },
    KernelCase("attune_soft_threshold") { r, c, g in
      // About half of the elements lie within the threshold.
      let n = r * c, x = g.vector(n), threshold: Float = 0.6
      let (found, operations) = counting({ 2 * n }) { output(n, from: x) { attune_soft_threshold(n, threshold, $0) } }
      let expected = x.map { x -> Twin in
        let rest = abs(Double(x)) - Double(threshold)
        // Exactly zero within the threshold; else one rounding of the difference.
        return rest <= 0 ? Twin(0) : Twin(x < 0 ? -rest : rest)
      }
      return [Comparison("x", found, expected, roundings: 1.001), operations]
    },
    KernelCase("attune_limit_row_norms") { r, c, g in
      // About half of the rows exceed the root of their length.
      let x = g.vector(r * c), limit = Double(c).squareRoot()
      let norms = (0..<r).map { i in
        x[i * c..<(i + 1) * c].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      }
      let (found, operations) = counting({
        // A row's squares, their sum, root and comparison; where it exceeds, a sum, a division and the products.
        norms.reduce(0) { $0 + 2 * c + 2 + ($1 > limit ? c + 2 : 0) }
      }) { output(r * c, from: x) { attune_limit_row_norms(r, c, limit, $0) } }
      let expected = twins(r, c) { i, _, k in
        // The other rows stay as they are, to the bit.
        norms[i] > limit ? Twin(Double(x[k]) * limit / (norms[i] + 1e-7)) : Twin(Double(x[k]), scale: 0)
      }
      return [Comparison("x", found, expected, roundings: 2.001), operations]
    },
  ]
}
