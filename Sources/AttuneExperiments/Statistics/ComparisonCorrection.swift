/// How the probabilities of many comparisons are corrected for being many.
public enum ComparisonCorrection: String, Codable, Sendable, CaseIterable {
  /// Holm's: with the level 0.05, at most one family in twenty without any true difference shows one.
  case holm
  /// Benjamini and Hochberg's: of the differences shown, about one in twenty is none, at the level 0.05.
  case benjaminiHochberg = "benjamini-hochberg"
  /// None.
  case none

  /// The name in sentences.
  public var title: String {
    switch self {
    case .holm: "Holm"
    case .benjaminiHochberg: "Benjamini-Hochberg"
    case .none: "none"
    }
  }

  /// The corrected probabilities, in the order given.
  ///
  /// - Source: Holm (1979), A simple sequentially rejective multiple test procedure, doi:10.2307/4615733; Benjamini, Hochberg
  ///   (1995), Controlling the false discovery rate, doi:10.1111/j.2517-6161.1995.tb02031.x.
  func adjusted(_ probabilities: [Double]) -> [Double] {
    let count = probabilities.count, order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
    var result = probabilities
    switch self {
    case .none: break
    case .holm:
      var largest = 0.0
      for (place, index) in order.enumerated() {
        largest = max(largest, min(1, Double(count - place) * probabilities[index]))
        result[index] = largest
      }
    case .benjaminiHochberg:
      var smallest = 1.0
      for (place, index) in order.enumerated().reversed() {
        smallest = min(smallest, Double(count) / Double(place + 1) * probabilities[index])
        result[index] = smallest
      }
    }
    return result
  }
}
