internal import AttuneCore
internal import Foundation

extension FTAT {
  /// The prior after a batch with probabilities `p [n, 2]`; as it was where the batch does not tell.
  func movedPrior(_ prior: [Double], _ p: DoubleMatrix) -> [Double] {
    let labels = p.labels, smoothing = configuration.smoothing
    func mean(_ rows: [Int]) -> Double { rows.reduce(0) { $0 + p[$1, 1] } / Double(rows.count) }
    let zeros = labels.indices.filter { labels[$0] == 0 }, ones = labels.indices.filter { labels[$0] == 1 }
    let confident = labels.indices.filter { max(p[$0, 0], p[$0, 1]) > configuration.confidence }
    guard !zeros.isEmpty, !ones.isEmpty, !confident.isEmpty else { return prior }
    // The rows of A are (1 − a, a) of the rows that are predicted 0, and of those that are predicted 1; B is (1 − b, b).
    let a0 = mean(zeros), a1 = mean(ones), b = mean(confident), determinant = a1 - a0
    guard determinant > 1e-9 else { return prior }
    guard configuration.asPublished else {
      // Neither class is ever ruled out: from a share of 0 there is no way back.
      let share = max(0.01, min(0.99, (b - a0) / determinant))
      return [(1 - smoothing) * prior[0] + smoothing * (1 - share), (1 - smoothing) * prior[1] + smoothing * share]
    }
    let solution = [(a1 * (1 - b) - a0 * b) / determinant, ((1 - a0) * b - (1 - a1) * (1 - b)) / determinant]
    let exponents = zip(prior, solution).map { exp($0 - smoothing * $1) }, sum = exponents.reduce(0, +)
    let moved = exponents.map { $0 / sum }
    return moved.allSatisfy { $0.isFinite && $0 > 0 } ? moved : prior
  }
}

extension DoubleMatrix {
  /// For each row of two columns whether the second is larger: 1, or 0.
  var labels: [Int] { (0..<rows).map { self[$0, 1] > self[$0, 0] ? 1 : 0 } }
}
