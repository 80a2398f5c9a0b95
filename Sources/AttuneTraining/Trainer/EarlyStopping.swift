/// The end of a training whose validation loss no longer falls.
///
/// An epoch is good if its validation loss is below `best − minimumImprovement`. After `patience` epochs in a row that
/// are not, training stops.
///
/// - Source: Prechelt (1998), Early stopping – but when?, doi:10.1007/3-540-49430-8_3, class UP, in the form of Keras's
///   `EarlyStopping`.
/// - Note: Differs from Keras: `restoresBest` also holds where training ends by itself.
public struct EarlyStopping: Sendable, Equatable {
  /// Epochs without improvement until training stops, at least 1.
  public let patience: Int
  /// The fall of the loss that counts as an improvement, in the unit of the loss.
  public let minimumImprovement: Double
  /// Whether the network at the end is that of the best epoch rather than the last.
  public let restoresBest: Bool

  /// Early stopping.
  ///
  /// - Throws: `HyperparameterError` if the patience is below 1, or the improvement negative or not finite.
  public init(
    patience: Int = 10, minimumImprovement: Double = 0, restoresBest: Bool = true
  ) throws(HyperparameterError) {
    let check = HyperparameterCheck(method: "early stopping")
    try check.isPositive(patience, "patience")
    try check.isNotNegative(minimumImprovement, "minimumImprovement")
    self.patience = patience
    self.minimumImprovement = minimumImprovement
    self.restoresBest = restoresBest
  }

  /// What early stopping remembers.
  struct State: Sendable, Equatable, Codable {
    /// The lowest validation loss that counted as an improvement; nil before the first epoch.
    var best: Double?
    /// The epoch of that loss, from 1.
    var bestEpoch = 0
    /// Epochs since then.
    var badEpochs = 0
    /// Whether training stopped.
    var hasStopped = false
  }

  /// Takes note of the validation loss of an epoch.
  ///
  /// - Returns: whether the epoch is the best so far.
  func observe(_ loss: Double, epoch: Int, _ state: inout State) -> Bool {
    if loss < (state.best ?? .infinity) - minimumImprovement {
      state.best = loss
      state.bestEpoch = epoch
      state.badEpochs = 0
      return true
    }
    state.badEpochs += 1
    state.hasStopped = state.badEpochs >= patience
    return false
  }
}
