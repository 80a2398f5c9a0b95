/// The weights of a linear model, `prediction[t] = intercepts[t] + Σ_j weights[t][j]·x[j]`, in Double.
public struct LinearSolution: Sendable, Equatable {
  /// For each target, one weight a feature.
  public let weights: [[Double]]
  /// For each target, its prediction at `x = 0`.
  public let intercepts: [Double]
  /// The number of independent directions in which the data determine the weights; below the number of features, other
  /// weights fit as well. A penalty determines all.
  public let rank: Int
  /// Features found to be linear combinations of the others, from 0; empty also where there are too few rows to tell.
  public let dependentFeatures: [Int]

  /// A solution from its parts: as many lists of weights as intercepts.
  ///
  /// - Parameters:
  ///   - weights: for each target, one weight a feature.
  ///   - intercepts: for each target, its prediction at `x = 0`.
  ///   - rank: the independent directions; nil for as many as features.
  ///   - dependentFeatures: features that are linear combinations of the others.
  public init(weights: [[Double]], intercepts: [Double], rank: Int? = nil, dependentFeatures: [Int] = []) {
    precondition(weights.count == intercepts.count, "\(weights.count) targets, \(intercepts.count) intercepts")
    self.weights = weights
    self.intercepts = intercepts
    self.rank = rank ?? weights.first?.count ?? 0
    self.dependentFeatures = dependentFeatures
  }

  /// Whether other weights fit the data as well.
  public var isRankDeficient: Bool { rank < (weights.first?.count ?? 0) }

  /// What a user should know before reading the weights; empty where they are determined.
  public var warnings: [String] {
    guard isRankDeficient else { return [] }
    let features = weights.first?.count ?? 0
    let reason =
      switch dependentFeatures.count {
      case 0: "there are too few rows"
      case 1: "feature \(dependentFeatures[0]) (from 0) is a linear combination of the others"
      default:
        "features \(dependentFeatures.map(String.init).joined(separator: ", ")) (from 0) are linear combinations of "
          + "the others"
      }
    return [
      "rank \(rank) of \(features) features, because \(reason): other weights fit as well, and these are the ones of "
        + "least norm; do not read them one by one, or use ridge with l2 > 0"
    ]
  }
}
