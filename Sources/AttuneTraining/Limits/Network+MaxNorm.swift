public import AttuneCore

extension Network {
  /// Scales the incoming weights of each unit to a norm of at most `limit`.
  ///
  /// For each linear layer whose weight is among `parameters` and each of its rows `w`, the incoming weights of one unit:
  /// `w ← w · limit / (‖w‖ + 1e-7)` where `‖w‖ > limit`.
  ///
  /// - Parameters:
  ///   - limit: of the Euclidean norm, above 0.
  ///   - parameters: others than the weights of linear layers are left out.
  /// - Complexity: O(parameters), no allocation.
  /// - Source: Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov (2014), Dropout, JMLR 15, 1929–1958, section 5.1,
  ///   in the form of PyTorch's `torch.renorm`.
  /// - Note: Differs from the source: the output units are limited as the hidden units are.
  public mutating func limitIncomingNorms(to limit: Double, of parameters: [ParameterID]) {
    for id in parameters where id.role == .weight {
      guard case .linear = layers[id.layer] else { continue }
      self[id].limitRowNorms(to: limit)
    }
  }
}
