/// The weights of a linear model, `prediction[t] = intercepts[t] + Σ_j weights[t][j]·x[j]`, in Double.
public struct LinearSolution: Sendable, Equatable {
  /// For each target, one weight a feature.
  public let weights: [[Double]]
  /// For each target, its prediction at `x = 0`.
  public let intercepts: [Double]

  /// A solution from its parts: as many lists of weights as intercepts.
  public init(weights: [[Double]], intercepts: [Double]) {
    precondition(weights.count == intercepts.count, "\(weights.count) targets, \(intercepts.count) intercepts")
    self.weights = weights
    self.intercepts = intercepts
  }
}
