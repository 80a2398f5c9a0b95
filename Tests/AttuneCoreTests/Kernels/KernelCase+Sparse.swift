import AttuneCore
import CKernels

/// Products of sparse rows with a matrix that has a row for each of their columns.
extension KernelCase {
  private static let inputs = 37

  /// Up to nine elements a row, in ascending columns; some rows have none.
  private static func pattern(_ rows: Int, _ g: inout Philox) -> (starts: [Int], places: [UInt32]) {
    var starts = [0], places: [UInt32] = []
    for _ in 0..<rows {
      let count = g.nextIndex(below: 10)
      places += g.permutation(inputs).prefix(count).sorted().map(UInt32.init)
      starts.append(places.count)
    }
    return (starts, places)
  }

  static let sparse: [KernelCase] = [
    KernelCase("attune_sparse_linear") { r, c, g in
      let (starts, places) = pattern(r, &g)
      let values = g.vector(places.count), base = g.vector(c), weight = g.vector(inputs * c)
      let (found, operations) = counting({ 2 * c * places.count }) {
        output(r * c) { attune_sparse_linear(r, c, starts, places, values, base, weight, $0) }
      }
      let expected = twins(r, c) { i, j, _ in
        Twin(
          sumOf: [Double(base[j])]
            + (starts[i]..<starts[i + 1]).map { Double(values[$0]) * Double(weight[Int(places[$0]) * c + j]) })
      }
      return [Comparison("y", found, expected, roundings: roundings(ofSum: 10)), operations]
    },
    KernelCase("attune_sparse_products") { r, c, g in
      let (starts, places) = pattern(r, &g)
      let weight = g.vector(inputs * c), dy = g.vector(r * c)
      let (found, operations) = counting({ 2 * c * places.count }) {
        output(places.count) { attune_sparse_products(r, c, starts, places, weight, dy, $0) }
      }
      let expected = (0..<r).flatMap { i in
        (starts[i]..<starts[i + 1]).map { k in
          Twin(sumOf: (0..<c).map { Double(dy[i * c + $0]) * Double(weight[Int(places[k]) * c + $0]) })
        }
      }
      return [Comparison("products", found, expected, roundings: roundings(ofSum: c)), operations]
    },
  ]
}
