import AttuneCore
import CKernels

/// Products, batch norm and copies of matrices in panels of 32 columns.
extension KernelCase {
  /// Row-major elements in panels, padded with zeros.
  static func inPanels(_ x: [Float], _ rows: Int, _ columns: Int) -> [Float] {
    var panels = [Float](repeating: 0, count: (columns + 31) / 32 * 32 * rows)
    for i in 0..<rows {
      for j in 0..<columns { panels[place(i, j, rows)] = x[i * columns + j] }
    }
    return panels
  }

  /// The place of element (i, j) of a matrix of `rows` rows.
  static func place(_ i: Int, _ j: Int, _ rows: Int) -> Int { j / 32 * rows * 32 + i * 32 + j % 32 }

  /// Elements of a matrix in panels, row after row, without padding.
  private static func rowMajor(_ panels: [Double], _ rows: Int, _ columns: Int) -> [Double] {
    (0..<rows).flatMap { i in (0..<columns).map { panels[place(i, $0, rows)] } }
  }

  private static func exactly(_ x: [Float]) -> [Twin] { x.map { Twin(Double($0)) } }

  /// Runs a kernel on the two parts of a range that threads would take, the first one at `unit`.
  private static func split(_ count: Int, at unit: Int, _ body: (_ first: Int, _ end: Int) -> Void) {
    let middle = min(count, unit)
    body(0, middle)
    body(middle, count)
  }

  static let panels: [KernelCase] = [
    KernelCase("attune_pack_panels") { r, c, g in
      let x = g.vector(r * c), expected = inPanels(x, r, c)
      let found = output(expected.count) { panels in
        split((c + 31) / 32, at: 1) { attune_pack_panels($0, $1, r, c, x, panels) }
      }
      return [Comparison("panels", found, exactly(expected), roundings: 0)]
    },
    KernelCase("attune_unpack_panels") { r, c, g in
      let x = g.vector(r * c)
      let found = output(r * c) { attune_unpack_panels(r, c, inPanels(x, r, c), $0) }
      return [Comparison("x", found, exactly(x), roundings: 0)]
    },
    KernelCase("attune_transpose_panels") { r, c, g in
      let x = g.vector(r * c), columns = (0..<c).flatMap { j in (0..<r).map { x[$0 * c + j] } }
      let expected = inPanels(columns, c, r)
      // A column of 16 or fewer samples leaves the other half of its panel as it is.
      let zeros = [Float](repeating: 0, count: expected.count)
      let found = output(expected.count, from: zeros) { transposed in
        split((c + 31) / 32, at: 1) { attune_transpose_panels($0, $1, r, c, inPanels(x, r, c), transposed) }
      }
      return [Comparison("transposed", found, exactly(expected), roundings: 0)]
    },
    KernelCase("attune_panels_row_sums") { r, c, g in
      let x = g.vector(r * c)
      let (found, operations) = counting({ r * c }) {
        output(r) { sums in split(r, at: 12) { attune_panels_row_sums($0, $1, r, c, inPanels(x, r, c), sums) } }
      }
      let expected = (0..<r).map { i in Twin(sumOf: (0..<c).map { Double(x[i * c + $0]) }) }
      return [Comparison("sums", found, expected, roundings: roundings(ofSum: c)), operations]
    },
    product("attune_panels_linear") { r, c, n, g in
      let w = g.vector(r * c), b = g.vector(r), x = g.vector(c * n)
      let (found, operations) = counting({ 2 * r * c * n }) {
        output(inPanels([], r, 0, n).count) { y in
          split(r, at: 24) { attune_panels_linear($0, $1, r, c, n, w, b, inPanels(x, c, n), y) }
        }
      }
      let unbiased = output(inPanels([], r, 0, n).count) {
        attune_panels_linear(0, r, r, c, n, w, nil, inPanels(x, c, n), $0)
      }
      func expected(_ b: [Float]) -> [Twin] {
        twins(r, n) { i, j, _ in
          Twin(sumOf: [Double(b[i])] + (0..<c).map { k -> Double in Double(w[i * c + k]) * Double(x[k * n + j]) })
        }
      }
      let zeros = [Float](repeating: 0, count: r)
      return [
        Comparison("y", rowMajor(found, r, n), expected(b), roundings: roundings(ofSum: c)),
        Comparison("y without bias", rowMajor(unbiased, r, n), expected(zeros), roundings: roundings(ofSum: c)),
        operations,
      ]
    },
    product("attune_panels_input_gradient") { r, c, n, g in
      let w = g.vector(r * c), dy = g.vector(r * n)
      let (found, operations) = counting({ 2 * r * c * n }) {
        output(inPanels([], c, 0, n).count) { dx in
          split(c, at: 24) { attune_panels_input_gradient($0, $1, r, c, n, w, inPanels(dy, r, n), dx) }
        }
      }
      let expected = twins(c, n) { i, j, _ in
        Twin(sumOf: (0..<r).map { k -> Double in Double(w[k * c + i]) * Double(dy[k * n + j]) })
      }
      return [Comparison("dx", rowMajor(found, c, n), expected, roundings: roundings(ofSum: r)), operations]
    },
    product("attune_panels_weight_gradient") { r, c, n, g in
      let dy = g.vector(r * n), x = g.vector(n * c)
      let (found, operations) = counting({ 2 * r * c * n }) {
        output(r * c) { gradient in
          split(r, at: 24) {
            attune_panels_weight_gradient(
              $0, $1, r, c, n, inPanels(dy, r, n), inPanels(x, n, c), gradient + $0 * c)
          }
        }
      }
      let expected = twins(r, c) { i, j, _ in
        Twin(sumOf: (0..<n).map { k -> Double in Double(dy[i * n + k]) * Double(x[k * c + j]) })
      }
      return [Comparison("gradient", found, expected, roundings: roundings(ofSum: n)), operations]
    },
  ]

  /// A matrix in panels without its elements, for its size.
  private static func inPanels(_ none: [Float], _ rows: Int, _ zero: Int, _ columns: Int) -> [Float] {
    [Float](repeating: 0, count: (columns + 31) / 32 * 32 * rows)
  }

  /// A product for several numbers of samples: parts of a panel, whole panels, and more.
  private static func product(
    _ name: String,
    _ run: @escaping @Sendable (_ rows: Int, _ columns: Int, _ samples: Int, _ generator: inout Philox) -> [Comparison]
  ) -> KernelCase {
    KernelCase(name) { r, c, g in
      var comparisons: [Comparison] = []
      for samples in [1, 16, 17, 32, 45] { comparisons += run(r, c, samples, &g) }
      return comparisons
    }
  }
}
