import AttuneCore
import CKernels

extension KernelCase {
  static let administration: [KernelCase] = [
    KernelCase("attune_instruction_set") { _, _, _ in
      let known = ["x86-64-v4", "x86-64-v3", "baseline"].contains(String(cString: attune_instruction_set()))
      return [Comparison("known", [known ? 1 : 0], [Twin(1)], roundings: 0)]
    },
    KernelCase("attune_has_avx512") { _, _, _ in
      // x86-64-v4 is that subset and v3: where the kernels use it, it must be there.
      let implied = String(cString: attune_instruction_set()) != "x86-64-v4" || attune_has_avx512() == 1
      return [Comparison("implied", [implied ? 1 : 0], [Twin(1)], roundings: 0)]
    },
    KernelCase("attune_count_operations") { r, c, _ in
      let before = attune_counted_operations()
      attune_count_operations(UInt64(r * c))
      return [
        Comparison("counted", [Double(attune_counted_operations() - before)], [Twin(Double(r * c))], roundings: 0)
      ]
    },
    KernelCase("attune_counted_operations") { r, c, g in
      let x = g.vector(r * c), before = attune_counted_operations()
      _ = output(r * c) { attune_add(r * c, x, x, $0) }
      return [
        Comparison("counted", [Double(attune_counted_operations() - before)], [Twin(Double(r * c))], roundings: 0)
      ]
    },
  ]

  static let elementwise: [KernelCase] = [
    KernelCase("attune_fill") { r, c, _ in
      let found = output(r * c) { attune_fill(r * c, 1.5, $0) }
      return [Comparison("y", found, Array(repeating: Twin(1.5), count: r * c), roundings: 0)]
    },
    unary("attune_scale", roundings: 1, { attune_scale($0, 0.3, $1, $2) }) { Twin(Double(Float(0.3)) * $0) },
    unary("attune_exp", roundings: 5, attune_exp) { Twin(exponential($0)) },
    binary("attune_add", { attune_add($0, $1, $2, $3) }) { Twin(sumOf: [$0, $1]) },
    binary("attune_subtract", { attune_subtract($0, $1, $2, $3) }) { Twin(sumOf: [$0, -$1]) },
    binary("attune_multiply", { attune_multiply($0, $1, $2, $3) }) { Twin($0 * $1) },
    KernelCase("attune_axpy") { r, c, g in
      let n = r * c, x = g.vector(n), y = g.vector(n)
      let found = output(n, from: y) { attune_axpy(n, -0.7, x, $0) }
      let expected = zip(x, y).map { x, y -> Twin in Twin(sumOf: [Double(y), Double(Float(-0.7)) * Double(x)]) }
      return [Comparison("y", found, expected, roundings: 2)]
    },
    KernelCase("attune_multiply_add") { r, c, g in
      let n = r * c, a = g.vector(n), b = g.vector(n), y = g.vector(n)
      let found = output(n, from: y) { attune_multiply_add(n, a, b, $0) }
      let expected = (0..<n).map { k -> Twin in Twin(sumOf: [Double(y[k]), Double(a[k]) * Double(b[k])]) }
      return [Comparison("y", found, expected, roundings: 2)]
    },
    KernelCase("attune_all_finite") { r, c, g in
      let n = r * c
      var x = g.vector(n), found = [Double(attune_all_finite(n, x))], expected = [Twin(1)]
      for (place, broken) in zip([0, n / 2, n - 1], [Float.nan, .infinity, -.infinity]) where n > 0 {
        let kept = x[place]
        x[place] = broken
        found.append(Double(attune_all_finite(n, x)))
        expected.append(Twin(0))
        x[place] = kept
      }
      return [Comparison("finite", found, expected, roundings: 0)]
    },
    KernelCase("attune_sum") { r, c, g in
      let x = g.vector(r * c)
      // Summed in Double: the roundings of Float are 2⁻²⁹ of what is allowed elsewhere.
      return [Comparison("sum", [attune_sum(r * c, x)], [Twin(sumOf: x.map(Double.init))], roundings: 1e-5)]
    },
  ]

  static let rowwise: [KernelCase] = [
    KernelCase("attune_add_row") { r, c, g in
      let x = g.vector(r * c), row = g.vector(c)
      let found = output(r * c) { attune_add_row(r, c, x, row, $0) }
      let expected = twins(r, c) { _, j, k in Twin(sumOf: [Double(x[k]), Double(row[j])]) }
      return [Comparison("y", found, expected, roundings: 1)]
    },
    KernelCase("attune_multiply_row") { r, c, g in
      let x = g.vector(r * c), row = g.vector(c)
      let found = output(r * c) { attune_multiply_row(r, c, x, row, $0) }
      return [Comparison("y", found, twins(r, c) { _, j, k in Twin(Double(x[k]) * Double(row[j])) }, roundings: 1)]
    },
    KernelCase("attune_scale_rows") { r, c, g in
      let x = g.vector(r * c), factors = g.vector(r)
      let found = output(r * c) { attune_scale_rows(r, c, x, factors, $0) }
      return [Comparison("y", found, twins(r, c) { i, _, k in Twin(Double(x[k]) * Double(factors[i])) }, roundings: 1)]
    },
    KernelCase("attune_column_sums") { r, c, g in
      let x = g.vector(r * c)
      let found = output(c) { attune_column_sums(r, c, x, $0) }
      let expected = (0..<c).map { j in Twin(sumOf: (0..<r).map { i -> Double in Double(x[i * c + j]) }) }
      return [Comparison("sums", found, expected, roundings: roundings(ofSum: r))]
    },
  ]

  static func unary(
    _ name: String, roundings: Double,
    _ kernel: @escaping @Sendable (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void,
    _ twin: @escaping @Sendable (Double) -> Twin
  ) -> KernelCase {
    KernelCase(name) { r, c, g in
      let x = g.vector(r * c)
      var aliased: [Double] = []
      let found = output(r * c) { kernel(r * c, x, $0) }
      aliased = output(r * c, from: x) { kernel(r * c, $0, $0) }
      let expected = x.map { twin(Double($0)) }
      return [
        Comparison("y", found, expected, roundings: roundings),
        Comparison("y in place of x", aliased, expected, roundings: roundings),
      ]
    }
  }

  static func binary(
    _ name: String,
    _ kernel:
      @escaping @Sendable (Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void,
    _ twin: @escaping @Sendable (Double, Double) -> Twin
  ) -> KernelCase {
    KernelCase(name) { r, c, g in
      let a = g.vector(r * c), b = g.vector(r * c)
      let found = output(r * c) { kernel(r * c, a, b, $0) }
      let expected = zip(a, b).map { twin(Double($0), Double($1)) }
      return [Comparison("y", found, expected, roundings: 1)]
    }
  }
}
