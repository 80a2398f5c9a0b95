public import AttuneCore

extension Network {
  /// Moves the weights of linear layers toward zero, and to exactly zero where they are near it: an L1 penalty's
  /// proximal step, taken after an update of the loss.
  ///
  /// `w ← sign(w) · max(|w| − factor · threshold, 0)` for each linear layer's weights, with the learning-rate factor of
  /// the weight's group. With `threshold = learningRate · l1` and gradient descent this is the proximal gradient method
  /// for `loss + l1 · Σ |w|`; biases and batch norm are not penalized.
  ///
  /// - Parameters:
  ///   - threshold: the learning rate times the weight of the penalty, at least 0.
  ///   - parameters: others than the weights of linear layers are left out.
  ///   - groups: the trainer's parameter groups, which scale the learning rate.
  /// - Complexity: O(weights), no allocation.
  /// - Source: Daubechies, Defrise, De Mol (2004), An iterative thresholding algorithm for linear inverse problems with
  ///   a sparsity constraint, doi:10.1002/cpa.20042, eq. (1.4); Duchi, Singer (2009), Efficient online and batch learning
  ///   using forward backward splitting, JMLR 10, 2899–2934, eq. (2)–(3).
  /// - Note: Differs from the habit in PyTorch of adding `l1 · Σ |w|` to the loss, whose gradient `l1 · sign(w)` makes
  ///   weights swing around zero without ever being zero, and passes through the optimizer's momentum and scaling. Here the
  ///   penalty bypasses both: with Adam and its kin all weights shrink alike, whatever the size of their gradients.
  public mutating func shrinkWeights(
    by threshold: Double, of parameters: [ParameterID], groups: [ParameterGroup] = []
  ) {
    for id in parameters where id.role == .weight {
      guard case .linear = layers[id.layer] else { continue }
      let factor = groups.first { $0.contains(id, of: self) }?.learningRateFactor ?? 1
      self[id].softThreshold(by: factor * threshold)
    }
  }
}
