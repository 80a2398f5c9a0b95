import AttuneCore
import CKernels

extension KernelCase {
  static let drift: [KernelCase] = [
    KernelCase("attune_sorted_keys", needsColumns: true) { r, c, g in
      let x = g.vector(r * c), size = keySize(r), groups = (c + 15) / 16
      let (found, operations) = counting({ groups * sorting(size) }) { keys(r, c, x, size).map(Double.init) }
      let expected = (0..<groups * 16 * size).map { index -> Twin in
        let i = index / 16 % size, j = index / (16 * size) * 16 + index % 16
        guard i < r else { return Twin(Double(Int32.max)) }
        // Features beyond the last are zeros.
        let column = j < c ? (0..<r).map { key(x[$0 * c + j], tag: 1) }.sorted() : Array(repeating: 1, count: r)
        return Twin(Double(column[i]))
      }
      return [Comparison("keys", found, expected, roundings: 0), operations]
    },
    KernelCase("attune_drift_distances", needsColumns: true) { r, c, g in
      let x = g.vector(r * c), m = 9, source = g.vector(m * c), size = keySize(max(r, m)), groups = (c + 15) / 16
      let reference = keys(m, c, source, size)
      var scratch = [Int32](repeating: 0, count: 32 * size), levels = 0
      while 1 << levels < size { levels += 1 }
      let work = groups * (sorting(size) + 32 * size * (levels + 1) + 16 * (12 * size + 2 * r))
      var gaps: [Double] = [], areas: [Double] = []
      let (counts, operations) = counting({ work }) {
        output(c) { counts in
          gaps = output(c) { gaps in
            areas = output(c) { attune_drift_distances(r, c, x, size, m, reference, &scratch, counts, gaps, $0) }
          }
        }
      }
      let twins = (0..<c).map { j in distances((0..<r).map { x[$0 * c + j] }, (0..<m).map { source[$0 * c + j] }) }
      return [
        Comparison("counts", counts, Array(repeating: Twin(Double(r)), count: c), roundings: 0),
        Comparison("gaps", gaps, twins.map { Twin($0.gap) }, roundings: 3),
        // Values lose their last bit; a sum of up to r + m stretches.
        Comparison("areas", areas, twins.map { Twin($0.area, scale: $0.area + 4) }, roundings: 8 + 2 * Double(r + m)),
        operations,
      ]
    },
    KernelCase("attune_counts_above") { r, c, g in
      var x = g.vector(r * c)
      if x.count > 2 { (x[0], x[x.count / 2]) = (.nan, .infinity) }
      let edge = g.vector(11 * c), row = x
      let (found, operations) = counting({ r * c * 23 }) {
        output(11 * c) { attune_counts_above(r, c, row, 11, edge, $0) }
      }
      let expected = twins(11, c) { _, j, k in
        Twin(Double((0..<r).count { row[$0 * c + j].isFinite && row[$0 * c + j] > edge[k] }))
      }
      return [Comparison("counts", found, expected, roundings: 0), operations]
    },
    KernelCase("attune_finite_moments") { r, c, g in
      var x = g.vector(r * c)
      if x.count > 2 { (x[0], x[x.count / 2]) = (.nan, -.infinity) }
      let center = g.vector(c), inverse = g.vector(c), row = x
      var sums: [Double] = [], squares: [Double] = []
      let (counts, operations) = counting({ 7 * r * c }) {
        output(c) { counts in
          sums = output(c) { sums in
            squares = output(c) { attune_finite_moments(r, c, row, center, inverse, counts, sums, $0) }
          }
        }
      }
      let terms = (0..<c).map { j in
        (0..<r).map { row[$0 * c + j] }.filter(\.isFinite).map { Double(($0 - center[j]) * inverse[j]) }
      }
      return [
        Comparison("counts", counts, terms.map { Twin(Double($0.count)) }, roundings: 0),
        Comparison("sums", sums, terms.map { Twin(sumOf: $0) }, roundings: roundings(ofSum: r)),
        Comparison("squares", squares, terms.map { Twin(sumOf: $0.map { $0 * $0 }) }, roundings: roundings(ofSum: r)),
        operations,
      ]
    },
  ]

  private static func keySize(_ rows: Int) -> Int {
    var size = 8
    while size < rows { size *= 2 }
    return size
  }

  private static func sorting(_ size: Int) -> Int {
    var levels = 0
    while 1 << levels < size { levels += 1 }
    return 8 * size * levels * (levels + 1)
  }

  private static func keys(_ r: Int, _ c: Int, _ x: [Float], _ size: Int) -> [Int32] {
    var keys = [Int32](repeating: 7, count: (c + 15) / 16 * 16 * size)
    attune_sorted_keys(r, c, x, size, &keys)
    return keys
  }

  /// A number in the order of whole numbers, its last bit free.
  private static func key(_ value: Float, tag: Int32) -> Int32 {
    let bits = Int32(bitPattern: (value + 0).bitPattern)
    return ((bits ^ ((bits >> 31) & 0x7fff_ffff)) & ~1) | tag
  }

  private static func distances(_ rows: [Float], _ source: [Float]) -> (gap: Double, area: Double) {
    guard !rows.isEmpty else { return (0, 0) }
    let points = (rows + source).map { key($0, tag: 0) }.sorted()
    func share(_ values: [Float], _ point: Int32) -> Double {
      Double(values.count { key($0, tag: 0) <= point }) / Double(values.count)
    }
    var gap = 0.0, area = 0.0
    let numbers = (rows + source).sorted().map(Double.init)
    for (index, point) in points.enumerated() {
      let difference = abs(share(rows, point) - share(source, point))
      gap = max(gap, difference)
      if index + 1 < numbers.count { area += difference * (numbers[index + 1] - numbers[index]) }
    }
    return (gap, area)
  }
}
