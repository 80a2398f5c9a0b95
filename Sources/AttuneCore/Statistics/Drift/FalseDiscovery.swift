/// Control of the share of false alarms among all alarms, where many features are tested at once.
public enum FalseDiscovery: String, Codable, Sendable, CaseIterable {
  /// Holds for independent and positively dependent tests.
  case benjaminiHochberg = "benjamini-hochberg"
  /// Holds whatever the dependence; a factor `1 + 1/2 + … + 1/d` stricter.
  case benjaminiYekutieli = "benjamini-yekutieli"

  /// P-values adjusted for their number: rejecting those up to a level keeps the expected share of false ones below it.
  ///
  /// `q_(i) = min over k ≥ i of p_(k)·d·c/k` in ascending order, at most 1. NaN stays NaN and is no test.
  ///
  /// - Complexity: O(d log d).
  /// - Source: Benjamini and Hochberg (1995), Controlling the false discovery rate, JRSS B 57; Benjamini and Yekutieli (2001),
  ///   The control of the false discovery rate in multiple testing under dependency, Annals of Statistics 29.
  public func adjusted(_ pValues: [Double]) -> [Double] {
    let order = pValues.indices.filter { !pValues[$0].isNaN }.sorted { pValues[$0] < pValues[$1] }
    let count = Double(order.count)
    let factor = self == .benjaminiHochberg ? 1 : (1...max(1, order.count)).reduce(0) { $0 + 1 / Double($1) }
    var result = pValues, smallest = 1.0
    for (rank, index) in order.enumerated().reversed() {
      smallest = min(smallest, pValues[index] * count * factor / Double(rank + 1))
      result[index] = smallest
    }
    return result
  }
}
