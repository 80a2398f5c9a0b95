public import AttuneCore

/// Mixup: each row of a batch is mixed with another one, and its target in the same proportion.
///
/// `x̃ = λ·x + (1 − λ)·x[π]`, `ỹ = λ·y + (1 − λ)·y[π]` with one `λ ~ Beta(alpha, alpha)` and one random permutation `π`
/// of the rows for each batch.
///
/// - Source: Zhang, Cisse, Dauphin, Lopez-Paz (2018), mixup: Beyond empirical risk minimization, arXiv:1710.09412, eq. (2)
///   and figure 1.
/// - Note: The paper's code and torchvision's `v2.MixUp` draw one λ for a batch too; torchvision pairs each row with the
///   one before it (`roll`), timm with the batch in reverse order, and timm draws a λ for each row or pair if asked to.
///   They mix one-hot targets or, which is the same for cross-entropy, two losses.
public struct Mixup: Sendable, Equatable {
  /// Both shapes of the beta distribution: small ones mix little, 1 mixes uniformly, large ones half and half.
  public let alpha: Double

  /// Mixup with proportions of Beta(alpha, alpha); `alpha` is above 0 and finite.
  public init(alpha: Double) {
    precondition(alpha > 0 && alpha.isFinite, "mixup with alpha \(alpha)")
    self.alpha = alpha
  }

  /// The mixed batch.
  ///
  /// ## Shapes
  /// - features: `[n, d]`, as the network gets them; targets: `[n, k]`, one-hot, any distribution, or values
  ///
  /// - Parameter generator: the source of the proportion and the permutation.
  /// - Complexity: O(n·(d + k)).
  public func mixed(
    _ features: Matrix, _ targets: Matrix, using generator: inout Philox
  ) -> (features: Matrix, targets: Matrix) {
    precondition(features.rows == targets.rows, "\(features.rows) rows with \(targets.rows) targets")
    let share = Float(generator.nextBeta(alpha, alpha))
    let partners = generator.permutation(features.rows)
    func mix(_ own: Matrix) -> Matrix { own.interpolated(to: own.rows(at: partners), weight: 1 - share) }
    return (mix(features), mix(targets))
  }
}
